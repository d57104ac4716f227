/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * export.c - a sweep as data.csv and results.md.
 *
 * Called by report.c.
 */
#include "harness/driver/export.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/go.h"
#include "harness/driver/host.h"
#include "harness/driver/left_out.h"
#include "harness/driver/stop.h"
#include "harness/driver/tries.h"
#include "harness/driver/verdict.h"
#include "harness/driver/winner.h"

/* A CSV field: quoted if it must be (RFC 4180). */
static void
csv_field(struct sl_text *t, const char *s)
{
	if (!strpbrk(s, ",\"\r\n")) {
		sl_text_add(t, s);
		return;
	}
	sl_text_add(t, "\"");
	for (; *s; s++) {
		if (*s == '"')
			sl_text_add(t, "\"");
		sl_text_add_n(t, s, 1);
	}
	sl_text_add(t, "\"");
}

/* What it was asked for, and what it said it had. */
static void
csv_options(struct sl_text *t, const struct sl_results *r, size_t allocator)
{
	const json_t *context = r->contexts[allocator];

	sl_text_add(t, ",");
	csv_field(t, r->manifest.plan.allocators.v[allocator].options);
	sl_text_addf(t, ",%s,%s", sl_json_text(context, "relink_percent"),
	    sl_json_text(context, "hold_pages"));
}

static void
csv_row(struct sl_text *t, const struct sl_results *r, const struct sl_cell *c)
{
	const struct sl_plan *p = &r->manifest.plan;
	const struct sl_result *res =
	    sl_results_at(r, c->workload, c->allocator, c->threads, c->round);

	if (res->state == SL_RESULT_MISSING)
		return;
	csv_field(t, p->workloads.v[c->workload].name);
	sl_text_add(t, ",");
	csv_field(t, p->allocators.v[c->allocator].name);
	sl_text_addf(t, ",%u,%u,", p->threads.v[c->threads], c->round);
	csv_field(t, res->state == SL_RESULT_OK ? "ok" : res->status);
	for (int i = 0; i < SL_N_METRICS; i++) {
		sl_text_add(t, ",");
		if (res->state == SL_RESULT_OK && !isnan(res->m[i]))
			sl_text_addf(t, "%.17g", res->m[i]);
	}
	sl_text_addf(t, ",%zu,", json_array_size(res->failed_tries));
	csv_field(t, sl_json_text(res->host ? r->hosts.v[res->host - 1].facts
					    : r->manifest.host,
			 "hostname"));
	csv_options(t, r, c->allocator);
	sl_text_add(t, "\n");
}

char *
sl_export_csv(const struct sl_results *r)
{
	const struct sl_plan *p = &r->manifest.plan;
	struct sl_text t = {0};
	struct sl_cell c = {0};

	sl_text_add(&t, "workload,allocator,threads,round,status");
	for (int i = 0; i < SL_N_METRICS; i++)
		sl_text_addf(&t, ",%s", sl_metric_names[i]);
	sl_text_add(
	    &t, ",failed_tries,host,options,relink_percent,hold_pages\n");
	while (sl_cell_next(p, &c))
		csv_row(&t, r, &c);
	return t.s;
}

static void
markdown_cell(struct sl_text *t, const struct sl_compared *c)
{
	static const char *const marks[] = {[SL_TOO_FEW] = "",
	    [SL_NO_DIFFERENCE] = "",
	    [SL_FASTER] = " \u25b2",
	    [SL_SLOWER] = " \u25bc"};

	if (c->spread.n == 0)
		sl_text_add(t, " - |");
	else
		sl_text_addf(t, " %.3g (\u00d7%.2f%s) |", c->spread.median,
		    c->ratio, marks[c->verdict]);
}

static void
markdown_rounds(
    struct sl_text *t, const struct sl_results *r, size_t workload, size_t k)
{
	struct sl_group g = sl_group_look(r, workload, k);
	char *text = sl_group_text(&g);

	sl_text_addf(t, " %s |", text);
	free(text);
}

/* The fastest of all and of the variants, where there are others too. */
static void
markdown_winners(struct sl_text *t, const struct sl_results *r)
{
	const struct sl_plan *p = &r->manifest.plan;
	int fields = sl_winner_has_fields(r) ? 2 : 1;
	size_t full = sl_verdict_full_machine(r);

	sl_text_addf(t,
	    "\n## The fastest, at %u threads\n\n| workload | fastest | by how "
	    "much |%s\n|---|---|---|%s\n",
	    p->threads.v[full], fields > 1 ? " variant | by how much |" : "",
	    fields > 1 ? "---|---|" : "");
	for (size_t w = 0; w < p->workloads.n; w++) {
		sl_text_addf(t, "| %s |", p->workloads.v[w].name);
		for (int f = 0; f < fields; f++) {
			struct sl_winner win =
			    sl_winner_find(r, w, full, (enum sl_field)f);
			char *text = sl_winner_text(r, &win, "\u00d7");

			sl_text_addf(t, " %s | %s |",
			    win.win == SL_WIN_NOBODY
				? "-"
				: p->allocators.v[win.allocator].name,
			    text);
			free(text);
			sl_winner_destroy(&win);
		}
		sl_text_add(t, "\n");
	}
}

static void
markdown_table(struct sl_text *t, const struct sl_results *r, size_t workload)
{
	const struct sl_plan *p = &r->manifest.plan;
	unsigned cpus = sl_host_cpus(r->manifest.host);

	sl_text_addf(t, "\n## %s%s%s\n\n| threads |%s",
	    p->workloads.v[workload].name,
	    p->workloads.v[workload].control ? " (control)" : "",
	    sl_verdict_touch(r, workload) == SL_TOUCH_NONE
		? " (does not touch mcentral)"
		: "",
	    sl_plan_may_stop(p) ? " rounds |" : "");
	for (size_t a = 0; a < p->allocators.n; a++)
		sl_text_addf(t, " %s |", p->allocators.v[a].name);
	sl_text_addf(t, "\n|--:|%s", sl_plan_may_stop(p) ? "---|" : "");
	for (size_t a = 0; a < p->allocators.n; a++)
		sl_text_add(t, "--:|");
	sl_text_add(t, "\n");
	for (size_t k = 0; k < p->threads.n; k++) {
		sl_text_addf(t, "| %u%s |", p->threads.v[k],
		    p->threads.v[k] > cpus ? "*" : "");
		if (sl_plan_may_stop(p))
			markdown_rounds(t, r, workload, k);
		for (size_t a = 0; a < p->allocators.n; a++) {
			struct sl_compared c =
			    sl_verdict_compare(r, workload, a, k);

			markdown_cell(t, &c);
		}
		sl_text_add(t, "\n");
	}
}

/* Text that Markdown takes as it is. */
void
sl_export_markdown_text(struct sl_text *t, const char *s)
{
	for (; *s; s++) {
		if (strchr("\\`*_{}[]<>#|&!", *s))
			sl_text_add(t, "\\");
		sl_text_add_n(t, *s == '\n' ? " " : s, 1);
	}
}

static bool
first_with(const struct sl_allocators *l, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (!strcmp(l->v[k].options, l->v[i].options))
			return false;
	return true;
}

/* Which ran with options of their own, one line for each set of them. */
void
sl_export_markdown_options(struct sl_text *t, const struct sl_allocators *l)
{
	struct sl_names with = {0};
	char *names;

	for (size_t i = 0; i < l->n; i++) {
		if (!*l->v[i].options || !first_with(l, i))
			continue;
		for (size_t k = i; k < l->n; k++)
			if (!strcmp(l->v[k].options, l->v[i].options))
				sl_names_add(&with, l->v[k].name);
		names = sl_names_join(&with, ", ");
		sl_text_addf(
		    t, "\n`SPANLAB_OPTIONS=%s`: %s.\n", l->v[i].options, names);
		free(names);
		sl_names_destroy(&with);
	}
}

void
sl_export_markdown_head(struct sl_text *t, const struct sl_results *r)
{
	char *host = sl_host_summary(r->manifest.host);

	sl_text_add(t, "# ");
	sl_export_markdown_text(t, r->manifest.name);
	sl_text_add(t, "\n\n");
	sl_export_markdown_text(t, host);
	sl_text_add(t, "\n");
	free(host);
}

char *
sl_export_markdown(const struct sl_results *r)
{
	const struct sl_manifest *m = &r->manifest;
	const char *base =
	    m->plan.allocators.v[sl_verdict_baseline(&m->plan)].name;
	char *rounds = sl_plan_rounds_text(&m->plan);
	char *method = sl_groups_method(&m->plan);
	char *tries = sl_tries_text(r);
	char *left_out = sl_left_out_text(&m->plan);
	struct sl_names warnings = {0};
	struct sl_text t = {0};

	sl_export_markdown_head(&t, r);
	sl_text_addf(&t,
	    "\nMillion %s per second, median of %s; in "
	    "brackets the ratio to `%s`. \u25b2 faster, \u25bc slower: "
	    "by more than %.0f %%, and by the signed ranks of the ratios "
	    "within each round (p \u2264 0.05; with fewer than six rounds, "
	    "medians whose intervals do not overlap); no mark: "
	    "no difference shown. \\* more threads than CPUs "
	    "(oversubscribed).\n",
	    sl_workloads_unit(&m->plan.workloads), rounds, base,
	    100 * SL_MIN_EFFECT);
	if (method) {
		sl_text_addf(&t, "\n%s\n", method);
		free(method);
	}
	sl_export_markdown_options(&t, &m->plan.allocators);
	if (sl_go_note(&m->plan))
		sl_text_addf(&t, "\n%s\n", sl_go_note(&m->plan));
	if (left_out)
		sl_text_addf(&t, "\n%s\n", left_out);
	free(left_out);
	if (r->failed || r->missing)
		sl_text_addf(&t, "\n%zu cells failed, %zu are missing.\n",
		    r->failed, r->missing);
	sl_hosts_warnings(r, &warnings);
	if (tries)
		sl_text_addf(&t, "\n%s.\n", tries);
	free(tries);
	sl_verdict_warnings(r, &warnings);
	for (size_t i = 0; i < warnings.n; i++)
		sl_text_addf(&t, "\nWarning: %s\n", warnings.v[i]);
	if (m->plan.allocators.n > 1)
		markdown_winners(&t, r);
	for (size_t w = 0; w < m->plan.workloads.n; w++)
		markdown_table(&t, r, w);
	sl_names_destroy(&warnings);
	free(rounds);
	return t.s;
}
