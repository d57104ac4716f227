/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_delayed_elimination.c - the variant elimination with delays between its
 * steps, which make tries fail and partners meet.
 * Run by make check, once.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdio.h>

#include "tests/unit/set_delays.h"
#include "tests/unit/set_world.h"

#define SL_VARIANT_NAME "elimination"
#include "variants/elimination.c"

static void
test_delayed_elimination(void **state)
{
	const char *fault = set_check_delayed();

	(void)state;
	if (fault != NULL)
		fail_msg("%s", fault);
	/* Else nothing was tested that tagstack does not have. */
	printf("# %llu spans were handed over\n",
	    (unsigned long long)set_counters().set_helped);
	assert_true(set_counters().set_helped > 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_delayed_elimination),
	};

	unit_start_alone();
	set_checks_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
