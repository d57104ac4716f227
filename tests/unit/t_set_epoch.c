/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_set_epoch.c - mcentral in epoch mode over the set of a variant: which span
 * lies in which bag, what a refill sweeps, and what a turn does.
 * Run by make check, once per variant.  Here nothing turns by itself.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/mcentral.h"
#include "tests/unit/set_checks.h"
#include "tests/unit/set_world.h"

enum { FULL = 0, PART, UNSWEPT_FULL, UNSWEPT_PART, BAGS, BUDGET = 101 };

/* 1024-byte slots, 8 to a span, no pointers. */
static sl_spanclass spc;
static struct sl_mcentral_user *u;

static void
is_sound(void)
{
	const char *fault = set_first_fault();

	if (fault != NULL)
		fail_msg("%s: %s", sl_set_info.name, fault);
}

/* Sets that may miss what other threads have are looked at by one thread
 * here, so they miss nothing. */
static size_t
spans_in(unsigned which)
{
	size_t n = set_walk(sl_epoch_bag(spc, sl_epoch_now(), which % 2 == FULL,
				which < UNSWEPT_FULL),
	    NULL);

	is_sound();
	return n;
}

static void
expect_bags(size_t full, size_t part, size_t unswept_full, size_t unswept_part)
{
	const size_t want[BAGS] = {full, part, unswept_full, unswept_part};

	for (unsigned i = 0; i < BAGS; i++)
		if (spans_in(i) != want[i])
			fail_msg("bag %u has %zu spans and not %zu", i,
			    spans_in(i), want[i]);
}

static uint64_t
sweeps(void)
{
	return set_counters().sweeps;
}

/* A span with its first `used` slots in use, given up. */
static struct sl_mspan *
make_span(unsigned used)
{
	struct sl_mspan *s = sl_mcentral_cache_span(u, spc);

	assert_non_null(s);
	for (unsigned i = 0; i < used; i++)
		assert_int_not_equal(set_take_slot(s), -1);
	sl_mcentral_uncache_span(u, s);
	return s;
}

/* `used` of its slots, of n fresh spans. */
static void
make_spans(struct sl_mspan **spans, unsigned n, unsigned used)
{
	for (unsigned i = 0; i < n; i++) {
		spans[i] = sl_mcentral_grow(u, spc, 1, 1);
		assert_non_null(spans[i]);
		for (unsigned k = 0; k < used; k++)
			assert_int_not_equal(set_take_slot(spans[i]), -1);
	}
	for (unsigned i = 0; i < n; i++)
		sl_mcentral_uncache_span(u, spans[i]);
}

static void
free_slot(struct sl_mspan *s, unsigned slot)
{
	assert_true(sl_mcentral_free_slot(u, s, slot));
}

static void
free_all(struct sl_mspan **spans, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < spans[i]->nelems; k++)
			(void)sl_mcentral_free_slot(u, spans[i], k);
	for (unsigned i = 0; i < 3; i++)
		assert_true(sl_mcentral_turn(u));
	expect_bags(0, 0, 0, 0);
	assert_int_equal(sl_mock_outstanding(spc), 0);
}

/* Full and partly free spans go to their bags; a turn makes these the unswept
 * ones, and the next one does so again, for both parities. */
static void
bags_by_parity(void **state)
{
	struct sl_mspan *spans[5];

	(void)state;
	for (unsigned round = 0; round < 4; round++) {
		make_spans(spans, 3, 8);
		make_spans(spans + 3, 2, 5);
		expect_bags(3, 2, 0, 0);
		assert_true(sl_mcentral_turn(u));
		expect_bags(0, 0, 3, 2);
		assert_true(sl_mcentral_turn(u)); /* sweeps these first */
		expect_bags(0, 0, 3, 2);
		for (unsigned i = 0; i < 5; i++)
			assert_int_equal(
			    spans[i]->sweepgen, (uint32_t)sl_epoch_now() - 2);
		free_all(spans, 5);
	}
}

/* What is freed is free when its span was swept after a turn, and not before;
 * until then another free of it is found out. */
static void
frees_wait_for_a_sweep(void **state)
{
	struct sl_mspan *s = make_span(8), *other;

	(void)state;
	free_slot(s, 3);
	assert_false(sl_mcentral_free_slot(u, s, 3));
	other = sl_mcentral_cache_span(u, spc); /* a fresh one */
	assert_ptr_not_equal(other, s);
	sl_mcentral_uncache_span(u, other); /* empty: to the heap */
	assert_int_equal(sl_mock_outstanding(spc), 1);
	assert_true(sl_mcentral_turn(u));
	assert_false(sl_mcentral_free_slot(u, s, 3));
	other = sl_mcentral_cache_span(u, spc);
	assert_ptr_equal(other, s);
	assert_int_equal(s->sweepgen, (uint32_t)sl_epoch_now() + 3);
	assert_false(sl_mcentral_free_slot(u, s, 3));
	assert_int_equal(set_take_slot(s), 3);
	assert_int_equal(set_take_slot(s), -1);
	sl_mcentral_uncache_span(u, s);
	expect_bags(1, 0, 0, 0);
	free_all(&s, 1);
}

/* A span that was cached when the generation advanced is swept by its owner,
 * when it gives it up. */
static void
stale_spans_are_swept_by_their_owner(void **state)
{
	struct sl_mspan *s = sl_mcentral_cache_span(u, spc), *all[] = {s};
	uint64_t before;

	(void)state;
	for (unsigned i = 0; i < 8; i++)
		assert_int_not_equal(set_take_slot(s), -1);
	free_slot(s, 0);
	free_slot(s, 1);
	for (unsigned turns = 1; turns < 4; turns++) {
		assert_true(sl_mcentral_turn(u));
		before = sweeps();
		assert_int_equal(sl_epoch_state(s, sl_epoch_now()),
		    (int)SL_CACHED - 2 * (int)turns);
	}
	sl_mcentral_uncache_span(u, s);
	assert_int_equal(sweeps(), before + 1);
	expect_bags(0, 1, 0, 0);
	free_all(all, 1);
}

/* A span that became empty goes to the heap when it is swept by a turn; the
 * refill that sweeps it uses it. */
static void
empty_spans_go_to_the_heap(void **state)
{
	struct sl_mspan *spans[4], *s;

	(void)state;
	make_spans(spans, 4, 8);
	for (unsigned i = 0; i < 4; i++)
		for (unsigned k = 0; k < 8; k++)
			free_slot(spans[i], k);
	assert_int_equal(sl_mock_outstanding(spc), 4);
	assert_true(sl_mcentral_turn(u));
	assert_int_equal(sl_mock_outstanding(spc), 4);
	s = sl_mcentral_cache_span(u, spc);
	assert_int_equal(sl_mspan_count_free(s), 8);
	expect_bags(0, 0, 3, 0);
	assert_true(sl_mcentral_turn(u));
	assert_int_equal(sl_mock_outstanding(spc), 1);
	sl_mcentral_uncache_span(u, s);
	assert_int_equal(sl_mock_outstanding(spc), 0);
}

/* A refill sweeps at most 101 spans, then takes fresh pages. */
static void
budget(void **state)
{
	enum { SPANS = 250 };
	static struct sl_mspan *spans[SPANS + 3];
	const unsigned want[] = {BUDGET, BUDGET, SPANS - 2 * BUDGET, 0};
	uint64_t before, grows;

	(void)state;
	make_spans(spans, SPANS, 8);
	assert_true(sl_mcentral_turn(u));
	expect_bags(0, 0, SPANS, 0);
	for (unsigned i = 0; i < UNIT_COUNT(want); i++) {
		struct sl_mspan *s;

		before = sweeps();
		grows = set_counters().grows;
		s = sl_mcentral_cache_span(u, spc);
		assert_int_equal(sweeps() - before, want[i]);
		assert_int_equal(set_counters().grows - grows, 1);
		sl_mcentral_uncache_span(u, s);
	}
	expect_bags(SPANS, 0, 0, 0);
	free_all(spans, SPANS);
}

/* With a slot in each, the first will do; and what was swept before comes
 * before what has to be. */
static void
swept_before_unswept(void **state)
{
	enum { SPANS = 50 };
	static struct sl_mspan *spans[SPANS];
	struct sl_mspan *s, *next;
	uint64_t before;

	(void)state;
	make_spans(spans, SPANS, 8);
	for (unsigned i = 0; i < SPANS; i++)
		free_slot(spans[i], i % 8);
	assert_true(sl_mcentral_turn(u));
	before = sweeps();
	s = sl_mcentral_cache_span(u, spc);
	assert_int_equal(sweeps() - before, 1);
	sl_mcentral_uncache_span(u, s);
	expect_bags(0, 1, SPANS - 1, 0);
	next = sl_mcentral_cache_span(u, spc);
	assert_int_equal(sweeps() - before, 1);
	assert_ptr_equal(next, s);
	sl_mcentral_uncache_span(u, next);
	assert_true(sl_mcentral_turn(u)); /* finishes the sweep */
	assert_int_equal(sweeps() - before, SPANS);
	expect_bags(0, 0, 0, SPANS);
	free_all(spans, SPANS);
}

static const unsigned thread_counts[] = {1, 2, 8, 48};

static void
threads_and_turns(void **state)
{
	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(thread_counts); i++) {
		unsigned n = thread_counts[i];
		const char *fault = set_check_policy(
		    n, unit_meetings(100000, n, sl_set_info.spins));

		if (fault != NULL)
			fail_msg(
			    "%s, %u threads: %s", sl_set_info.name, n, fault);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bags_by_parity),
	    cmocka_unit_test(frees_wait_for_a_sweep),
	    cmocka_unit_test(stale_spans_are_swept_by_their_owner),
	    cmocka_unit_test(empty_spans_go_to_the_heap),
	    cmocka_unit_test(budget),
	    cmocka_unit_test(swept_before_unswept),
	    cmocka_unit_test(threads_and_turns),
	};

	unit_start_alone();
	setenv("SPANLAB_OPTIONS", "epoch=1000000", 1);
	set_checks_init();
	u = sl_mock_user();
	while (sl_class_to_size[spc / 2] != 1024)
		spc = (sl_spanclass)(spc + 2);
	spc++;
	printf("# set of the variant %s %s\n", sl_set_info.name, sl_set_mode());
	return cmocka_run_group_tests_name("set, epochs", tests, NULL, NULL);
}
