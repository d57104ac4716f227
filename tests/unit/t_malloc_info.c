/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_malloc_info.c - the C face, what is asked and told about the heap: names,
 * figures, settings, texts.  Run by make check, once per variant.
 */
#define _GNU_SOURCE
#include "tests/unit/unit.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
test_figures(void **state)
{
	enum { N = 2000, SIZE = 1000 };
	static void *p[N];
	struct mallinfo2 before = mallinfo2(), after;

	(void)state;
	for (unsigned i = 0; i < N; i++)
		p[i] = malloc(SIZE);
	after = mallinfo2();
	assert_true(after.uordblks >= before.uordblks);
	assert_true(after.uordblks >= (size_t)N * SIZE);
	assert_true(after.arena + after.hblkhd >= after.uordblks);
	for (unsigned i = 0; i < N; i++)
		free(p[i]);
	assert_true(malloc_trim(0) == 0 || malloc_trim(0) == 1 ||
		    malloc_trim(4096) >= 0);
}

/* Every name is ours: one that is the C library's would work on its heap. */
static void
test_names(void **state)
{
	static const char *const name[] = {"malloc", "free", "calloc",
	    "realloc", "reallocarray", "aligned_alloc", "posix_memalign",
	    "memalign", "valloc", "pvalloc", "cfree", "free_sized",
	    "free_aligned_sized", "malloc_usable_size", "malloc_trim",
	    "malloc_stats", "malloc_info", "mallinfo", "mallinfo2", "mallopt",
	    "__libc_malloc", "__libc_free", "__libc_calloc", "__libc_realloc",
	    "__libc_memalign", "__libc_valloc", "__libc_pvalloc"};
	Dl_info ours, other;

	(void)state;
	if (!unit_has_libc_names())
		skip(); /* a sanitizer has them */
	assert_int_not_equal(
	    dladdr(dlsym(RTLD_DEFAULT, "sl_identity"), &ours), 0);
	for (size_t i = 0; i < UNIT_COUNT(name); i++) {
		void *p = dlsym(RTLD_DEFAULT, name[i]);

		if (p == NULL || dladdr(p, &other) == 0 ||
		    other.dli_fbase != ours.dli_fbase)
			fail_msg("%s is not ours", name[i]);
	}
}

/* Accepted and without effect; what is no parameter is refused. */
static void
test_mallopt(void **state)
{
	static const int known[] = {M_MXFAST, M_NLBLKS, M_GRAIN, M_KEEP,
	    M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_THRESHOLD, M_MMAP_MAX,
	    M_CHECK_ACTION, M_PERTURB, M_ARENA_TEST, M_ARENA_MAX};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(known); i++)
		assert_int_equal(mallopt(known[i], 1), 1);
	assert_int_equal(mallopt(0, 1), 0);
	assert_int_equal(mallopt(5, 1), 0);
	assert_int_equal(mallopt(-9, 1), 0);
}

static void
test_malloc_info(void **state)
{
	static const char end[] = "</malloc>\n";
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	(void)state;
	assert_non_null(f);
	errno = 0;
	assert_int_equal(malloc_info(1, f), -1);
	assert_int_equal(errno, EINVAL);
	assert_int_equal(ftell(f), 0);
	assert_int_equal(malloc_info(0, f), 0);
	fclose(f);
	assert_int_equal(strncmp(text, "<malloc version=", 16), 0);
	assert_true(n > sizeof(end));
	assert_string_equal(text + n - strlen(end), end);
	unit_free_of_libc(text);
}

/* The old form has ints: what is too large for them is as large as can be. */
static void
test_mallinfo(void **state)
{
	void *p = malloc((size_t)3 << 30);
	struct mallinfo2 m2 = mallinfo2();
	struct mallinfo m;

	(void)state;
	assert_non_null(p);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
	m = mallinfo();
#pragma GCC diagnostic pop
	assert_true(m2.uordblks >= (size_t)3 << 30);
	assert_int_equal(m.uordblks, INT_MAX);
	assert_int_equal(m.arena, INT_MAX);
	assert_true(m.ordblks > 0);
	free(p);
}

static void
print_stats(void *arg)
{
	(void)arg;
	malloc_stats();
}

static void
test_malloc_stats(void **state)
{
	struct unit_end end = unit_child(print_stats, NULL, 20);

	(void)state;
	assert_int_equal(end.status, 0);
	assert_true(strlen(end.text) > 20);
}

/* What the C library itself allocates and lets the caller free. */
static void
test_libc_objects(void **state)
{
	char *line = NULL, *made = NULL;
	size_t room = 0;
	FILE *f = tmpfile();

	(void)state;
	if (!unit_has_libc_names())
		skip(); /* they are the sanitizer's */
	assert_non_null(f);
	fprintf(f, "%0500d\nsecond\n", 7);
	rewind(f);
	assert_int_equal(getline(&line, &room, f), 501);
	free(line);
	fclose(f);
	assert_int_equal(asprintf(&made, "%s-%d", "made", 42), 7);
	free(made);
	made = strdup("copied");
	assert_string_equal(made, "copied");
	free(made);
	made = realpath("/", NULL);
	assert_string_equal(made, "/");
	free(made);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_names),
	    cmocka_unit_test(test_figures),
	    cmocka_unit_test(test_mallopt),
	    cmocka_unit_test(test_malloc_info),
	    cmocka_unit_test(test_mallinfo),
	    cmocka_unit_test(test_malloc_stats),
	    cmocka_unit_test(test_libc_objects),
	};

	unit_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
