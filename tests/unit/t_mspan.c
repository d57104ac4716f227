/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_mspan.c - slots, bitmaps and the state word of one span, step by step.
 * Run by make check.  What happens when steps overlap is the business of
 * tests/model and of the stress tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/mspan.h"
#include "core/options.h"

static struct sl_mspan s;
static const uintptr_t base = UINT64_C(0xc000000000);

/* A fresh owned span of the size class. */
static void
make(unsigned cls)
{
	memset(&s, 0, sizeof(s));
	sl_mspan_init(&s, base, sl_class_to_pages[cls],
	    (sl_spanclass)(cls * 2 + 1), false, (struct sl_mcache *)&s);
}

static void *
next_free(void)
{
	void *p = sl_mspan_next_free_fast(&s);

	if (p == NULL && sl_mspan_next_word(&s))
		p = sl_mspan_next_free_fast(&s);
	return p;
}

static void
remote_free(unsigned i)
{
	s.remote_bits[i / 64] |= UINT64_C(1) << (i % 64);
}

static bool
has(uint64_t bits)
{
	return (s.word & (SL_W_C | SL_W_L)) == bits;
}

/* A fresh span of every class yields each slot once, in order, and no more. */
static void
every_slot_in_order(void **state)
{
	(void)state;
	for (unsigned c = 1; c < SL_NUM_SIZECLASSES; c++) {
		unsigned n =
		    sl_class_to_pages[c] * SL_PAGE_SIZE / sl_class_to_size[c];

		make(c);
		assert_int_equal(s.nelems, n);
		assert_true(sl_mspan_is_empty(&s));
		for (unsigned i = 0; i < n; i++)
			assert_int_equal((uintptr_t)next_free(),
			    base + (uintptr_t)i * sl_class_to_size[c]);
		assert_null(next_free());
		assert_int_equal(sl_mspan_count_free(&s), 0);
	}
}

/* Random bitmaps: exactly the free slots, in order. */
static void
exactly_the_free_slots(void **state)
{
	uint64_t x = 1;

	(void)state;
	for (unsigned round = 0; round < 200; round++) {
		unsigned c = 1 + round % (SL_NUM_SIZECLASSES - 1);
		unsigned n;

		make(c);
		for (unsigned i = 0; i * 64u < s.nelems; i++) {
			x = x * UINT64_C(6364136223846793005) + 12345;
			s.free_bits[i] =
			    (x ^ x >> 29) & sl_mspan_word_mask(&s, i);
		}
		n = sl_mspan_count_free(&s);
		for (unsigned i = 0; i < s.nelems; i++) {
			if ((s.free_bits[i / 64] >> (i % 64) & 1) == 0)
				continue;
			assert_int_equal((uintptr_t)next_free(),
			    base + (uintptr_t)i * s.elemsize);
			n--;
		}
		assert_int_equal(n, 0);
		assert_null(next_free());
	}
}

/* The fast path serves one word; at its end it changes nothing. */
static void
fast_path_stops_at_a_word(void **state)
{
	struct sl_mspan before;

	(void)state;
	make(2);
	for (unsigned i = 0; i < 64; i++)
		assert_non_null(sl_mspan_next_free_fast(&s));
	before = s;
	assert_null(sl_mspan_next_free_fast(&s));
	assert_memory_equal(&before, &s, sizeof(s));
	assert_true(sl_mspan_next_word(&s));
	assert_int_equal((uintptr_t)sl_mspan_next_free_fast(&s),
	    base + (uintptr_t)64 * s.elemsize);
}

static void
harvest_takes_what_others_freed(void **state)
{
	(void)state;
	make(10); /* 64 slots of 128 bytes */
	while (next_free() != NULL)
		continue;
	assert_int_equal(sl_mspan_harvest(&s), 0);
	remote_free(3);
	remote_free(60);
	assert_int_equal(sl_mspan_count_free(&s), 2);
	assert_int_equal(sl_mspan_harvest(&s), 2);
	assert_int_equal(s.remote_bits[0], 0);
	assert_true(s.needzero);
	assert_int_equal((uintptr_t)next_free(), base + 3 * 128);
	assert_int_equal((uintptr_t)next_free(), base + 60 * 128);
	assert_null(next_free());
}

/* A full span goes nowhere when it is released; the free that makes the
 * twelfth slot of 64 (20 %) lists it, once. */
static void
full_span_is_listed_at_the_threshold(void **state)
{
	(void)state;
	make(10);
	assert_int_equal(s.relink_at, 64 * 20 / 100);
	while (next_free() != NULL)
		continue;
	assert_false(sl_mspan_release(&s));
	assert_true(has(0));
	for (unsigned i = 0; i < 11; i++) {
		remote_free(5 * i);
		assert_false(sl_mspan_try_list(&s));
	}
	remote_free(63);
	assert_true(sl_mspan_try_list(&s));
	assert_true(has(SL_W_L));
	assert_false(sl_mspan_try_list(&s));
	sl_mspan_take(&s);
	assert_true(has(SL_W_C));
	assert_int_equal(sl_mspan_harvest(&s), 12);
}

static void
release_lists_a_span_with_room(void **state)
{
	(void)state;
	make(10);
	assert_true(sl_mspan_release(&s));
	assert_true(has(SL_W_L));
}

static void
claim_in_place_leaves_it_listed(void **state)
{
	(void)state;
	make(10);
	assert_false(sl_mspan_try_claim(&s, 21)); /* owned */
	assert_true(sl_mspan_release(&s));
	assert_false(sl_mspan_try_claim(&s, 20)); /* another class */
	assert_true(sl_mspan_try_claim(&s, 21));
	assert_true(has(SL_W_C | SL_W_L));
	assert_false(sl_mspan_try_claim(&s, 21));
	assert_false(sl_mspan_release(&s)); /* listed already */
	assert_true(has(SL_W_L));
}

static void
unlist_only_the_useless(void **state)
{
	(void)state;
	make(10);
	assert_true(sl_mspan_release(&s));
	assert_false(sl_mspan_try_unlist(&s, 21)); /* it has room */
	assert_true(sl_mspan_try_claim(&s, 21));
	assert_true(sl_mspan_try_unlist(&s, 21)); /* owned: of no use */
	assert_true(has(SL_W_C));
	while (next_free() != NULL)
		continue;
	assert_false(sl_mspan_release(&s));
	assert_true(has(0));
	for (unsigned i = 0; i < 12; i++)
		remote_free(i);
	assert_true(sl_mspan_try_list(&s));
	s.remote_bits[0] = 1; /* as if claimed and used meanwhile */
	assert_true(sl_mspan_try_unlist(&s, 21));
	assert_true(has(0));
}

static void
retired_span_belongs_to_no_class(void **state)
{
	uint64_t word;

	(void)state;
	make(10);
	word = s.word;
	sl_mspan_retire(&s);
	assert_int_equal(s.word & (SL_W_G_ONE - 1), 0);
	assert_true(s.word > word); /* the generation moved on */
	assert_false(sl_mspan_try_claim(&s, 21));
	assert_false(sl_mspan_try_list(&s));
	assert_false(sl_mspan_try_unlist(&s, 21));
}

static void
relink_at_is_at_least_one(void **state)
{
	(void)state;
	make(67); /* one slot */
	assert_int_equal(s.relink_at, 1);
	sl_options.relink = 100;
	make(10);
	assert_int_equal(s.relink_at, 64);
	sl_options.relink = 0;
	make(10);
	assert_int_equal(s.relink_at, 1);
	sl_options.relink = 20;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_slot_in_order),
	    cmocka_unit_test(exactly_the_free_slots),
	    cmocka_unit_test(fast_path_stops_at_a_word),
	    cmocka_unit_test(harvest_takes_what_others_freed),
	    cmocka_unit_test(full_span_is_listed_at_the_threshold),
	    cmocka_unit_test(release_lists_a_span_with_room),
	    cmocka_unit_test(claim_in_place_leaves_it_listed),
	    cmocka_unit_test(unlist_only_the_useless),
	    cmocka_unit_test(retired_span_belongs_to_no_class),
	    cmocka_unit_test(relink_at_is_at_least_one),
	};

	sl_options_init();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
