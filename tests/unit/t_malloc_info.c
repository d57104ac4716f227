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

#include "core/spanlab.h"

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
	assert_true(after.arena >= after.uordblks);
	for (unsigned i = 0; i < N; i++)
		free(p[i]);
	assert_true(malloc_trim(0) == 0 || malloc_trim(0) == 1 ||
		    malloc_trim(4096) >= 0);
}

/* The compiler does not see that nobody wants it. */
static void *(*volatile malloc_hidden)(size_t) = malloc;

/* What spanlab(3) says of each field, by the counters of the same moment. */
static void
test_fields(void **state)
{
	enum { LARGE = 3 << 20 };
	struct sl_stats st = {.size = sizeof(st)};
	struct mallinfo2 before = mallinfo2(), m;
	void *p;

	(void)state;
	if (unit_has_option("sbrk=1"))
		skip(); /* nothing is counted there */
	p = malloc_hidden(LARGE);
	m = mallinfo2();
	assert_int_equal(sl_stats_read(&st), 0);
	assert_int_equal(m.arena + m.hblkhd, st.heap_mapped_bytes);
	assert_int_equal(m.uordblks + m.hblkhd, st.span_bytes);
	assert_int_equal(m.uordblks + m.fordblks, m.arena);
	assert_int_equal(m.keepcost, st.heap_free_bytes - st.heap_clean_bytes);
	assert_int_equal(m.hblks, before.hblks + 1);
	assert_int_equal(m.hblkhd, before.hblkhd + LARGE);
	assert_int_equal(m.ordblks | m.smblks | m.fsmblks | m.usmblks, 0);
	free(p);
	assert_int_equal(mallinfo2().hblks, before.hblks);
	malloc_trim(0);
	assert_int_equal(mallinfo2().keepcost, 0);
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

/* The end of the element at p, which is followed by its contents; NULL: it is
 * none.  Without entities, comments and declarations. */
static const char *
element_end(const char *p)
{
	char close[40];
	size_t n = strcspn(p + 1, " />");
	const char *end = strchr(p, '>');

	if (*p != '<' || n == 0 || n > 30 || end == NULL)
		return NULL;
	for (const char *q = strchr(p, '"'); q != NULL && q < end;
	     q = strchr(q + 1, '"')) {
		if (q[-1] != '=' || strchr(q + 1, '"') > end)
			return NULL;
		q = strchr(q + 1, '"');
	}
	if (end[-1] == '/')
		return end + 1;
	snprintf(close, sizeof(close), "</%.*s>", (int)n, p + 1);
	for (p = end + 1; p != NULL;) {
		p += strspn(p, " \n");
		if (strncmp(p, close, strlen(close)) == 0)
			return p + strlen(close);
		p = element_end(p);
	}
	return NULL;
}

static unsigned long
attribute(const char *text, const char *element, const char *name)
{
	char pattern[64];
	const char *at = strstr(text, element), *end;

	assert_non_null(at);
	end = strchr(at, '>');
	snprintf(pattern, sizeof(pattern), " %s=\"", name);
	at = strstr(at, pattern);
	if (at == NULL || at > end)
		fail_msg("%s has no %s", element, name);
	return strtoul(at + strlen(pattern), NULL, 10);
}

static void
test_malloc_info(void **state)
{
	const char *end;
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
	end = element_end(text);
	if (end == NULL || strcmp(end, "\n") != 0)
		fail_msg("not well-formed: %s", text);
	assert_true(attribute(text, "<system type=\"current\"", "size") >=
		    attribute(text, "<total type=\"inuse\"", "size"));
	assert_true(attribute(text, "<counters", "grows") > 0);
	assert_true(attribute(text, "<counters", "heap_mapped_bytes") > 0);
	assert_true(attribute(text, "<class", "grows") > 0);
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
	assert_true(m2.hblkhd >= (size_t)3 << 30);
	assert_int_equal(m.hblkhd, INT_MAX);
	assert_int_equal(m.hblks, m2.hblks);
	assert_true(m.arena > 0);
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
	assert_non_null(strstr(end.text, "partial hit"));
	assert_non_null(strstr(end.text, "\n  grows  "));
	assert_non_null(strstr(end.text, "\n  heap_mapped_bytes  "));
	assert_non_null(strstr(end.text, "\nSpan classes"));
	assert_true(end.lines > 20);
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
	    cmocka_unit_test(test_fields),
	    cmocka_unit_test(test_mallopt),
	    cmocka_unit_test(test_malloc_info),
	    cmocka_unit_test(test_mallinfo),
	    cmocka_unit_test(test_malloc_stats),
	    cmocka_unit_test(test_libc_objects),
	};

	unit_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
