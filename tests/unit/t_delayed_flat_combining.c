/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_delayed_flat_combining.c - the variant flat-combining with delays between
 * its steps, so that threads wait and are served.
 * Run by make check, once.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdio.h>

#include "tests/unit/set_delays.h"
#include "tests/unit/set_world.h"

#define SL_VARIANT_NAME "flat-combining"
#include "variants/flat_combining.c"

static void
test_delayed_flat_combining(void **state)
{
	const char *fault = set_check_delayed();

	(void)state;
	if (fault != NULL)
		fail_msg("%s", fault);
	/* Else nothing was tested that mutex does not have. */
	printf("# %llu wishes were served by others\n",
	    (unsigned long long)set_counters().set_helped);
	assert_true(set_counters().set_helped > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_delayed_flat_combining),
	};

	unit_start_alone();
	set_checks_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
