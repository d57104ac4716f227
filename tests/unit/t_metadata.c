/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_metadata.c - persistent and fixalloc: what metadata may rely on.
 * Run by make check.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/fixalloc.h"
#include "core/persistent.h"
#include "core/sys.h"

static bool
is_zero(const char *p, size_t n)
{
	while (n > 0 && p[n - 1] == 0)
		n--;
	return n == 0;
}

static void
persistent_is_aligned_and_zero(void **state)
{
	char *last = NULL;

	(void)state;
	for (size_t n = 1; n < 100000; n = n * 3 + 1) {
		for (size_t align = 1; align <= 4096; align *= 2) {
			char *p = sl_persistent_alloc(n, align);

			assert_non_null(p);
			assert_int_equal((uintptr_t)p % align, 0);
			assert_true(is_zero(p, n));
			memset(p, 0xff, n);
			assert_ptr_not_equal(p, last);
			last = p;
		}
	}
}

static void
persistent_counts_its_bytes(void **state)
{
	size_t before = sl_persistent_bytes();

	(void)state;
	/* As large as this, it is a mapping of its own. */
	assert_non_null(sl_persistent_alloc(1 << 20, 0));
	assert_int_equal(sl_persistent_bytes(), before + (1 << 20));
}

/* Of memory in chunks it is known which is metadata. */
static void
persistent_knows_its_chunks(void **state)
{
	static char *p[3000], local;
	size_t n = sizeof(p) / sizeof(p[0]), before = sl_persistent_bytes();
	void *outside = malloc(100);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		p[i] = sl_persistent_alloc(300 + i % 100, 0);
		assert_non_null(p[i]);
	}
	assert_true(sl_persistent_bytes() >= before + 3 * (256 << 10));
	for (size_t i = 0; i < n; i++) {
		assert_true(sl_persistent_contains(p[i]));
		assert_true(sl_persistent_contains(p[i] + 299 + i % 100));
	}
	assert_false(sl_persistent_contains(&local));
	assert_false(sl_persistent_contains(&outside));
	assert_false(sl_persistent_contains(outside));
	assert_false(sl_persistent_contains(NULL));
	free(outside);
}

static void
persistent_can_be_refused(void **state)
{
	size_t before = sl_persistent_bytes();

	(void)state;
	sl_sys_refuse(1, 2);
	assert_null(sl_persistent_alloc(8, 0));
	assert_null(sl_persistent_alloc(1 << 20, 0));
	assert_non_null(sl_persistent_alloc(8, 0));
	/* A chunk that cannot be had. */
	sl_sys_refuse(2, 1);
	while (sl_persistent_alloc(60000, 0) != NULL)
		sl_sys_refuse(2, 1);
	assert_non_null(sl_persistent_alloc(60000, 0));
	sl_sys_refuse(0, 1);
	assert_true(sl_persistent_bytes() <= before + 2 * (256 << 10));
}

enum { N = 2000 };
static unsigned nfirst;

static void
count_first(void *obj, void *arg)
{
	assert_ptr_equal(arg, &nfirst);
	assert_true(is_zero(obj, 40));
	nfirst++;
}

static void
fixalloc_hands_out_distinct_objects(void **state)
{
	static char *obj[N];
	struct sl_fixalloc f;

	(void)state;
	nfirst = 0;
	sl_fixalloc_init(&f, 40, 8, false, count_first, &nfirst);
	for (unsigned i = 0; i < N; i++) {
		obj[i] = sl_fixalloc_alloc(&f);
		memset(obj[i], (int)i, 40);
	}
	for (unsigned i = 0; i < N; i++)
		for (unsigned k = 0; k < 40; k++)
			assert_int_equal((unsigned char)obj[i][k], i % 256);
	assert_int_equal(nfirst, N);
	assert_int_equal(f.inuse_bytes, N * 40);
}

/* Side by side in a chunk of 16 KiB, none of which is wasted. */
static void
fixalloc_fills_its_chunks(void **state)
{
	enum { SIZE = 1000, PER_CHUNK = (16 << 10) / SIZE };
	struct sl_fixalloc f;
	char *last = NULL, *p;

	(void)state;
	sl_fixalloc_init(&f, SIZE, 8, false, NULL, NULL);
	for (unsigned i = 0; i < 10 * PER_CHUNK; i++) {
		p = sl_fixalloc_alloc(&f);
		assert_non_null(p);
		if (i % PER_CHUNK != 0)
			assert_ptr_equal(p, last + SIZE);
		assert_int_equal(
		    f.chunk_left, (PER_CHUNK - 1 - i % PER_CHUNK) * SIZE);
		last = p;
	}
}

static void
fixalloc_can_be_refused(void **state)
{
	struct sl_fixalloc f;

	(void)state;
	nfirst = 0;
	sl_fixalloc_init(&f, 8000, 8, false, count_first, &nfirst);
	sl_sys_refuse(1, 1);
	assert_null(sl_fixalloc_alloc(&f));
	assert_int_equal(f.inuse_bytes, 0);
	assert_int_equal(nfirst, 0);
	assert_non_null(sl_fixalloc_alloc(&f));
	assert_int_equal(nfirst, 1);
	sl_sys_refuse(0, 1);
}

static void
fixalloc_reuses_last_in_first_out(void **state)
{
	struct sl_fixalloc f;
	char *a, *b;

	(void)state;
	nfirst = 0;
	sl_fixalloc_init(&f, 40, 8, false, count_first, &nfirst);
	a = sl_fixalloc_alloc(&f);
	b = sl_fixalloc_alloc(&f);
	memset(a, 7, 40);
	memset(b, 7, 40);
	sl_fixalloc_free(&f, a);
	sl_fixalloc_free(&f, b);
	assert_int_equal(f.inuse_bytes, 0);
	assert_ptr_equal(sl_fixalloc_alloc(&f), b);
	assert_ptr_equal(sl_fixalloc_alloc(&f), a);
	assert_int_equal(nfirst, 2);
	/* Type-stable: all but the first word is as it was. */
	for (unsigned k = sizeof(void *); k < 40; k++)
		assert_int_equal(a[k], 7);
}

static void
fixalloc_clears_if_asked(void **state)
{
	struct sl_fixalloc f;
	char *a;

	(void)state;
	sl_fixalloc_init(&f, 100, 64, true, NULL, NULL);
	a = sl_fixalloc_alloc(&f);
	assert_int_equal((uintptr_t)a % 64, 0);
	memset(a, 7, 100);
	sl_fixalloc_free(&f, a);
	assert_ptr_equal(sl_fixalloc_alloc(&f), a);
	assert_true(is_zero(a, 100));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(persistent_is_aligned_and_zero),
	    cmocka_unit_test(persistent_counts_its_bytes),
	    cmocka_unit_test(persistent_knows_its_chunks),
	    cmocka_unit_test(persistent_can_be_refused),
	    cmocka_unit_test(fixalloc_hands_out_distinct_objects),
	    cmocka_unit_test(fixalloc_fills_its_chunks),
	    cmocka_unit_test(fixalloc_can_be_refused),
	    cmocka_unit_test(fixalloc_reuses_last_in_first_out),
	    cmocka_unit_test(fixalloc_clears_if_asked),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
