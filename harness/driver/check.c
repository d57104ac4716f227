/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * check.c - the command `spanlab check`: whether the files of a sweep's folder
 * are what spanlab writes.
 *
 * Called by main.c.  Each file that is wrong is named, with the first thing
 * that is; where one is right, nothing is said.  Other programs find the same
 * by doc/schema/, which says more of what this one does not read.
 */
#include "harness/driver/check.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/costs.h"
#include "harness/driver/export.h"
#include "harness/driver/file.h"
#include "harness/driver/map.h"
#include "harness/driver/results.h"
#include "harness/driver/stop.h"

struct check {
	const char *dir;
	struct sl_results r;
	size_t wrong;
	struct sl_names known; /* names of files in the folder at hand */
};

static void SL_PRINTF(3, 4)
    say(struct check *k, const char *name, const char *fmt, ...)
{
	va_list ap;

	printf("%s: ", name);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	k->wrong++;
}

/* DIR/NAME as JSON; NULL if it is not there, or is wrong, which is said. */
static json_t *
load(struct check *k, const char *name)
{
	char *path = sl_printf("%s/%s", k->dir, name);
	char *text = sl_file_read(path, NULL);
	int err = errno;
	json_error_t error;
	json_t *root = NULL;

	free(path);
	if (text) {
		root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
		if (!root)
			say(k, name, "line %d: %s", error.line, error.text);
	} else if (err != ENOENT) {
		say(k, name, "%s", strerror(err));
	}
	free(text);
	return root;
}

static bool
is_there(const struct check *k, const char *name)
{
	char *path = sl_printf("%s/%s", k->dir, name);
	bool there = sl_file_exists(path);

	free(path);
	return there;
}

/* --- cells ---------------------------------------------------------------- */

static void
check_cell(struct check *k, const struct sl_cell *c)
{
	const struct sl_plan *p = &k->r.manifest.plan;
	char *name = sl_cell_name(p, c), why[300];
	char *good = sl_printf("cells/%s.json", name);
	char *failed = sl_printf("cells/%s.failed.json", name);
	json_t *root = load(k, good);

	if (root && !sl_check_good(p, c, root, why, sizeof why))
		say(k, good, "%s", why);
	json_decref(root);
	root = load(k, failed);
	if (root && is_there(k, good))
		say(k, failed, "the cell has a good result, too");
	else if (root && !sl_check_failed(p, c, root, why, sizeof why))
		say(k, failed, "%s", why);
	json_decref(root);
	sl_names_add(&k->known, strchr(good, '/') + 1);
	sl_names_add(&k->known, strchr(failed, '/') + 1);
	free(failed);
	free(good);
	free(name);
}

static void
check_count(struct check *k, size_t workload, size_t allocator)
{
	const struct sl_plan *p = &k->r.manifest.plan;
	char *name = sl_printf("instructions/%s.%s.json",
	    p->workloads.v[workload].name, p->allocators.v[allocator].name);
	json_t *root = load(k, name);
	char why[300];

	if (root && !sl_check_instructions(
			p, workload, allocator, root, why, sizeof why))
		say(k, name, "%s", why);
	json_decref(root);
	sl_names_add(&k->known, strchr(name, '/') + 1);
	free(name);
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Files that the plan does not name; forgets what is known. */
static void
check_others(struct check *k, const char *folder)
{
	char *path = sl_printf("%s/%s", k->dir, folder);
	DIR *d = opendir(path);
	struct dirent *e;

	qsort(k->known.v, k->known.n, sizeof *k->known.v, compare_names);
	while (d && (e = readdir(d))) {
		const char *name = e->d_name;
		char *full = sl_printf("%s/%s", folder, name);

		if (strcmp(name, ".") && strcmp(name, "..") &&
		    !bsearch(&name, k->known.v, k->known.n, sizeof *k->known.v,
			compare_names))
			say(k, full, "nothing of the plan has this name");
		free(full);
	}
	if (d)
		closedir(d);
	free(path);
	sl_names_destroy(&k->known);
}

static void
check_cells(struct check *k)
{
	const struct sl_plan *p = &k->r.manifest.plan;
	struct sl_cell c = {0};

	while (sl_cell_next(p, &c))
		check_cell(k, &c);
	check_others(k, "cells");
	for (size_t w = 0; w < p->workloads.n; w++)
		for (size_t a = 0; a < p->allocators.n; a++)
			check_count(k, w, a);
	check_others(k, "instructions");
}

/* --- tables --------------------------------------------------------------- */

/* A table that follows from the cells; frees what it should be. */
static void
check_table(struct check *k, const char *name, char *due)
{
	char *path = sl_printf("%s/%s", k->dir, name);
	char *is = sl_file_read(path, NULL);
	size_t line = 1, i = 0;

	free(path);
	if (!is && k->r.manifest.finished)
		say(k, name, "%s", strerror(errno));
	for (; is && is[i] && is[i] == due[i]; i++)
		line += is[i] == '\n';
	if (is && is[i] != due[i] && line == 1 && strstr(name, ".csv"))
		say(k, name, "its columns are others");
	else if (is && is[i] != due[i])
		say(k, name,
		    "line %zu is not what the cells say (spanlab report makes "
		    "it again)",
		    line);
	free(due);
	free(is);
}

static void
check_tables(struct check *k)
{
	struct sl_costs costs;
	struct sl_map map;

	check_table(k, "data.csv", sl_export_csv(&k->r));
	if (sl_costs_apply(&k->r)) {
		sl_costs_make(&costs, &k->r, k->dir);
		check_table(k, "costs.csv", sl_costs_csv(&costs));
		check_table(k, "costs.json", sl_costs_json(&costs));
		sl_costs_destroy(&costs);
	}
	if (sl_map_apply(&k->r)) {
		sl_map_make(&map, &k->r);
		check_table(k, "map.csv", sl_map_csv(&map));
		check_table(k, "map.json", sl_map_json(&map));
		sl_map_destroy(&map);
	}
}

/* --- the command ---------------------------------------------------------- */

/* False if there is no plan to go by. */
static bool
check_manifest(struct check *k)
{
	json_t *root = load(k, "sweep.json");
	char why[300], *reason;
	bool is_read;

	if (!root)
		return false;
	if (!sl_check_plan(root, why, sizeof why))
		say(k, "sweep.json", "%s", why);
	json_decref(root);
	is_read = sl_results_read(&k->r, k->dir, &reason);
	if (!is_read) {
		if (k->wrong == 0)
			say(k, "sweep.json", "%s", reason);
		free(reason);
		sl_manifest_destroy(&k->r.manifest);
	}
	return is_read;
}

static void
say_all_valid(const struct sl_results *r)
{
	const struct sl_plan *p = &r->manifest.plan;
	size_t missing =
	    sl_plan_may_stop(p) ? sl_groups_missing(r) : r->missing;

	printf("%zu cells, %zu failed", r->done + r->failed, r->failed);
	if (missing)
		printf(", %zu missing", missing);
	printf(", all valid\n");
}

int
sl_check(int argc, char **argv)
{
	struct check k = {.dir = argc > 1 ? argv[1] : "results/latest"};

	if (argc > 2 || k.dir[0] == '-')
		sl_die(SL_EXIT_USAGE, "check: usage: spanlab check [DIR]");
	if (!is_there(&k, "sweep.json"))
		sl_die(SL_EXIT_USAGE,
		    "check: %s is not a sweep's folder (no sweep.json)", k.dir);
	if (check_manifest(&k)) {
		check_cells(&k);
		check_tables(&k);
		if (k.wrong == 0)
			say_all_valid(&k.r);
		sl_results_destroy(&k.r);
	}
	if (k.wrong)
		printf("%zu file%s wrong\n", k.wrong,
		    k.wrong > 1 ? "s are" : " is");
	return k.wrong ? SL_EXIT_CELLS_FAILED : SL_EXIT_OK;
}
