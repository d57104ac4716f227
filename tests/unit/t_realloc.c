/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_realloc.c - realloc and its kin keep what was written; calloc clears what
 * others wrote; products that overflow are refused.  Run by make check, once
 * per variant.
 */
#define _GNU_SOURCE
#include "tests/unit/unit.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* Products that do not fit: the low word alone would look harmless. */
static void
test_products(void **state)
{
	static const size_t pair[][2] = {
	    {(size_t)1 << 32, (size_t)1 << 32},
	    {SIZE_MAX, 2},
	    {2, SIZE_MAX},
	    {SIZE_MAX / 2 + 1, 2},
	    {((size_t)1 << 33) + 1, (size_t)1 << 31},
	    {SIZE_MAX / 16 + 2, 16},
	    {SIZE_MAX, SIZE_MAX},
	};
	char *volatile kept = malloc(100); /* GCC takes a failure for success */

	(void)state;
	memset(kept, 'k', 100);
	for (size_t i = 0; i < UNIT_COUNT(pair); i++) {
		/* volatile: GCC would refuse the constant sizes */
		volatile size_t a = pair[i][0], b = pair[i][1];

		errno = 0;
		assert_null(calloc(a, b));
		assert_int_equal(errno, ENOMEM);
		errno = 0;
		assert_null(reallocarray(NULL, a, b));
		assert_int_equal(errno, ENOMEM);
		errno = 0;
		assert_null(reallocarray(kept, a, b));
		assert_int_equal(errno, ENOMEM);
	}
	for (unsigned i = 0; i < 100; i++)
		assert_int_equal(kept[i], 'k');
	free(kept);
}

/* --- realloc ------------------------------------------------------------- */

static void
test_realloc_keeps(void **state)
{
	static const size_t step[] = {1, 8, 9, 16, 17, 24, 100, 128, 1000, 2000,
	    8192, 32768, 32769, 40000, 70000, 300000, 2000000, 70000, 32768,
	    500, 16, 15, 3, 1};
	char *p = NULL;
	size_t have = 0;

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(step); i++) {
		size_t kept = have < step[i] ? have : step[i];

		p = realloc(p, step[i]);
		assert_non_null(p);
		assert_true(unit_is_filled(p, kept, 7));
		assert_true(malloc_usable_size(p) >= step[i]);
		unit_fill(p, step[i], 7);
		have = step[i];
	}
	free(p);
}

static void
test_realloc_random(void **state)
{
	enum { N = 64 };
	char *p[N] = {NULL};
	size_t have[N] = {0};
	uint64_t x = unit_seed(2);

	(void)state;
	for (unsigned k = 0; k < unit_scaled(60000); k++) {
		unsigned i = (unsigned)unit_random(&x, N);
		size_t n = 1 + unit_random(&x,
				   unit_random(&x, 50) == 0 ? 300000 : 3000);
		size_t kept = have[i] < n ? have[i] : n;

		p[i] = unit_random(&x, 2) ? realloc(p[i], n)
					  : reallocarray(p[i], 1, n);
		assert_non_null(p[i]);
		if (!unit_is_filled(p[i], kept, i))
			fail_msg("realloc %zu -> %zu lost bytes", have[i], n);
		unit_fill(p[i], n, i);
		have[i] = n;
	}
	for (unsigned i = 0; i < N; i++)
		free(p[i]);
}

/* As the C library of this system: frees and returns NULL; a failure leaves
 * the old object alone. */
static void
test_realloc_edges(void **state)
{
	volatile size_t large = (size_t)PTRDIFF_MAX + 1;
	char *volatile p = malloc(50); /* gcc doubts a p that realloc left */

	(void)state;
	memset(p, 'x', 50);
	errno = 0;
	assert_null(realloc(p, large));
	assert_int_equal(errno, ENOMEM);
	for (unsigned i = 0; i < 50; i++)
		assert_int_equal(p[i], 'x');
	errno = 0;
	assert_null(realloc(p, 0));
	assert_int_equal(errno, 0);

	p = malloc(50);
	assert_null(reallocarray(p, 0, 7));
	p = realloc(NULL, 0);
	assert_non_null(p);
	free(p);
}

/* A shrink within a class, or a little, need not move. */
static void
test_realloc_in_place(void **state)
{
	char *p = malloc(1000);
	size_t usable = malloc_usable_size(p);
	char *q = realloc(p, usable);

	(void)state;
	assert_ptr_equal(p, q);
	free(q);
}

/* --- calloc after dirt --------------------------------------------------- */

static void
assert_zero(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0)
			fail_msg("size %zu: byte %zu is %u", n, i, p[i]);
}

static void
test_calloc_after_dirt(void **state)
{
	static const size_t size[] = {1, 8, 16, 24, 48, 112, 256, 1024, 3072,
	    8192, 20000, 32768, 32769, 65536, 1u << 20};
	enum { N = 400 };
	static unsigned char *p[N];

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(size); i++) {
		unsigned n = size[i] > 30000 ? 8 : N;

		for (unsigned k = 0; k < n; k++) {
			p[k] = malloc(size[i]);
			assert_non_null(p[k]);
			memset(p[k], 0xdd, malloc_usable_size(p[k]));
		}
		for (unsigned k = 0; k < n; k++)
			free(p[k]);
		for (unsigned k = 0; k < n; k++) {
			p[k] = calloc(1, size[i]);
			assert_non_null(p[k]);
			assert_zero(p[k], size[i]);
		}
		for (unsigned k = 0; k < n; k++)
			free(p[k]);
	}
}

/* Where a smaller span is another one (epoch=1, guard=1), no more than fits is
 * copied into it. */
static void
test_shrink_spares_others(void **state)
{
	enum { N = 60 };
	const size_t page = 8192;
	static unsigned char *p[N];
	static size_t size[N];

	(void)state;
	for (unsigned round = 0; round < 4; round++) {
		for (unsigned i = 0; i < N; i++) {
			size[i] = (5 + i % 23) * page;
			p[i] = malloc(size[i]);
			assert_non_null(p[i]);
			unit_fill(p[i], size[i], i);
		}
		for (unsigned i = 0; i < N; i++) {
			size[i] = size[i] / 3 + round * 1000;
			p[i] = realloc(p[i], size[i]);
			assert_non_null(p[i]);
		}
		for (unsigned i = 0; i < N; i++)
			assert_true(unit_is_filled(p[i], size[i], i));
		for (unsigned i = 0; i < N; i++)
			free(p[(i * 7 + round) % N]);
	}
	unit_heap_is_sound(NULL, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_products),
	    cmocka_unit_test(test_realloc_keeps),
	    cmocka_unit_test(test_realloc_random),
	    cmocka_unit_test(test_realloc_edges),
	    cmocka_unit_test(test_realloc_in_place),
	    cmocka_unit_test(test_calloc_after_dirt),
	    cmocka_unit_test(test_shrink_spares_others),
	};

	unit_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
