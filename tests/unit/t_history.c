/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_history.c - what threads that are delayed between any two steps do with a
 * set is recorded, and must be what a linearizable bag could have done.
 * Run by make check, once per variant; t_set_faults.c plants sets that cannot
 * pass, t_bag_history.c checks the judge.
 */
#include <stdio.h>

#include "core/mcentral.h"
#include "tests/step/control.h"
#include "tests/unit/set_checks.h"
#include "tests/unit/unit.h"

static void
test_linearizable(void **state)
{
	static const unsigned threads[] = {2, 3, 4, 8};

	(void)state;
	step_delay_at_random(true);
	for (unsigned i = 0; i < UNIT_COUNT(threads); i++) {
		const char *fault = set_check_history(threads[i],
		    unit_meetings(40000, threads[i], sl_set_info.spins));

		if (fault != NULL)
			fail_msg("%s, %u threads: %s", sl_set_info.name,
			    threads[i], fault);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_linearizable),
	};

	unit_start_alone();
	set_checks_init();
	printf("# set of the variant %s %s\n", sl_set_info.name, sl_set_mode());
	return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
