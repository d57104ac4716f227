/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report.c - the command `spanlab report`.
 *
 * Called by main.c, and by sweep.c at its end.  Each file is written whole or
 * not at all, so a report can be made again while somebody reads it.
 */
#include "harness/driver/report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/child.h"
#include "harness/driver/costs.h"
#include "harness/driver/export.h"
#include "harness/driver/file.h"
#include "harness/driver/folder.h"
#include "harness/driver/map.h"
#include "harness/driver/page.h"
#include "harness/driver/plot.h"
#include "harness/driver/stop.h"
#include "harness/driver/tries.h"
#include "harness/driver/verdict.h"

/* DIR/NAME; says so if it cannot. */
static bool
write_file(const char *dir, const char *name, const char *data, size_t len)
{
	char *path = sl_printf("%s/%s", dir, name);
	int err = sl_file_write(path, data, len);

	if (err)
		sl_complain("cannot write %s: %s", path, strerror(err));
	free(path);
	return err == 0;
}

static bool
write_plot(const char *dir, const char *name, const struct sl_plot *plot)
{
	char *svg = sl_printf("plots/%s.svg", name);
	char *png = sl_printf("plots/%s.png", name);
	bool good = write_file(dir, svg, plot->svg, strlen(plot->svg)) &&
		    write_file(dir, png, plot->png, plot->png_len);

	free(svg);
	free(png);
	return good;
}

/* Do the variants need a plot of their own? */
static bool
has_scope(const struct sl_results *r, enum sl_plot_scope scope)
{
	const struct sl_allocators *l = &r->manifest.plan.allocators;
	size_t variants = 0;

	for (size_t i = 0; i < l->n; i++)
		variants += sl_allocator_is_ours(&l->v[i]);
	return scope == SL_PLOT_ALL || (variants > 1 && variants < l->n);
}

static bool
make_workload_plots(const struct sl_results *r, const char *dir, size_t w,
    struct sl_plots *plots, char **missing)
{
	bool good = true;

	for (int i = 0; good && !*missing && i < SL_PLOT_SCOPES; i++) {
		enum sl_plot_scope scope = (enum sl_plot_scope)i;
		char *name =
		    sl_plot_name(r->manifest.plan.workloads.v[w].name, scope);

		if (has_scope(r, scope) &&
		    sl_plot_make(r, w, scope, &plots->of[i], missing))
			good = write_plot(dir, name, &plots->of[i]);
		free(name);
	}
	return good;
}

/* False: a file could not be written.  *missing says why there are no plots,
 * which is no reason to have no report. */
static bool
make_plots(const struct sl_results *r, const char *dir, struct sl_plots *plots,
    char **missing)
{
	const struct sl_workloads *l = &r->manifest.plan.workloads;
	char *folder = sl_printf("%s/plots", dir);
	int err = sl_dir_make(folder);
	bool good = err == 0;

	if (err)
		sl_complain("cannot make %s: %s", folder, strerror(err));
	for (size_t w = 0; good && !*missing && w < l->n; w++)
		good = make_workload_plots(r, dir, w, &plots[w], missing);
	if (*missing)
		sl_complain("no plots: %s", *missing);
	free(folder);
	return good;
}

static bool
write_text(const char *dir, const char *name, char *text)
{
	bool good = write_file(dir, name, text, strlen(text));

	free(text);
	return good;
}

/* The table of costs, if it is a sweep of patterns. */
static bool
write_costs(const struct sl_results *r, const char *dir)
{
	struct sl_costs c;
	bool good;

	if (!sl_costs_apply(r))
		return true;
	sl_costs_make(&c, r, dir);
	good = write_text(dir, "costs.md", sl_costs_markdown(&c)) &&
	       write_text(dir, "costs.csv", sl_costs_csv(&c)) &&
	       write_text(dir, "costs.json", sl_costs_json(&c));
	sl_costs_destroy(&c);
	return good;
}

static bool
write_map_plot(const struct sl_map *m, const char *dir,
    enum sl_map_subject subject, char **missing)
{
	const char *name =
	    subject == SL_MAP_THROUGHPUT ? "plots/map" : "plots/tails";
	char *svg, *png, *file;
	size_t len;
	bool good = true;

	if (sl_map_plot(m, subject, &svg, &png, &len, missing)) {
		file = sl_printf("%s.svg", name);
		good = write_file(dir, file, svg, strlen(svg));
		free(file);
		file = sl_printf("%s.png", name);
		good = good && write_file(dir, file, png, len);
		free(file);
	}
	free(svg);
	free(png);
	return good;
}

/* Where each set wins, if it is a sweep of sets alone. */
static bool
write_map(const struct sl_results *r, const char *dir)
{
	char *missing = NULL, *folder;
	struct sl_map m;
	bool good;

	if (!sl_map_apply(r))
		return true;
	folder = sl_printf("%s/plots", dir);
	sl_dir_make(folder);
	sl_map_make(&m, r);
	good = write_text(dir, "map.md", sl_map_markdown(&m)) &&
	       write_text(dir, "map.csv", sl_map_csv(&m)) &&
	       write_text(dir, "map.json", sl_map_json(&m)) &&
	       write_map_plot(&m, dir, SL_MAP_THROUGHPUT, &missing) &&
	       (missing || write_map_plot(&m, dir, SL_MAP_TAIL, &missing));
	sl_map_destroy(&m);
	free(missing);
	free(folder);
	return good;
}

static bool
write_all(const struct sl_results *r, const char *dir)
{
	size_t n = r->manifest.plan.workloads.n;
	struct sl_plots *plots = sl_alloc_array(n, sizeof *plots);
	char *missing = NULL, *csv = sl_export_csv(r);
	char *markdown = sl_export_markdown(r), *page;
	bool good = write_costs(r, dir) && write_map(r, dir) &&
		    make_plots(r, dir, plots, &missing);

	if (good) {
		page = sl_page_make(r, plots, missing);
		good =
		    write_file(dir, "data.csv", csv, strlen(csv)) &&
		    write_file(dir, "results.md", markdown, strlen(markdown)) &&
		    write_file(dir, "report.html", page, strlen(page));
		free(page);
	}
	for (size_t w = 0; w < n; w++)
		for (int i = 0; i < SL_PLOT_SCOPES; i++)
			sl_plot_destroy(&plots[w].of[i]);
	free(plots);
	free(missing);
	free(csv);
	free(markdown);
	return good;
}

bool
sl_report_make(const char *dir, struct sl_report_summary *sum)
{
	struct sl_results r;
	char *why;
	bool good;

	if (!sl_results_read(&r, dir, &why)) {
		sl_complain("%s", why);
		return false;
	}
	if (sl_plan_may_stop(&r.manifest.plan))
		r.missing = sl_groups_missing(&r);
	*sum = (struct sl_report_summary){.done = r.done,
	    .failed = r.failed,
	    .missing = r.missing,
	    .is_modelled = r.manifest.model != NULL};
	sl_verdict_warnings(&r, &sum->warnings);
	sum->tries = sl_tries_text(&r);
	sl_groups_say(&r, &sum->groups);
	good = write_all(&r, dir);
	if (good)
		sl_folder_set_latest(&r.manifest, dir);
	sl_results_destroy(&r);
	return good;
}

void
sl_report_say(const char *dir, const struct sl_report_summary *sum)
{
	printf("cells       %zu done, %zu failed, %zu missing\n", sum->done,
	    sum->failed, sum->missing);
	if (sum->tries)
		printf("tries       %s\n", sum->tries);
	for (size_t i = 0; i < sum->groups.n; i++)
		printf("%-11s %s\n", i ? "" : "rounds", sum->groups.v[i]);
	for (size_t i = 0; i < sum->warnings.n; i++)
		printf("warning     %s\n", sum->warnings.v[i]);
	printf("report      %s/report.html\n", dir);
	if (sum->failed)
		printf("            to try failed cells again: rm "
		       "%s/cells/*.failed.json; spanlab %ssweep --resume %s\n",
		    dir, sum->is_modelled ? "vmp " : "", dir);
}

int
sl_report(int argc, char **argv)
{
	const char *dir = argc > 1 ? argv[1] : "results/latest";
	struct sl_report_summary sum;
	struct sl_manifest m;
	char *why;

	if (argc > 2 || dir[0] == '-')
		sl_die(SL_EXIT_USAGE, "report: usage: spanlab report [DIR]");
	if (!sl_manifest_read(&m, dir, &why))
		sl_die(SL_EXIT_USAGE, "report: %s", why);
	sl_manifest_destroy(&m);
	sl_child_signals();
	if (!sl_report_make(dir, &sum))
		return SL_EXIT_CANNOT;
	sl_report_say(dir, &sum);
	return sum.failed ? SL_EXIT_CELLS_FAILED : SL_EXIT_OK;
}
