/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_stats_json.c - all counters as JSON: read by a parser, complete, equal to
 * what the calls say, and the identities between them; and the file that is
 * written when a program ends.  Run by make check, once.
 */
#include "tests/unit/unit.h"

#include <errno.h>
#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/spanlab.h"

enum {
	PAGE = 8192,
	TOTALS = sizeof(struct sl_stats) / sizeof(uint64_t) - 1, /* size */
	COLUMNS = sizeof(struct sl_class_stats) / sizeof(uint64_t),
};

static char dir[64];

/* --- reading -------------------------------------------------------------- */

static json_t *
load(const char *file)
{
	char path[160];
	json_error_t e;
	json_t *all;

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	all = json_load_file(path, JSON_REJECT_DUPLICATES, &e);
	if (all == NULL)
		fail_msg("%s:%d: %s", path, e.line, e.text);
	assert_string_equal(json_string_value(json_object_get(all, "schema")),
	    "spanlab-stats-1");
	return all;
}

static uint64_t
get(const json_t *of, const char *name)
{
	const json_t *n = json_object_get(of, name);

	if (!json_is_integer(n))
		fail_msg("no number %s", name);
	return (uint64_t)json_integer_value(n);
}

/* Over the classes from `first` on; 2: of small objects. */
static uint64_t
sum(const json_t *all, const char *name, unsigned first)
{
	const json_t *rows = json_object_get(all, "classes");
	uint64_t n = 0;

	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);

		if (get(row, "spanclass") >= first)
			n += get(row, name);
	}
	return n;
}

/* --- what holds in each --------------------------------------------------- */

static void
row_holds(const json_t *row)
{
	uint64_t pages = get(row, "span_pages"), grows = get(row, "grows"),
		 back = get(row, "heap_returns");

	assert_int_equal(json_object_size(row), COLUMNS);
	assert_int_equal(get(row, "spans"), grows - back);
	assert_int_equal(get(row, "spans_bytes"),
	    (get(row, "pages_in") - get(row, "pages_out")) * PAGE);
	assert_true(get(row, "allocs") >= get(row, "frees"));
	assert_true(get(row, "bytes_in") >= get(row, "bytes_out"));
	assert_true(get(row, "taken") >= get(row, "claims"));
	if (pages != 0) {
		assert_int_equal(get(row, "pages_in"), grows * pages);
		assert_int_equal(get(row, "pages_out"), back * pages);
	}
}

static void
is_sum(const json_t *all, const char *name, unsigned first)
{
	uint64_t by_class = sum(all, name, first),
		 total = get(json_object_get(all, "totals"), name);

	if (by_class != total)
		fail_msg("%s: %llu by class, %llu", name,
		    (unsigned long long)by_class, (unsigned long long)total);
}

static void
all_hold(const json_t *all)
{
	static const char *const of_all[] = {"allocs", "frees", "tiny_allocs",
	    "reaps", "turns", "set_inserts", "set_cas_failures",
	    "set_lock_acquisitions", "set_lock_waits", "set_scanned"};
	static const char *const of_small[] = {"refills", "harvests", "reuses",
	    "claims", "claims_empty", "grows", "detaches", "holds", "sweeps",
	    "remote_frees", "relinks", "releases", "heap_returns"};
	const json_t *t = json_object_get(all, "totals");
	const json_t *rows = json_object_get(all, "classes");

	assert_int_equal(json_object_size(t), TOTALS);
	assert_true(json_array_size(rows) > 0);
	for (size_t i = 0; i < json_array_size(rows); i++)
		row_holds(json_array_get(rows, i));
	for (size_t i = 0; i < UNIT_COUNT(of_all); i++)
		is_sum(all, of_all[i], 0);
	for (size_t i = 0; i < UNIT_COUNT(of_small); i++)
		is_sum(all, of_small[i], 2);
	assert_int_equal(sum(all, "spans_bytes", 0), get(t, "span_bytes"));
	assert_true(get(t, "heap_mapped_bytes") >= get(t, "span_bytes"));
	assert_true(get(t, "alloc_bytes") >= get(t, "free_bytes"));
	assert_true(get(t, "heap_free_bytes") >= get(t, "heap_clean_bytes"));
}

/* --- acts ----------------------------------------------------------------- */

static void *
churn(void *arg)
{
	static _Atomic(void *) table[64];
	uint64_t x = unit_seed((uintptr_t)arg);

	for (unsigned i = unit_scaled(20000); i > 0; i--) {
		void *p = unit_random(&x, 32) == 0
			      ? malloc(40000)
			      : malloc(unit_random(&x, 4000));

		free(atomic_exchange(&table[unit_random(&x, 64)], p));
	}
	for (unsigned i = 0; i < 64; i++)
		free(atomic_exchange(&table[i], NULL));
	return NULL;
}

static void
work(void)
{
	pthread_t t[3];

	for (uintptr_t i = 0; i < UNIT_COUNT(t); i++)
		if (pthread_create(&t[i], NULL, churn, (void *)i) != 0)
			unit_child_fail("no thread");
	for (unsigned i = 0; i < UNIT_COUNT(t); i++)
		pthread_join(t[i], NULL);
}

/* The compiler does not see that nobody wants it. */
static void *(*volatile malloc_hidden)(size_t) = malloc;

static void
work_and_fork(void)
{
	int status = 1;
	pid_t child;

	free(malloc_hidden(1));
	child = fork();

	if (child == 0) {
		free(malloc_hidden(100000));
		exit(0);
	}
	if (waitpid(child, &status, 0) != child || status != 0)
		unit_child_fail("the child");
}

/* Is written at the end by whoever ends it, with what status. */
static void
work_and_fail(void)
{
	work();
	exit(3);
}

static const struct unit_act acts[] = {
    {"work", work},
    {"work_and_fork", work_and_fork},
    {"work_and_fail", work_and_fail},
};

static struct unit_end
run(const char *form, const char *file, const char *more, const char *act)
{
	char options[256];

	snprintf(options, sizeof(options), "stats=%s:%s/%s%s", form, dir, file,
	    more);
	return unit_exec(options, act, 60);
}

/* --- tests ---------------------------------------------------------------- */

/* The calls before and after: what is counted lies between, and writing has
 * allocated nothing. */
static void
call_writes_them(void **state)
{
	struct sl_stats before = {.size = sizeof(before)}, after = before;
	char path[160];
	json_t *all, *t;

	(void)state;
	work();
	snprintf(path, sizeof(path), "%s/call", dir);
	assert_int_equal(sl_stats_read(&before), 0);
	assert_int_equal(sl_stats_write(path), 0);
	assert_int_equal(sl_stats_read(&after), 0);
	all = load("call");
	all_hold(all);
	t = json_object_get(all, "totals");
	assert_int_equal(before.allocs, after.allocs);
	assert_int_equal(before.spans_taken, after.spans_taken);
	assert_int_equal(before.refills, after.refills);
	assert_int_equal(get(t, "refills"), before.refills);
	assert_int_equal(get(t, "grows"), before.grows);
	assert_int_equal(get(t, "claims"), before.claims);
	assert_int_equal(get(t, "remote_frees"), before.remote_frees);
	assert_int_equal(get(t, "relinks"), before.relinks);
	assert_int_equal(get(t, "span_bytes"), before.span_bytes);
	assert_int_equal(get(t, "large_allocs"), before.large_allocs);
	assert_int_equal(get(t, "heap_mapped_bytes"), before.heap_mapped_bytes);
	assert_int_equal(get(t, "set_inserts"), before.set_inserts);
	assert_int_equal(get(all, "pid"), getpid());
	assert_string_equal(
	    json_string_value(json_object_get(all, "library")), sl_identity());
	assert_string_equal(json_string_value(json_object_get(
				json_object_get(all, "variant"), "name")),
	    sl_variant()->name);
	json_decref(all);
}

static void
call_tells_what_failed(void **state)
{
	(void)state;
	assert_int_equal(sl_stats_write("/nowhere/at/all"), ENOENT);
	assert_int_equal(sl_stats_write(dir), EISDIR);
	assert_int_equal(sl_stats_write("/dev/full"), ENOSPC);
}

/* With each object counted: what the classes say is what lives. */
static void
end_writes_them(void **state)
{
	static const char *const modes[] = {
	    "", ",accounting=thread", ",accounting=go,hold=0", ",epoch=1"};

	(void)state;
	for (size_t i = 0; i < UNIT_COUNT(modes); i++) {
		struct unit_end end = run("json", "end", modes[i], "work");
		json_t *all, *t;

		if (end.status != 0)
			fail_msg("%s: status %d, signal %d: %s", modes[i],
			    end.status, end.signal, end.text);
		all = load("end");
		all_hold(all);
		t = json_object_get(all, "totals");
		assert_true(get(t, "large_allocs") > 0);
		if (get(t, "accounting") != 0)
			assert_true(get(t, "allocs") > 3 * get(t, "refills"));
		json_decref(all);
	}
}

static void
child_has_its_own(void **state)
{
	char command[128], name[64];
	uint64_t large[2] = {0, 0};
	unsigned n = 0;
	FILE *f;

	(void)state;
	assert_int_equal(run("json", "of-%p", "", "work_and_fork").status, 0);
	snprintf(command, sizeof(command), "cd %s && ls of-*", dir);
	f = popen(command, "r");
	assert_non_null(f);
	while (fscanf(f, "%60s", name) == 1) {
		json_t *all = load(name);

		all_hold(all);
		snprintf(command, sizeof(command), "of-%llu",
		    (unsigned long long)get(all, "pid"));
		assert_string_equal(command, name);
		assert_true(n < UNIT_COUNT(large));
		large[n++] =
		    get(json_object_get(all, "totals"), "large_allocs");
		json_decref(all);
	}
	pclose(f);
	assert_int_equal(n, 2);
	/* The child's; some runtimes make one at their start. */
	assert_int_equal(
	    large[0] > large[1] ? large[0] - large[1] : large[1] - large[0], 1);
}

/* A table for people, and a program's own status. */
static void
text_is_for_people(void **state)
{
	char path[160], line[256];
	bool has_path = false, has_classes = false;
	FILE *f;

	(void)state;
	assert_int_equal(run("text", "table", "", "work_and_fail").status, 3);
	snprintf(path, sizeof(path), "%s/table", dir);
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		has_path |= strstr(line, "  partial hit  ") == line;
		has_classes |= strstr(line, "Span classes") == line;
	}
	fclose(f);
	assert_true(has_path && has_classes);
}

/* The program is not disturbed: one line, and its own status. */
static void
what_cannot_be_written_is_said(void **state)
{
	struct unit_end end = run("json", "no/such/folder", "", "work");

	(void)state;
	assert_int_equal(end.status, 0);
	assert_int_equal(end.lines, 1);
	assert_non_null(strstr(end.text, "spanlab: stats: cannot write"));
	end = run("json", "no/such/folder", "", "work_and_fail");
	assert_int_equal(end.status, 3);
}

/* Any byte may be in a path, and so in the options that the file tells. */
static void
strings_are_escaped(void **state)
{
	char path[160];
	json_t *all;
	const char *options;

	(void)state;
	assert_int_equal(
	    run("json", "a\"b\\c\t\xc3\xa4\xff%%d", "", "work").status, 0);
	snprintf(path, sizeof(path), "a\"b\\c\t\xc3\xa4\xff%%d");
	all = load(path);
	options = json_string_value(json_object_get(all, "options"));
	assert_non_null(
	    strstr(options, "a\"b\\c\t\xc3\x83\xc2\xa4\xc3\xbf%%d"));
	json_decref(all);
}

static int
make_dir(void **state)
{
	(void)state;
	return !unit_temporary(dir, sizeof(dir)) || mkdtemp(dir) == NULL;
}

static int
remove_dir(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(call_writes_them),
	    cmocka_unit_test(call_tells_what_failed),
	    cmocka_unit_test(end_writes_them),
	    cmocka_unit_test(child_has_its_own),
	    cmocka_unit_test(text_is_for_people),
	    cmocka_unit_test(what_cannot_be_written_is_said),
	    cmocka_unit_test(strings_are_escaped),
	};

	unit_acts(argc, argv, acts, UNIT_COUNT(acts));
	unit_start();
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
