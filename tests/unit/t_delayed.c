/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_delayed.c - the contract of a span set whose threads lose the CPU between
 * any two of its steps, and whose sizes are small: what is rare is common.
 * Run by make check, once per variant; the t_delayed_*.c plant faults that
 * this must find.
 */
#include <stdio.h>

#include "core/mcentral.h"
#include "tests/unit/set_checks.h"
#include "tests/unit/set_world.h"

static void
test_delayed(void **state)
{
	const char *fault = set_check_delayed();

	(void)state;
	if (fault != NULL)
		fail_msg("%s: %s", sl_set_info.name, fault);
}

/* Where threads meet all the time a counter is 0 only if nobody counts; or if
 * the set works in another way on this machine. */
static void
test_counters(void **state)
{
	struct sl_stats s = set_counters();
	const struct {
		unsigned which;
		const char *name;
		uint64_t n;
	} counters[] = {
	    {SL_COUNTS_CAS_FAILURES, "CAS failures", s.set_cas_failures},
	    {SL_COUNTS_LOCKS, "locks", s.set_lock_acquisitions},
	    {SL_COUNTS_SCANNED, "scanned", s.set_scanned},
	    {SL_COUNTS_GRACE_PERIODS, "grace periods", s.set_grace_periods},
	    {SL_COUNTS_HELPED, "helped", s.set_helped},
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(counters); i++) {
		bool has = (sl_set_info.counts & counters[i].which) != 0;

		printf("# %s: %llu\n", counters[i].name,
		    (unsigned long long)counters[i].n);
		if (counters[i].n == 0 && has && sl_set_mode()[0] == '\0')
			fail_msg("%s has %s, but counts none", sl_set_info.name,
			    counters[i].name);
		if (counters[i].n != 0 && !has)
			fail_msg("%s has no %s, but counts some",
			    sl_set_info.name, counters[i].name);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_delayed),
	    cmocka_unit_test(test_counters),
	};

	unit_start_alone();
	set_checks_init();
	printf("# set of the variant %s %s\n", sl_set_info.name, sl_set_mode());
	return cmocka_run_group_tests_name("delayed", tests, NULL, NULL);
}
