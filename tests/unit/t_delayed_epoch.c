/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_delayed_epoch.c - mcentral in epoch mode, as threads take spans, free
 * slots and turn, and each loses the CPU between any two of its steps.
 * Run by make check, once per variant; t_delayed_no_drain.c plants a fault that
 * this must find.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/mcentral.h"
#include "tests/unit/set_checks.h"
#include "tests/unit/set_world.h"

static void
test_delayed(void **state)
{
	const char *fault = set_check_delayed();
	struct sl_stats s = set_counters();

	(void)state;
	if (fault != NULL)
		fail_msg("%s: %s", sl_set_info.name, fault);
	printf("# %llu turns, %llu sweeps\n", (unsigned long long)s.turns,
	    (unsigned long long)s.sweeps);
	assert_true(s.turns > 10 && s.sweeps > 100);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_delayed),
	};

	unit_start_alone();
	setenv("SPANLAB_OPTIONS", "epoch=1000000", 1);
	set_checks_init();
	printf("# set of the variant %s %s\n", sl_set_info.name, sl_set_mode());
	return cmocka_run_group_tests_name("delayed epochs", tests, NULL, NULL);
}
