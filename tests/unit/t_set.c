/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_set.c - the contract of a span set, on the set of one variant alone.
 * Run by make check, once per variant.  t_set_faults.c shows that these
 * checks can fail.
 */
#include <stdio.h>
#include <string.h>

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
test_says_who_it_is(void **state)
{
	const char *const texts[] = {sl_set_info.name, sl_set_info.progress,
	    sl_set_info.reclamation, sl_set_info.aba, sl_set_info.paper};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(texts); i++)
		assert_true(texts[i] != NULL && texts[i][0] != '\0');
	assert_true(strcmp(sl_set_info.order, "LIFO") == 0 ||
		    strcmp(sl_set_info.order, "FIFO") == 0 ||
		    strcmp(sl_set_info.order, "none") == 0);
	assert_in_range(sl_set_info.insert, SL_BLOCKING, SL_WAIT_FREE);
	assert_in_range(sl_set_info.claim, SL_BLOCKING, SL_WAIT_FREE);
	assert_in_range(sl_set_info.miss, SL_MISS_NEVER, SL_MISS_ANY);
}

static void
test_one_thread_against_a_model(void **state)
{
	(void)state;
	expect(set_check_sequence(unit_seed(1), unit_scaled(500000)));
}

static const unsigned thread_counts[] = {1, 2, 8, 48, 72, 128};

static void
test_spans_recycled_at_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(thread_counts); i++)
		expect(set_check_recycling(
		    thread_counts[i], unit_meetings(600000, thread_counts[i],
					  sl_set_info.spins)));
}

static void
test_full_spans_come_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(thread_counts); i++)
		expect(set_check_policy(
		    thread_counts[i], unit_meetings(200000, thread_counts[i],
					  sl_set_info.spins)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_says_who_it_is),
	    cmocka_unit_test(test_one_thread_against_a_model),
	    cmocka_unit_test(test_spans_recycled_at_once),
	    cmocka_unit_test(test_full_spans_come_back),
	};

	unit_start_alone();
	set_checks_init();
	printf("# set of the variant %s %s\n", sl_set_info.name, sl_set_mode());
	return cmocka_run_group_tests_name("set", tests, NULL, NULL);
}
