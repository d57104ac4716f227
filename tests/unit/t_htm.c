/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_htm.c - the variant htm by each of its ways: the lock alone, as where
 * there are no transactions, and those of the hardware, where it has some
 * (t_soft_htm has others in their place).
 * Run by make check, once.
 */
#define SL_VARIANT_NAME "htm"
#define SL_VARIANT_BOUND 0
#include "variants/htm.c"

#include <stdio.h>
#include <string.h>

#include "tests/unit/set_checks.h"
#include "tests/unit/set_world.h"

/* Checks the set; how many times its lock was taken, per operation. */
static double
locks_per_operation(void)
{
	struct sl_stats was = set_counters(), is;
	const char *fault = set_check_sequence(unit_seed(1), unit_scaled(2000));

	for (unsigned threads = 1; fault == NULL && threads <= 8; threads *= 2)
		fault = set_check_recycling(threads, unit_scaled(20000));
	if (fault == NULL)
		fault = set_check_policy(4, unit_scaled(2000));
	if (fault != NULL)
		fail_msg("%s", fault);
	is = set_counters();
	printf("# insertions: %llu, locks taken: %llu\n",
	    (unsigned long long)(is.set_inserts - was.set_inserts),
	    (unsigned long long)(is.set_lock_acquisitions -
				 was.set_lock_acquisitions));
	assert_true(is.set_inserts > was.set_inserts);
	return (double)(is.set_lock_acquisitions - was.set_lock_acquisitions) /
	       (double)(is.set_inserts - was.set_inserts);
}

static void
test_fallback(void **state)
{
	const char *real = why_not;

	(void)state;
	why_not = "the test says so";
	assert_string_equal(
	    sl_set_mode(), "one lock per class: the test says so");
	/* Each insertion and each claim, but for those of an empty list. */
	assert_true(locks_per_operation() >= 1);
	why_not = real;
}

static void
test_transactions(void **state)
{
	(void)state;
	if (why_not != NULL) {
		printf("# not on this machine: %s\n", why_not);
		skip();
	}
	assert_string_equal(sl_set_mode(), "transactions");
	/* Most of them end: an insertion and its claim are two. */
	assert_true(locks_per_operation() < 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fallback),
	    cmocka_unit_test(test_transactions),
	};

	unit_start_alone();
	set_checks_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
