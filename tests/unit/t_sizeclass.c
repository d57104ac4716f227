/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_sizeclass.c - the tables of core/sizeclass.h, exhaustively, against what
 * they are for.  Run by make check; needs nothing but the tables.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/mallocgc.h"

/* Every size goes to the smallest class that holds it. */
static void
lookup_finds_the_smallest_class(void **state)
{
	(void)state;
	for (unsigned size = 1; size <= SL_MAX_SMALL; size++) {
		unsigned c = sl_class_of(size);

		assert_in_range(c, 1, SL_NUM_SIZECLASSES - 1);
		assert_true(sl_class_to_size[c] >= size);
		assert_true(sl_class_to_size[c - 1] < size);
	}
}

/* For C the same, but that 17..24 bytes are 16-aligned like the rest. */
static void
c_sizes_are_aligned(void **state)
{
	(void)state;
	for (unsigned size = 0; size <= SL_SMALL_MAX; size++) {
		unsigned c = sl_size_to_class8_c[(size + 7) / 8];
		unsigned bytes = sl_class_to_size[c];

		assert_true(bytes >= size && bytes > 0);
		if (size > 8)
			assert_int_equal(bytes % 16, 0);
		if (size > 24)
			assert_int_equal(c, sl_class_of(size));
	}
}

/* Go's published figures: a few rows, and the sums over all. */
static void
classes_are_gos(void **state)
{
	unsigned long sizes = 0, pages = 0, objects = 0;

	(void)state;
	assert_int_equal(SL_NUM_SIZECLASSES, 68);
	for (unsigned c = 1; c < SL_NUM_SIZECLASSES; c++) {
		sizes += sl_class_to_size[c];
		pages += sl_class_to_pages[c];
		objects += sl_class_to_pages[c] * (unsigned long)SL_PAGE_SIZE /
			   sl_class_to_size[c];
	}
	assert_int_equal(sl_class_to_size[37], 1792);
	assert_int_equal(sl_class_to_pages[50], 6);
	assert_int_equal(sl_class_to_size[61], 19072);
	assert_int_equal(sl_class_to_pages[65], 10);
	assert_int_equal(sizes, 372768);
	assert_int_equal(pages, 168);
	assert_int_equal(objects, 3474);
}

/* Multiplying and shifting divides every offset of every span. */
static void
magic_divides(void **state)
{
	(void)state;
	for (unsigned c = 1; c < SL_NUM_SIZECLASSES; c++) {
		uint64_t m = sl_class_to_divmul[c];
		uint32_t size = sl_class_to_size[c];
		uint32_t end = sl_class_to_pages[c] * SL_PAGE_SIZE;

		for (uint32_t off = 0; off < end; off++)
			if ((uint64_t)off * m >> 32 != off / size)
				fail_msg("class %u, offset %u", c, off);
	}
}

/* No span wastes more than an eighth of itself behind its last slot. */
static void
tails_are_short(void **state)
{
	(void)state;
	for (unsigned c = 1; c < SL_NUM_SIZECLASSES; c++) {
		unsigned bytes = sl_class_to_pages[c] * SL_PAGE_SIZE;

		assert_true(bytes % sl_class_to_size[c] <= bytes / 8);
		assert_true(bytes / sl_class_to_size[c] <= SL_MAX_SLOTS);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lookup_finds_the_smallest_class),
	    cmocka_unit_test(c_sizes_are_aligned),
	    cmocka_unit_test(classes_are_gos),
	    cmocka_unit_test(magic_divides),
	    cmocka_unit_test(tails_are_short),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
