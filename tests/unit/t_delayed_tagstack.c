/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_delayed_tagstack.c - the variant tagstack with delays between its steps.
 * Run by make check, once.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "tests/unit/set_delays.h"

#define SL_VARIANT_NAME "tagstack"
#include "variants/tagstack.c"

static void
test_delayed_tagstack(void **state)
{
	const char *fault = set_check_delayed();

	(void)state;
	if (fault != NULL)
		fail_msg("%s", fault);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_delayed_tagstack),
	};

	unit_start_alone();
	set_checks_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
