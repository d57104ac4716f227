/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_mepoch.c - the sweep generation: the steps of a span's state, who is
 * inside when the bags are drained, and which line of the cache is whose.
 * Run by make check.
 */
#include <stdio.h>

#include "core/mcentral.h"
#include "core/mepoch.h"
#include "tests/unit/unit.h"

enum { THREADS = 4, ROUNDS = 20000 };

/* Every state against every step, as the table of Go says. */
static void
steps_are_gos(void **state)
{
	(void)state;
	for (int32_t from = -9; from <= 5; from++) {
		bool odd = from % 2 != 0;

		assert_int_equal(sl_epoch_may_go(from, SL_SWEEPING),
		    from == -2 || (odd && from <= 1));
		assert_int_equal(
		    sl_epoch_may_go(from, SL_SWEPT), from == -1 || from == 3);
		assert_int_equal(sl_epoch_may_go(from, SL_CACHED), from == 0);
		assert_false(sl_epoch_may_go(from, SL_UNSWEPT));
		assert_false(sl_epoch_may_go(from, SL_STALE));
	}
}

static void
bags_change_places(void **state)
{
	uint64_t now = sl_epoch_now();
	sl_spanclass spc = 9;

	(void)state;
	for (unsigned full = 0; full < 2; full++) {
		sl_bag swept = sl_epoch_bag(spc, now, full, true);
		sl_bag unswept = sl_epoch_bag(spc, now, full, false);

		assert_int_not_equal(swept, unswept);
		assert_int_equal(sl_bag_spanclass(swept), spc);
		assert_int_equal(sl_bag_spanclass(unswept), spc);
		assert_true(swept < SL_NUM_BAGS && unswept < SL_NUM_BAGS);
		assert_int_equal(
		    sl_epoch_bag(spc, now + 2, full, false), swept);
		assert_int_equal(
		    sl_epoch_bag(spc, now + 2, full, true), unswept);
	}
}

/* The wrap of 32 bits comes after a few turns; states go on. */
static void
generations_advance(void **state)
{
	struct sl_epoch_user u = {.depth = 0};
	struct sl_mspan s = {.sweepgen = 0};

	(void)state;
	sl_epoch_register(&u);
	for (unsigned i = 0; i < 20; i++) {
		uint64_t now = sl_epoch_now(), view = sl_epoch_enter(&u);

		assert_true(view == now);
		s.sweepgen = (uint32_t)now;
		sl_epoch_go(&s, view, SL_CACHED);
		sl_epoch_leave(&u);
		assert_true(sl_epoch_try_begin(&u));
		assert_false(sl_epoch_try_begin(&u));
		assert_true(sl_epoch_drain());
		assert_true(sl_epoch_enter(&u) == (now | SL_EPOCH_DRAINED));
		sl_epoch_leave(&u);
		sl_epoch_step();
		sl_epoch_end();
		assert_true(sl_epoch_now() == now + 2);
		assert_int_equal(sl_epoch_state(&s, now + 2), SL_STALE);
	}
	sl_epoch_unregister(&u);
}

/* Who will not leave is not waited for: the generation stays. */
static void
drain_gives_up(void **state)
{
	struct sl_epoch_user inside = {.depth = 0}, turning = {.depth = 0};
	uint64_t now = sl_epoch_now();

	(void)state;
	sl_epoch_register(&inside);
	sl_epoch_register(&turning);
	assert_true(sl_epoch_enter(&inside) == now);
	assert_true(sl_epoch_try_begin(&turning));
	assert_false(sl_epoch_drain());
	sl_epoch_leave(&inside);
	assert_true(sl_epoch_enter(&inside) == now);
	sl_epoch_leave(&inside);
	assert_true(sl_epoch_drain());
	sl_epoch_undrain();
	sl_epoch_end();
	assert_true(sl_epoch_now() == now);
	sl_epoch_unregister(&turning);
	sl_epoch_unregister(&inside);
}

static _Atomic(unsigned) in_unswept; /* threads that may be at those bags */

struct member {
	unsigned rounds;
	unsigned met; /* somebody was there when nobody may be */
	unsigned old; /* a view of a generation that is over */
	unsigned turns;
};

static void
be_inside(struct member *m, struct sl_epoch_user *u)
{
	uint64_t view = sl_epoch_enter(u);

	if ((view & SL_EPOCH_DRAINED) == 0) {
		atomic_fetch_add(&in_unswept, 1);
		m->old += sl_epoch_now() != view;
		atomic_fetch_sub(&in_unswept, 1);
	}
	sl_epoch_leave(u);
}

static void
turn(struct member *m, struct sl_epoch_user *u)
{
	if (!sl_epoch_try_begin(u))
		return;
	if (sl_epoch_drain()) {
		m->met += atomic_load(&in_unswept) != 0;
		sl_epoch_step();
		m->turns++;
	}
	sl_epoch_end();
}

static void *
come_and_go(void *arg)
{
	struct sl_epoch_user u = {.depth = 0};
	struct member *m = arg;

	sl_epoch_register(&u);
	for (unsigned i = 0; i < m->rounds; i++) {
		be_inside(m, &u);
		if (i % 16 == 0)
			turn(m, &u);
	}
	sl_epoch_unregister(&u);
	return NULL;
}

/* While the bags are drained nobody has a view that lets him at them, and no
 * such view outlives its generation. */
static void
nobody_is_inside_when_drained(void **state)
{
	struct member members[THREADS] = {{0}};
	unsigned turns = 0;

	(void)state;
	for (unsigned i = 0; i < THREADS; i++)
		members[i].rounds = unit_scaled(ROUNDS);
	unit_threads(THREADS, come_and_go, members, sizeof(members[0]));
	for (unsigned i = 0; i < THREADS; i++) {
		assert_int_equal(members[i].met, 0);
		assert_int_equal(members[i].old, 0);
		turns += members[i].turns;
	}
	printf("# %u turns\n", turns);
	assert_true(turns > 0);
}

/* What has different keepers has different lines. */
static void
groups_have_lines_of_their_own(void **state)
{
	(void)state;
	assert_int_equal(offsetof(struct sl_mspan, base) % SL_CACHELINE, 0);
	assert_int_equal(offsetof(struct sl_mspan, cur) % SL_CACHELINE, 0);
	assert_int_equal(offsetof(struct sl_mspan, word) % SL_CACHELINE, 0);
	assert_int_equal(sizeof(struct sl_mspan) % SL_CACHELINE, 0);
	assert_int_equal(offsetof(struct sl_mspan, cur), SL_CACHELINE);
	assert_true(
	    offsetof(struct sl_mspan, word) - offsetof(struct sl_mspan, cur) <
	    sizeof(struct sl_set_link) + SL_MAX_WORDS * 8 + 2 * SL_CACHELINE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(steps_are_gos),
	    cmocka_unit_test(bags_change_places),
	    cmocka_unit_test(generations_advance),
	    cmocka_unit_test(drain_gives_up),
	    cmocka_unit_test(nobody_is_inside_when_drained),
	    cmocka_unit_test(groups_have_lines_of_their_own),
	};

	unit_start_alone();
	return cmocka_run_group_tests_name("mepoch", tests, NULL, NULL);
}
