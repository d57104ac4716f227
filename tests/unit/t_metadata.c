/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_metadata.c - persistent and fixalloc: what metadata may rely on.
 * Run by make check.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/fixalloc.h"
#include "core/persistent.h"

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
	    cmocka_unit_test(fixalloc_hands_out_distinct_objects),
	    cmocka_unit_test(fixalloc_reuses_last_in_first_out),
	    cmocka_unit_test(fixalloc_clears_if_asked),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
