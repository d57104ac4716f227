/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_scenarios.c - the scenarios of tests/scenario/ on the set of one variant,
 * without and with the option epoch.
 * Run by make check, once per variant.  SL_SCENARIO is the name of the only one
 * to run.  t_scenarios_*.c plant faults that this must find.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/mcentral.h"
#include "tests/unit/set_checks.h"
#include "tests/unit/unit.h"

static const char *
check(void)
{
	return set_check_scenarios(unit_scaled(100), getenv("SL_SCENARIO"));
}

static void
test_scenarios(void **state)
{
	const char *fault = check();

	(void)state;
	if (fault != NULL)
		fail_msg("%s: %s", sl_set_info.name, fault);
}

static void
run_with_epoch(void)
{
	const char *fault;

	set_checks_init();
	fault = check();
	if (fault != NULL)
		unit_child_fail(fault);
}

/* Turns are the scenarios' own: none comes by itself. */
static void
test_scenarios_of_epoch(void **state)
{
	struct unit_end end = unit_exec("epoch=1000000", "epoch", 100);

	(void)state;
	if (end.status != 0)
		fail_msg("%s: %s%.300s", sl_set_info.name,
		    end.timed_out ? "no end " : "", end.text);
}

int
main(int argc, char **argv)
{
	static const struct unit_act acts[] = {{"epoch", run_with_epoch}};
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_scenarios),
	    cmocka_unit_test(test_scenarios_of_epoch),
	};

	unit_start_alone();
	unit_acts(argc, argv, acts, UNIT_COUNT(acts));
	set_checks_init();
	printf("# set of the variant %s %s\n", sl_set_info.name, sl_set_mode());
	return cmocka_run_group_tests_name("scenarios", tests, NULL, NULL);
}
