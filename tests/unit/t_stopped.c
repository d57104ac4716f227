/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_stopped.c - a thread stands still inside an operation of a set: others can
 * do what the set declares, and no more.
 * Run by make check, once per variant.
 */
#include <stdio.h>

#include "core/mcentral.h"
#include "tests/unit/set_checks.h"
#include "tests/unit/unit.h"

enum { PATIENCE_MS = 20000 };

static void
expect(const char *fault)
{
	if (fault != NULL)
		fail_msg("%s: %s", sl_set_info.name, fault);
}

static void
test_before_each_step(void **state)
{
	(void)state;
	expect(set_check_stopped_at_steps(PATIENCE_MS));
}

static void
test_wherever_it_is(void **state)
{
	(void)state;
	expect(set_check_stopped_anywhere(PATIENCE_MS, unit_scaled(100)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_before_each_step),
	    cmocka_unit_test(test_wherever_it_is),
	};

	unit_start_alone();
	set_checks_init();
	printf("# set of the variant %s %s\n", sl_set_info.name, sl_set_mode());
	return cmocka_run_group_tests_name("stopped", tests, NULL, NULL);
}
