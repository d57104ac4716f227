/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_align.c - the calls that take an alignment: what they give, what they
 * refuse, how their objects are freed.  Run by make check, once per variant.
 */
#define _GNU_SOURCE
#include "tests/unit/unit.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* C23; the C library of today does not declare them. */
void free_sized(void *ptr, size_t size);
void free_aligned_sized(void *ptr, size_t alignment, size_t size);

/* --- alignment ----------------------------------------------------------- */

static void
test_alignment(void **state)
{
	static const size_t size[] = {0, 1, 7, 8, 24, 100, 1000, 4096, 5000,
	    32768, 32769, 100000, 1u << 20, (1u << 20) + 1};

	(void)state;
	for (size_t a = 8; a <= (1u << 20); a *= 2) {
		for (size_t i = 0; i < UNIT_COUNT(size); i++) {
			void *p = NULL, *q = aligned_alloc(a, size[i]);
			void *r = memalign(a, size[i]);

			assert_int_equal(posix_memalign(&p, a, size[i]), 0);
			assert_non_null(p);
			assert_non_null(q);
			assert_non_null(r);
			assert_int_equal((uintptr_t)p % a, 0);
			assert_int_equal((uintptr_t)q % a, 0);
			assert_int_equal((uintptr_t)r % a, 0);
			assert_true(malloc_usable_size(p) >= size[i]);
			memset(p, 1, size[i]);
			memset(q, 2, size[i]);
			memset(r, 3, size[i]);
			q = realloc(q, size[i] * 2 + 1);
			assert_non_null(q);
			for (size_t k = 0; k < size[i]; k += 97)
				assert_int_equal(((char *)q)[k], 2);
			free(p);
			free(q);
			free(r);
		}
	}
}

static void
test_bad_alignment(void **state)
{
	static const size_t bad[] = {0, 3, 24, 48, 100, SIZE_MAX};
	static const size_t too_far[] = {(size_t)1 << 62, (size_t)1 << 63};
	void *p = (void *)&bad;

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(bad); i++) {
		assert_int_equal(posix_memalign(&p, bad[i], 8), EINVAL);
		assert_ptr_equal(p, &bad);
	}
	/* Powers of two, but no multiple of a pointer's size. */
	assert_int_equal(posix_memalign(&p, 1, 8), EINVAL);
	assert_int_equal(posix_memalign(&p, 4, 8), EINVAL);
	assert_ptr_equal(p, &bad);
	for (size_t i = 0; i < UNIT_COUNT(bad); i++) {
		volatile size_t a = bad[i];

		errno = 0;
		assert_null(aligned_alloc(a, 8));
		assert_int_equal(errno, EINVAL);
	}
	for (size_t i = 0; i < UNIT_COUNT(too_far); i++) {
		volatile size_t a = too_far[i];

		assert_int_equal(posix_memalign(&p, a, 8), ENOMEM);
		assert_ptr_equal(p, &bad);
		errno = 0;
		assert_null(aligned_alloc(a, 8));
		assert_int_equal(errno, ENOMEM);
		errno = 0;
		assert_null(memalign(a, 8));
		assert_int_equal(errno, ENOMEM);
	}
	/* The sum of the two is what cannot be had. */
	assert_int_equal(posix_memalign(&p, 4096, SIZE_MAX - 100), ENOMEM);
	assert_int_equal(
	    posix_memalign(&p, (size_t)1 << 40, PTRDIFF_MAX), ENOMEM);
}

/* memalign takes the next power of two, as glibc's does. */
static void
test_memalign_rounds(void **state)
{
	static const struct {
		size_t asked, got;
	} a[] = {{0, 1}, {1, 1}, {3, 4}, {24, 32}, {100, 128}, {4097, 8192},
	    {(1u << 20) - 1, 1u << 20}};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(a); i++) {
		volatile size_t asked = a[i].asked;
		void *p = memalign(asked, 100);

		assert_non_null(p);
		assert_int_equal((uintptr_t)p % a[i].got, 0);
		free(p);
	}
	errno = 0;
	assert_null(memalign(((size_t)1 << 63) + 1, 8));
	assert_int_equal(errno, EINVAL);
}

/* --- freeing and pages --------------------------------------------------- */

static void
test_sized_free(void **state)
{
	(void)state;
	for (size_t n = 1; n < 100000; n = n * 2 + 3) {
		free_sized(malloc(n), n);
		free_sized(calloc(1, n), n);
		free_aligned_sized(aligned_alloc(64, n), 64, n);
		free_aligned_sized(aligned_alloc(8192, n), 8192, n);
	}
	free_sized(NULL, 10);
	free_aligned_sized(NULL, 64, 10);
}

/* What C23 calls undefined ends the program, where it can be told. */
static void
free_too_large(void *arg)
{
	free_sized(malloc(100), (uintptr_t)arg);
}

static void
free_misaligned(void *arg)
{
	free_aligned_sized((char *)malloc(100), (uintptr_t)arg, 100);
}

static void
free_sized_inside(void *arg)
{
	free_sized((char *)malloc(1000) + (uintptr_t)arg, 8);
}

static void
test_wrong_sizes(void **state)
{
	static const struct {
		void (*fn)(void *);
		uintptr_t arg;
		const char *text;
	} wrong[] = {
	    {free_too_large, 113, "invalid free_sized: "},
	    {free_misaligned, (uintptr_t)1 << 40,
		"invalid free_aligned_sized: "},
	    {free_sized_inside, 16, "invalid free_sized: "},
	};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(wrong); i++) {
		struct unit_end end =
		    unit_child(wrong[i].fn, (void *)wrong[i].arg, 20);

		assert_int_equal(end.signal, SIGABRT);
		assert_non_null(strstr(end.text, wrong[i].text));
	}
}

static void
test_page_calls(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	void *p = pvalloc(1), *q = pvalloc(page + 1);

	(void)state;
	assert_true(malloc_usable_size(p) >= page);
	assert_true(malloc_usable_size(q) >= 2 * page);
	free(p);
	free(q);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_alignment),
	    cmocka_unit_test(test_bad_alignment),
	    cmocka_unit_test(test_memalign_rounds),
	    cmocka_unit_test(test_sized_free),
	    cmocka_unit_test(test_wrong_sizes),
	    cmocka_unit_test(test_page_calls),
	};

	unit_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
