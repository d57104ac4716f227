/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_large.c - large objects: cleared in pieces, and changed without a copy.
 * Run by make check for each variant; prints its seed, takes another from
 * SL_SEED.
 */
#include "tests/unit/unit.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "core/spanlab.h"

enum { PAGE = 8192, PIECE = 256 << 10, MIB = 1 << 20, STEPS = 3000 };

static struct sl_stats
stats(void)
{
	struct sl_stats st = {.size = sizeof(st)};

	assert_int_equal(sl_stats_read(&st), 0);
	return st;
}

static bool
is_zero(const char *p, size_t n)
{
	return n == 0 || (p[0] == 0 && memcmp(p, p + 1, n - 1) == 0);
}

static void
test_clears_in_pieces(void **state)
{
	size_t sizes[] = {40 << 10, PIECE, PIECE + 1, 17 * MIB + 5};

	(void)state;
	for (unsigned i = 0; i < UNIT_COUNT(sizes); i++) {
		size_t n = sizes[i], rounded = (n + PAGE - 1) / PAGE * PAGE;
		uint64_t before;
		char *p = malloc(n);

		assert_non_null(p);
		memset(p, 7, n);
		free(p);
		malloc_trim(0); /* all is clean */
		before = stats().zero_pieces;
		p = calloc(1, n);
		assert_non_null(p);
		assert_true(is_zero(p, n));
		assert_int_equal(stats().zero_pieces, before);
		memset(p, 7, n);
		free(p);
		/* The same pages, unless they went back to the OS. */
		p = calloc(n, 1);
		assert_non_null(p);
		assert_true(is_zero(p, n));
		if (n < 8 * MIB)
			assert_int_equal(stats().zero_pieces - before,
			    (rounded + PIECE - 1) / PIECE);
		free(p);
	}
	unit_heap_is_sound(NULL, NULL);
}

/* Any way it goes, the contents come along. */
static void
test_realloc_keeps_contents(void **state)
{
	enum { N = 8 };
	static unsigned char *p[N];
	static size_t size[N];
	uint64_t x = unit_seed(1);
	struct sl_stats before = stats(), after;

	(void)state;
	for (unsigned step = unit_scaled(STEPS); step > 0; step--) {
		unsigned i = (unsigned)unit_random(&x, N);
		size_t most = unit_random(&x, 8) == 0 ? 3 * MIB : 300 << 10;
		size_t n = 1 + unit_random(&x, most), common;
		unsigned char *q;

		common = n < size[i] ? n : size[i];
		q = realloc(p[i], n);
		assert_non_null(q);
		assert_true(malloc_usable_size(q) >= n);
		if (size[i] != 0) {
			assert_int_equal(q[0], i + 1);
			assert_int_equal(q[common / 2], i + 1);
			assert_int_equal(q[common - 1], i + 1);
		}
		memset(q, (int)i + 1, n);
		p[i] = q;
		size[i] = n;
		if (step % 500 == 0)
			unit_heap_is_sound(NULL, NULL);
	}
	after = stats();
	print_message("# %lu in place, %lu moved\n",
	    (unsigned long)(after.large_resizes - before.large_resizes),
	    (unsigned long)(after.large_moves - before.large_moves));
	assert_true(after.large_resizes > before.large_resizes);
	for (unsigned i = 0; i < N; i++)
		free(p[i]);
	unit_heap_is_sound(NULL, NULL);
}

/* What a smaller size frees can be used. */
static void
test_shrink_gives_back(void **state)
{
	uint64_t before = stats().heap_inuse_bytes;
	char *p = malloc(16 * MIB);
	uintptr_t was = (uintptr_t)p;

	(void)state;
	assert_non_null(p);
	p = realloc(p, 2 * MIB);
	assert_int_equal((uintptr_t)p, was);
	assert_int_equal(malloc_usable_size(p), 2 * MIB);
	assert_true(stats().heap_inuse_bytes <= before + 3 * MIB);
	free(p);
	unit_heap_is_sound(NULL, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_clears_in_pieces),
	    cmocka_unit_test(test_realloc_keeps_contents),
	    cmocka_unit_test(test_shrink_gives_back),
	};

	unit_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
