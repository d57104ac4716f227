/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * driver.c - fuzz target: what `spanlab` reads from users and from files: the
 * options of a sweep, lists and specs, a sweep's manifest, a cell's result.
 * Run by libFuzzer or by replay.c.  The first byte says which.
 *
 * Whatever the text is, it is refused with one line, or read.  sl_die() comes
 * here by the linker's --wrap.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/driver/file.h"
#include "harness/driver/options.h"
#include "harness/driver/results.h"
#include "harness/driver/spec.h"
#include "tests/fuzz/target.h"

_Noreturn void __wrap_sl_die(int status, const char *fmt, ...);

static char folder[200];
static jmp_buf dead;

static _Noreturn void
wrong(const char *what, const char *about)
{
	fprintf(stderr, "driver: %s: '%s'\n", what, about);
	abort();
}

static void
check_line(const char *line)
{
	if (*line == '\0' || strlen(line) > 100000)
		wrong("a message that is none", line);
}

_Noreturn void
__wrap_sl_die(int status, const char *fmt, ...)
{
	static char line[200000];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	check_line(line);
	if (status != SL_EXIT_USAGE)
		wrong("an end that is not the user's fault", line);
	longjmp(dead, 1);
}

/* --- the command line ---------------------------------------------------- */

static void
try_options(char *text)
{
	enum { MOST = 40 };
	static struct sl_options o;
	char *argv[MOST + 2] = {(char[]){"sweep"}}, *part;
	static int argc; /* static: sl_die() comes back by longjmp */

	argc = 1;
	while (argc < MOST && (part = strsep(&text, "\n")) != NULL)
		argv[argc++] = part;
	memset(&o, 0, sizeof(o));
	optind = 0; /* getopt begins anew */
	if (setjmp(dead) == 0) {
		sl_options_parse(&o, argc, argv);
		if (o.rounds > SL_ROUNDS_MAX || o.seed < 0 || o.timeout_s < 0)
			wrong("a number out of its range", argv[argc - 1]);
		for (size_t i = 0; i < o.threads.n; i++)
			if (o.threads.v[i] < 1 ||
			    o.threads.v[i] > SL_THREADS_MAX)
				wrong("a thread count", argv[argc - 1]);
	}
	sl_names_destroy(&o.allocators);
	sl_names_destroy(&o.workloads);
	free(o.threads.v);
}

/* --- lists and specs ----------------------------------------------------- */

static void
check_spec(const char *text)
{
	struct sl_spec s = {0};
	char why[300] = "", *base;

	if (!sl_spec_parse(text, &s, why, sizeof(why))) {
		check_line(why);
		sl_spec_destroy(&s);
		return;
	}
	if (!sl_spec_series_valid(s.series))
		wrong("a series that is no name", text);
	base = sl_spec_base(s.series);
	if (strcmp(base, s.base) != 0)
		wrong("a series of something else", text);
	if (s.options != NULL && !sl_spec_options_valid(s.options))
		wrong("options that are none", text);
	free(base);
	sl_spec_destroy(&s);
}

static void
check_counts(const char *text)
{
	struct sl_counts c = {0}, again = {0};
	char why[200] = "", *list;

	if (sl_counts_parse(text, &c, why, sizeof(why))) {
		list = sl_counts_text(&c);
		if (!sl_counts_parse(list, &again, why, sizeof(why)) ||
		    again.n != c.n)
			wrong("counts that are read as others", text);
		free(list);
	} else {
		check_line(why);
	}
	free(c.v);
	free(again.v);
}

/* Two lists of options, with a newline between. */
static void
check_merge(char *text)
{
	char *under = strsep(&text, "\n"), *all;

	if (text == NULL || !sl_spec_options_valid(under) ||
	    !sl_spec_options_valid(text))
		return;
	all = sl_spec_merge(under, text);
	if (!sl_spec_options_valid(all))
		wrong("merged options that are none", all);
	free(all);
}

/* --- files --------------------------------------------------------------- */

static const char good_manifest[] =
    "{\"schema\": 1, \"name\": \"s\", \"plan\": {\"preset\": \"quick\","
    "\"seed\": 1, \"rounds\": 1, \"window_s\": 0.1, \"scale\": 1,"
    "\"timeout_s\": 60, \"threads\": [1], \"allocators\": [{\"name\":"
    "\"glibc\", \"kind\": \"system\"}], \"workloads\": [{\"name\":"
    "\"pairs\"}]}}";

static void
put_file(const char *name, const char *text, size_t n)
{
	char path[300];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	if (f == NULL || fwrite(text, 1, n, f) != n || fclose(f) != 0)
		wrong("cannot write", path);
}

static void
try_manifest(const char *text, size_t n)
{
	struct sl_manifest m;
	char *why = NULL;

	put_file("sweep.json", text, n);
	if (sl_manifest_read(&m, folder, &why)) {
		if (sl_manifest_write(&m, folder) != 0)
			wrong("a manifest that cannot be written", text);
		sl_manifest_destroy(&m);
		if (!sl_manifest_read(&m, folder, &why))
			wrong("a manifest that cannot be read again", why);
	} else {
		check_line(why);
	}
	sl_manifest_destroy(&m);
	free(why);
}

static void
try_cell(const char *name, const char *text, size_t n)
{
	struct sl_results r;
	char *why = NULL;

	put_file("sweep.json", good_manifest, strlen(good_manifest));
	put_file(name, text, n);
	if (!sl_results_read(&r, folder, &why))
		wrong("the good manifest is refused", why);
	if (r.done + r.failed != 1 || r.missing != 0)
		wrong("one cell is another number of them", text);
	(void)sl_results_throughput(&r, 0, 0, 0);
	(void)sl_results_per_1000(&r, 0, 0, 0, SL_M_CLAIMS);
	sl_results_destroy(&r);
}

static void
remove_file(const char *name)
{
	char path[300];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	unlink(path);
}

static void
remove_folder(void)
{
	char path[300];

	remove_file("cells/pairs.glibc.T1.r1.json");
	remove_file("cells/pairs.glibc.T1.r1.failed.json");
	remove_file("sweep.json");
	snprintf(path, sizeof(path), "%s/cells", folder);
	rmdir(path);
	rmdir(folder);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *tmp = getenv("TMPDIR");
	char cells[300];

	(void)argc;
	(void)argv;
	snprintf(folder, sizeof(folder), "%s/spanlab-fuzz.XXXXXX",
	    tmp != NULL ? tmp : P_tmpdir);
	if (mkdtemp(folder) == NULL)
		wrong("no temporary folder", folder);
	snprintf(cells, sizeof(cells), "%s/cells", folder);
	if (mkdir(cells, 0700) != 0)
		wrong("no temporary folder", cells);
	atexit(remove_folder);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char good[] = "cells/pairs.glibc.T1.r1.json";
	static const char failed[] = "cells/pairs.glibc.T1.r1.failed.json";
	char *text;

	if (size == 0)
		return 0;
	text = strndup((const char *)data + 1, size - 1);
	switch (data[0] % 8) {
	case 0:
	case 1:
		try_options(text);
		break;
	case 2:
		check_spec(text);
		check_counts(text);
		check_merge(text);
		break;
	case 3:
	case 4:
	case 5:
		try_manifest((const char *)data + 1, size - 1);
		break;
	case 6:
		try_cell(good, (const char *)data + 1, size - 1);
		remove_file(good);
		break;
	default:
		try_cell(failed, (const char *)data + 1, size - 1);
		remove_file(failed);
	}
	free(text);
	return 0;
}
