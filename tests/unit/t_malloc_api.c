/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_malloc_api.c - every entry point of the C face, by one table: results,
 * errno, alignment, zeroing, what cannot be had.  Run by make check, once per
 * variant; t_align.c, t_realloc.c and t_malloc_info.c have the rest.
 */
#define _GNU_SOURCE
#include "tests/unit/unit.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* The second names, and C23's, which headers do not declare. */
void cfree(void *p);
void free_sized(void *p, size_t size);
void free_aligned_sized(void *p, size_t alignment, size_t size);
void *__libc_malloc(size_t n);
void __libc_free(void *p);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t alignment, size_t n);
void *__libc_valloc(size_t n);
void *__libc_pvalloc(size_t n);

#define TOO_LARGE ((size_t)PTRDIFF_MAX + 1)

/* --- the allocating calls, as one table ---------------------------------- */

static void *
by_malloc(size_t n)
{
	return malloc(n);
}

static void *
by_calloc(size_t n)
{
	return calloc(1, n);
}

static void *
by_calloc_many(size_t n)
{
	return calloc(n, 1);
}

static void *
by_realloc(size_t n)
{
	return realloc(NULL, n);
}

static void *
by_reallocarray(size_t n)
{
	return reallocarray(NULL, n, 1);
}

static void *
by_aligned_alloc(size_t n)
{
	return aligned_alloc(64, n);
}

static void *
by_memalign(size_t n)
{
	return memalign(32, n);
}

/* posix_memalign reports by its result; the table speaks errno. */
static void *
by_posix_memalign(size_t n)
{
	void *p = (void *)1;
	int error = posix_memalign(&p, 128, n);

	if (error == 0)
		return p;
	assert_ptr_equal(p, (void *)1); /* left alone on failure */
	errno = error;
	return NULL;
}

static void *
by_valloc(size_t n)
{
	return valloc(n);
}

static void *
by_pvalloc(size_t n)
{
	return pvalloc(n);
}

static void *
by_libc_malloc(size_t n)
{
	return __libc_malloc(n);
}

static void *
by_libc_calloc(size_t n)
{
	return __libc_calloc(n, 1);
}

static void *
by_libc_realloc(size_t n)
{
	return __libc_realloc(NULL, n);
}

static void *
by_libc_memalign(size_t n)
{
	return __libc_memalign(256, n);
}

static void *
by_libc_valloc(size_t n)
{
	return __libc_valloc(n);
}

static void *
by_libc_pvalloc(size_t n)
{
	return __libc_pvalloc(n);
}

static const struct entry {
	const char *name;
	void *(*alloc)(size_t);
	size_t alignment; /* 1: what malloc owes for the size */
	bool zeroed;
} entries[] = {
    {"malloc", by_malloc, 1, false},
    {"calloc(1, n)", by_calloc, 1, true},
    {"calloc(n, 1)", by_calloc_many, 1, true},
    {"realloc(NULL, n)", by_realloc, 1, false},
    {"reallocarray(NULL, n, 1)", by_reallocarray, 1, false},
    {"aligned_alloc", by_aligned_alloc, 64, false},
    {"memalign", by_memalign, 32, false},
    {"posix_memalign", by_posix_memalign, 128, false},
    {"__libc_malloc", by_libc_malloc, 1, false},
    {"__libc_calloc", by_libc_calloc, 1, true},
    {"__libc_realloc", by_libc_realloc, 1, false},
    {"__libc_memalign", by_libc_memalign, 256, false},
    /* whole pages: last, test_disjoint leaves them out */
    {"valloc", by_valloc, 4096, false},
    {"pvalloc", by_pvalloc, 4096, false},
    {"__libc_valloc", by_libc_valloc, 4096, false},
    {"__libc_pvalloc", by_libc_pvalloc, 4096, false},
};
enum { NOT_PAGES = UNIT_COUNT(entries) - 4 };

/* --- the freeing calls --------------------------------------------------- */

static void
by_free(void *p, size_t n)
{
	(void)n;
	free(p);
}

static void
by_cfree(void *p, size_t n)
{
	(void)n;
	cfree(p);
}

static void
by_libc_free(void *p, size_t n)
{
	(void)n;
	__libc_free(p);
}

static void
by_free_sized(void *p, size_t n)
{
	free_sized(p, n);
}

static void
by_free_aligned_sized(void *p, size_t n)
{
	free_aligned_sized(p, n < 8 ? 1 : 8, n);
}

static void
by_realloc_0(void *p, size_t n)
{
	(void)n;
	if (p != NULL)
		assert_null(realloc(p, 0));
}

static void
by_reallocarray_0(void *p, size_t n)
{
	if (p != NULL)
		assert_null(reallocarray(p, n, 0));
}

static void (*const frees[])(void *, size_t) = {by_free, by_cfree, by_libc_free,
    by_free_sized, by_free_aligned_sized, by_realloc_0, by_reallocarray_0};

/* What C owes an object of n bytes: the largest fundamental alignment that
 * an object of that size can have. */
static size_t
alignment_owed(size_t n)
{
	size_t a = 1;

	while (a < _Alignof(max_align_t) && a * 2 <= n)
		a *= 2;
	return a;
}

static void
assert_aligned(const struct entry *e, const void *p, size_t n)
{
	size_t a = alignment_owed(n);

	if (a < e->alignment)
		a = e->alignment;
	if ((uintptr_t)p % a != 0)
		fail_msg(
		    "%s: size %zu: %p is not aligned to %zu", e->name, n, p, a);
}

static void
assert_zero(const struct entry *e, const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] != 0)
			fail_msg("%s: size %zu: byte %zu is %u", e->name, n, i,
			    p[i]);
}

/* One object: alignment, usable size, zeroes, all of it writable. */
static void
try_one(const struct entry *e, size_t n)
{
	unsigned char *p = e->alloc(n);
	size_t usable;

	if (p == NULL)
		fail_msg("%s: size %zu: errno %d", e->name, n, errno);
	assert_aligned(e, p, n);
	usable = malloc_usable_size(p);
	if (usable < n)
		fail_msg("%s: size %zu: usable %zu", e->name, n, usable);
	if (e->zeroed)
		assert_zero(e, p, n);
	memset(p, 0xa5, usable);
	free(p);
}

static void
test_sizes(void **state)
{
	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(entries); i++) {
		for (size_t n = 0; n <= 40000; n += n < 2200 ? 1 : 37)
			try_one(&entries[i], n);
		for (size_t n = 65536; n <= (8u << 20); n *= 2)
			for (size_t d = 0; d < 3; d++)
				try_one(&entries[i], n - 1 + d);
	}
}

/* Distinct, disjoint and kept: many at once, filled and looked at again. */
static void
test_disjoint(void **state)
{
	enum { N = 4000 };
	static void *p[N];
	static size_t size[N];
	uint64_t x = unit_seed(1);

	(void)state;
	for (unsigned round = 0; round < unit_scaled(20); round++) {
		for (unsigned i = 0; i < N; i++) {
			const struct entry *e =
			    &entries[unit_random(&x, NOT_PAGES)];

			size[i] = unit_random(&x, 16) == 0
				      ? unit_random(&x, 60000)
				      : unit_random(&x, 700);
			p[i] = e->alloc(size[i]);
			assert_non_null(p[i]);
			unit_fill(p[i], size[i], i);
		}
		for (unsigned i = 0; i < N; i++)
			if (!unit_is_filled(p[i], size[i], i))
				fail_msg("object %u of %zu bytes changed", i,
				    size[i]);
		for (unsigned i = 0; i < N; i++)
			free(p[(i * 1999) % N]);
	}
}

/* --- zero size ----------------------------------------------------------- */

static void
test_zero_size(void **state)
{
	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(entries); i++) {
		void *p = entries[i].alloc(0), *q = entries[i].alloc(0);

		assert_non_null(p);
		assert_non_null(q);
		if (p == q)
			fail_msg("%s(0): two live objects, one address",
			    entries[i].name);
		free(p);
		free(q);
	}
	free(NULL);
	assert_int_equal(malloc_usable_size(NULL), 0);
}

/* --- what cannot be had -------------------------------------------------- */

static const size_t impossible[] = {TOO_LARGE, SIZE_MAX, SIZE_MAX - 15,
    SIZE_MAX - 4095, SIZE_MAX - 8192, SIZE_MAX / 2 + 2, (size_t)PTRDIFF_MAX};

static void
test_too_large(void **state)
{
	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(entries); i++) {
		for (size_t k = 0; k < UNIT_COUNT(impossible); k++) {
			errno = 0;
			void *p = entries[i].alloc(impossible[k]);

			if (p != NULL || errno != ENOMEM)
				fail_msg("%s(%zu) is %p, errno %d",
				    entries[i].name, impossible[k], p, errno);
		}
	}
}

/* --- errno --------------------------------------------------------------- */

static void
test_free_keeps_errno(void **state)
{
	static const size_t size[] = {1, 16, 100, 5000, 32768, 32769, 100000,
	    1u << 20, 16u << 20, 64u << 20};

	(void)state;
	for (unsigned round = 0; round < 3; round++) {
		for (size_t i = 0; i < UNIT_COUNT(size); i++) {
			for (size_t k = 0; k < UNIT_COUNT(frees); k++) {
				void *p = malloc(size[i]);

				assert_non_null(p);
				errno = 12345;
				frees[k](p, size[i]);
				frees[k](NULL, size[i]);
				assert_int_equal(errno, 12345);
			}
		}
	}
	malloc_trim(0);
}

static void
test_success_keeps_errno(void **state)
{
	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(entries); i++) {
		for (size_t n = 1; n < (4u << 20); n = n * 3 + 1) {
			void *p;

			errno = 4321;
			p = entries[i].alloc(n);
			if (errno != 4321)
				fail_msg("%s(%zu) set errno %d",
				    entries[i].name, n, errno);
			free(p);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sizes),
	    cmocka_unit_test(test_disjoint),
	    cmocka_unit_test(test_zero_size),
	    cmocka_unit_test(test_too_large),
	    cmocka_unit_test(test_free_keeps_errno),
	    cmocka_unit_test(test_success_keeps_errno),
	};

	unit_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
