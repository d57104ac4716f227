/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_set_refused.c - the contract of a span set that gets no memory, or only
 * now and then: no span is lost, and claims find them all.
 * Run by make check, once per variant; t_set_faults.c plants a set that forgets
 * such spans.
 */
#include <stdio.h>

#include "core/mcentral.h"
#include "tests/unit/set_checks.h"
#include "tests/unit/unit.h"

static void
expect(const char *fault)
{
	if (fault != NULL)
		fail_msg("%s: %s", sl_set_info.name, fault);
}

static void
test_one_thread(void **state)
{
	(void)state;
	expect(set_check_refused(unit_seed(1), unit_scaled(2000)));
}

static void
test_threads(void **state)
{
	(void)state;
	expect(set_check_refused_threads(
	    unit_meetings(4000, 4, sl_set_info.spins)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_one_thread),
	    cmocka_unit_test(test_threads),
	};

	unit_start_alone();
	set_checks_init();
	printf("# set of the variant %s %s\n", sl_set_info.name, sl_set_mode());
	return cmocka_run_group_tests_name("refused", tests, NULL, NULL);
}
