/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_mtype.c - the heap bitmap against a naive expansion of the type's mask.
 * Run by make check.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/sizeclass.h"
#include "core/spanlab.h"
#include "tests/unit/unit.h"

enum { MASK_BYTES = 64, MAX_WORDS = MASK_BYTES * 8 };

#define ARENA ((uintptr_t)64 << 20)

static uint8_t mask[MASK_BYTES];

static struct sl_stats
counters(void)
{
	struct sl_stats s = {.size = sizeof(s)};

	sl_stats_read(&s);
	return s;
}

/* A type of so many words whose pointers, by chance, end at ptr_words. */
static struct sl_type
some_type(uint64_t *x, size_t words, size_t ptr_words)
{
	for (unsigned i = 0; i < MASK_BYTES; i++)
		mask[i] = (uint8_t)unit_random(x, 256);
	return (struct sl_type){.size = words * 8,
	    .ptrdata = ptr_words * 8,
	    .gcdata = mask,
	    .name = "some"};
}

/* What the bits of word i of `count` objects of the type must be, found the
 * slow way: which object, which word of it. */
static unsigned
naive_bits(const struct sl_type *t, size_t count, size_t i)
{
	size_t object = 0, word = i, words = t->size / 8;

	while (word >= words) {
		word -= words;
		object++;
	}
	if (object >= count || (object == count - 1 && word >= t->ptrdata / 8))
		return 0;
	if (word < t->ptrdata / 8 && (t->gcdata[word / 8] & 1u << word % 8))
		return SL_HEAPBIT_SCAN | SL_HEAPBIT_POINTER;
	return SL_HEAPBIT_SCAN;
}

static size_t
wrong_words(const char *p, size_t slot, const struct sl_type *t, size_t count)
{
	size_t wrong = 0;

	for (size_t i = 0; i < slot / 8; i++)
		wrong += sl_heap_bits(p + 8 * i) != naive_bits(t, count, i);
	return wrong;
}

/* The slot of a class: the bits go to its end. */
static size_t
slot_of(size_t size)
{
	unsigned cls = 1;

	if (size > SL_MAX_SMALL)
		return (size + SL_PAGE_SIZE - 1) / SL_PAGE_SIZE * SL_PAGE_SIZE;
	while (sl_class_to_size[cls] < size)
		cls++;
	return sl_class_to_size[cls];
}

/* Nothing is made for objects without a type. */
static void
costs_nothing_unasked(void **state)
{
	struct sl_stats before = counters(), after;
	struct sl_type none = {.size = 64};
	void *p[3] = {sl_mallocgc(64, false, true),
	    sl_mallocgc_type(64, NULL, true),
	    sl_mallocgc_type(64, &none, true)};

	(void)state;
	after = counters();
	assert_true(after.meta_bytes - before.meta_bytes < 1u << 20);
	assert_true(after.scan_bytes == before.scan_bytes);
	for (unsigned i = 0; i < 3; i++) {
		assert_non_null(p[i]);
		assert_int_equal(sl_heap_bits(p[i]), 0);
		sl_free(p[i]);
	}
}

/* Every type of up to 40 words, all lengths of its pointers, several counts. */
static void
small_types(void **state)
{
	uint64_t x = unit_seed(1);

	(void)state;
	for (size_t words = 1; words <= 40; words++) {
		for (size_t ptr = 1; ptr <= words; ptr++) {
			struct sl_type t = some_type(&x, words, ptr);
			size_t count = 1 + unit_random(&x, 9);
			char *p = sl_mallocgc_type(t.size * count, &t, false);

			assert_non_null(p);
			assert_int_equal(
			    wrong_words(p, slot_of(t.size * count), &t, count),
			    0);
			sl_free(p);
		}
	}
}

/* Every size class, and large ones, filled with objects of a random type. */
static void
all_sizes(void **state)
{
	uint64_t x = unit_seed(2);

	(void)state;
	for (size_t size = 8; size < 100000; size += size < 2048 ? 8 : 512) {
		size_t words = 1 + unit_random(&x, MAX_WORDS);
		struct sl_type t;
		size_t count;
		char *p;

		if (words > size / 8)
			words = size / 8;
		t = some_type(&x, words, 1 + unit_random(&x, words));
		count = size / t.size;
		p = sl_mallocgc_type(count * t.size, &t, true);
		assert_non_null(p);
		assert_int_equal(
		    wrong_words(p, slot_of(count * t.size), &t, count), 0);
		sl_free(p);
	}
}

/* Slots of 24 bytes share bytes of the bitmap; so do those of 8 and 16. */
static void
neighbours_stay(void **state)
{
	enum { N = 300 };
	static char *p[N];
	static uint8_t masks[N];
	uint64_t x = unit_seed(3);

	(void)state;
	for (size_t words = 1; words <= 3; words++) {
		struct sl_type t = {.size = words * 8, .ptrdata = words * 8};

		for (unsigned turn = 0; turn < 4 * N; turn++) {
			unsigned i = turn % N;

			sl_free(turn < N ? NULL : p[i]);
			masks[i] = (uint8_t)unit_random(&x, 8);
			t.gcdata = &masks[i];
			p[i] = sl_mallocgc_type(t.size, &t, false);
			assert_non_null(p[i]);
		}
		for (unsigned i = 0; i < N; i++) {
			t.gcdata = &masks[i];
			assert_int_equal(wrong_words(p[i], t.size, &t, 1), 0);
		}
		for (unsigned i = 0; i < N; i++)
			sl_free(p[i]);
	}
}

/* An object that begins in one arena and ends in the next. */
static void
arenas_are_crossed(void **state)
{
	uint64_t x = unit_seed(4);
	struct sl_type t = some_type(&x, 27, 25);
	size_t count = (ARENA + ARENA / 8) / t.size;
	char *p = sl_mallocgc_type(count * t.size, &t, false);

	(void)state;
	assert_non_null(p);
	assert_int_not_equal(
	    (uintptr_t)p / ARENA, ((uintptr_t)p + count * t.size - 1) / ARENA);
	for (size_t i = 0; i < count * 27; i++) {
		unsigned want = naive_bits(&t, 2, i % 27);

		if (i >= count * 27 - 2) /* the last object's last words */
			want = 0;
		if (sl_heap_bits(p + 8 * i) != want)
			fail_msg("word %zu", i);
	}
	sl_free(p);
}

static void
scan_sizes_add_up(void **state)
{
	struct sl_stats before = counters();
	uint64_t x = unit_seed(5), sum = 0;

	(void)state;
	for (unsigned i = 0; i < 1000; i++) {
		size_t words = 1 + unit_random(&x, 50);
		struct sl_type t =
		    some_type(&x, words, 1 + unit_random(&x, words));
		size_t count = 1 + unit_random(&x, 5);

		sum += (count - 1) * t.size + t.ptrdata;
		sl_free(sl_mallocgc_type(count * t.size, &t, false));
	}
	assert_true(counters().scan_bytes - before.scan_bytes == sum);
}

static void
types_that_cannot_be(void **state)
{
	const struct sl_type wrong[] = {
	    {.size = 12, .ptrdata = 8, .gcdata = mask},
	    {.size = 16, .ptrdata = 4, .gcdata = mask},
	    {.size = 16, .ptrdata = 24, .gcdata = mask},
	    {.size = 16, .ptrdata = 16, .gcdata = NULL},
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(wrong); i++) {
		errno = 0;
		assert_null(sl_mallocgc_type(64, &wrong[i], true));
		assert_int_equal(errno, EINVAL);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(costs_nothing_unasked),
	    cmocka_unit_test(small_types),
	    cmocka_unit_test(all_sizes),
	    cmocka_unit_test(neighbours_stay),
	    cmocka_unit_test(arenas_are_crossed),
	    cmocka_unit_test(scan_sizes_add_up),
	    cmocka_unit_test(types_that_cannot_be),
	};

	unit_start();
	return cmocka_run_group_tests_name("mtype", tests, NULL, NULL);
}
