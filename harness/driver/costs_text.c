/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * costs_text.c - the table of costs as Markdown, CSV and JSON.
 *
 * Called by report.c.
 */
#include "harness/driver/costs.h"

#include <math.h>
#include <string.h>

#include "harness/driver/export.h"
#include "harness/driver/host.h"

/* --- Markdown ------------------------------------------------------------ */

static void
heads(struct sl_text *t, const struct sl_costs *c, const char *first,
    const char *last)
{
	const struct sl_allocators *l = &c->r->manifest.plan.allocators;

	sl_text_addf(t, "\n| %s |", first);
	for (size_t a = 0; a < l->n; a++)
		sl_text_addf(t, " %s |", l->v[a].name);
	sl_text_addf(t, "%s\n|:--|", last);
	for (size_t a = 0; a < l->n + (*last != '\0'); a++)
		sl_text_add(t, "--:|");
	sl_text_add(t, "\n");
}

/* "5.9 (1.23)", or bold for the best. */
static void
value(struct sl_text *t, double x, double best)
{
	if (isnan(x))
		sl_text_add(t, " - |");
	else if (x <= best)
		sl_text_addf(t, " **%.*f** |", x < 100 ? 1 : 0, x);
	else
		sl_text_addf(t, " %.*f (%.2f) |", x < 100 ? 1 : 0, x, x / best);
}

static void
mean_row(struct sl_text *t, const struct sl_costs *c, const char *what,
    size_t threads)
{
	size_t n;

	sl_costs_mean(c, 0, threads, &n);
	sl_text_addf(t, "| %s (%zu rows) |", what, n);
	for (size_t a = 0; a < c->r->manifest.plan.allocators.n; a++)
		sl_text_addf(t, " %.3f |", sl_costs_mean(c, a, threads, &n));
	sl_text_add(t, "\n");
}

/* "8 threads*" */
static const char *
threads_text(const struct sl_costs *c, size_t threads, char buf[40])
{
	const struct sl_manifest *m = &c->r->manifest;
	unsigned n = m->plan.threads.v[threads];

	snprintf(buf, 40, "%u thread%s%s", n, n > 1 ? "s" : "",
	    n > sl_host_cpus(m->host) ? "\\*" : "");
	return buf;
}

static void
means(struct sl_text *t, const struct sl_costs *c)
{
	const struct sl_plan *p = &c->r->manifest.plan;
	char buf[40];
	size_t n;

	sl_text_add(t, "\n## Geometric means of the ratio to the best\n");
	heads(t, c, "over", "");
	mean_row(t, c, "all", SIZE_MAX);
	for (size_t k = 0; k < p->threads.n; k++)
		mean_row(t, c, threads_text(c, k, buf), k);
	if (!c->any_instructions)
		return;
	sl_text_add(t, "| instructions |");
	for (size_t a = 0; a < p->allocators.n; a++) {
		double x = sl_costs_mean_instructions(c, a, &n);

		if (isnan(x))
			sl_text_add(t, " - |");
		else
			sl_text_addf(t, " %.3f |", x);
	}
	sl_text_add(t, "\n");
}

static void
times(struct sl_text *t, const struct sl_costs *c, size_t threads)
{
	const struct sl_plan *p = &c->r->manifest.plan;
	char buf[40];

	sl_text_addf(t, "\n## %s\n", threads_text(c, threads, buf));
	heads(t, c, "ns", " spread |");
	for (size_t i = 0; i < c->n; i++) {
		const struct sl_cost_row *row = &c->rows[i];

		if (row->threads != threads)
			continue;
		sl_text_addf(t, "| %s |", p->workloads.v[row->workload].name);
		for (size_t a = 0; a < p->allocators.n; a++)
			value(t, row->ns[a].median, row->best);
		sl_text_addf(t, " \u00b1%.0f %% |\n", 100 * row->spread);
	}
}

static void
instructions(struct sl_text *t, const struct sl_costs *c)
{
	const struct sl_plan *p = &c->r->manifest.plan;

	sl_text_add(t, "\n## Instructions per operation\n\n");
	if (!c->any_instructions) {
		sl_text_add(t, "Not counted: no valgrind, or not yet.\n");
		return;
	}
	sl_text_add(t,
	    "In malloc, free, calloc and realloc and what they call, counted "
	    "by callgrind; one thread, for `remote` two.\n");
	if (c->why_no_instructions) {
		sl_text_add(t, "Not counted where there is a dash; ");
		sl_export_markdown_text(t, c->why_no_instructions);
		sl_text_add(t, ".\n");
	}
	heads(t, c, "instructions", "");
	for (size_t w = 0; w < p->workloads.n; w++) {
		sl_text_addf(t, "| %s |", p->workloads.v[w].name);
		for (size_t a = 0; a < p->allocators.n; a++)
			value(t, sl_costs_instructions(c, w, a),
			    sl_costs_least_instructions(c, w));
		sl_text_add(t, "\n");
	}
}

static void
patterns(struct sl_text *t, const struct sl_costs *c)
{
	const struct sl_workloads *l = &c->r->manifest.plan.workloads;

	sl_text_add(t, "\n## The patterns\n\n| pattern | an operation is | "
		       "parameters |\n|:--|:--|:--|\n");
	for (size_t w = 0; w < l->n; w++) {
		sl_text_addf(t, "| %s | ", l->v[w].name);
		sl_export_markdown_text(t, l->v[w].operation);
		sl_text_add(t, " | ");
		sl_export_markdown_text(t, l->v[w].params);
		sl_text_add(t, " |\n");
	}
}

char *
sl_costs_markdown(const struct sl_costs *c)
{
	const struct sl_manifest *m = &c->r->manifest;
	struct sl_text t = {0};

	sl_export_markdown_head(&t, c->r);
	sl_text_addf(&t,
	    "\nNanoseconds per operation, median of %s%u round%s; in "
	    "brackets "
	    "the ratio to the best of the row, which is bold.  The time is "
	    "the makespan divided by the operations of all threads, so two "
	    "threads on two CPUs have half of what one has.  \\* more threads "
	    "than CPUs: oversubscribed.  Spread: half of the %s by the "
	    "median, for the allocator in the middle; `costs.csv` has it for "
	    "each.\n",
	    sl_plan_up_to(&m->plan), m->plan.rounds,
	    m->plan.rounds > 1 ? "s" : "",
	    m->plan.rounds < SL_STAT_BOOTSTRAP_FROM
		? "range from the least to the greatest round"
		: "95 % interval of the median");
	sl_export_markdown_options(&t, &m->plan.allocators);
	means(&t, c);
	for (size_t k = 0; k < m->plan.threads.n; k++)
		times(&t, c, k);
	instructions(&t, c);
	patterns(&t, c);
	return t.s;
}

/* --- CSV ----------------------------------------------------------------- */

static void
csv_number(struct sl_text *t, double x)
{
	sl_text_add(t, ",");
	if (!isnan(x))
		sl_text_addf(t, "%.6g", x);
}

char *
sl_costs_csv(const struct sl_costs *c)
{
	const struct sl_plan *p = &c->r->manifest.plan;
	struct sl_text t = {0};

	sl_text_add(&t,
	    "workload,threads,allocator,ns,ns_lo,ns_hi,rounds,ratio,"
	    "instructions\n");
	for (size_t i = 0; i < c->n; i++) {
		const struct sl_cost_row *row = &c->rows[i];
		const struct sl_workload *w = &p->workloads.v[row->workload];
		unsigned threads = p->threads.v[row->threads];

		for (size_t a = 0; a < p->allocators.n; a++) {
			const struct sl_spread *s = &row->ns[a];

			sl_text_addf(&t, "%s,%u,%s", w->name, threads,
			    p->allocators.v[a].name);
			csv_number(&t, s->median);
			csv_number(&t, s->in.lo);
			csv_number(&t, s->in.hi);
			sl_text_addf(&t, ",%zu", s->n);
			csv_number(&t, s->median / row->best);
			csv_number(
			    &t, threads == w->least_threads
				    ? sl_costs_instructions(c, row->workload, a)
				    : NAN);
			sl_text_add(&t, "\n");
		}
	}
	return t.s;
}

/* --- JSON ---------------------------------------------------------------- */

static void
set_real(json_t *o, const char *key, double x)
{
	json_object_set_new(o, key, isnan(x) ? json_null() : json_real(x));
}

static json_t *
json_row(const struct sl_costs *c, const struct sl_cost_row *row)
{
	const struct sl_plan *p = &c->r->manifest.plan;
	json_t *ns = json_object();

	for (size_t a = 0; a < p->allocators.n; a++) {
		const struct sl_spread *s = &row->ns[a];
		json_t *o = json_object();

		set_real(o, "median", s->median);
		set_real(o, "lo", s->in.lo);
		set_real(o, "hi", s->in.hi);
		json_object_set_new(
		    o, "rounds", json_integer((json_int_t)s->n));
		set_real(o, "ratio", s->median / row->best);
		json_object_set_new(ns, p->allocators.v[a].name, o);
	}
	return json_pack("{s:s, s:i, s:b, s:o}", "workload",
	    p->workloads.v[row->workload].name, "threads",
	    (int)p->threads.v[row->threads], "oversubscribed",
	    (int)row->is_over, "ns", ns);
}

static json_t *
json_means(const struct sl_costs *c, size_t threads)
{
	const struct sl_plan *p = &c->r->manifest.plan;
	json_t *ratio = json_object();
	size_t n = 0;

	for (size_t a = 0; a < p->allocators.n; a++)
		set_real(ratio, p->allocators.v[a].name,
		    sl_costs_mean(c, a, threads, &n));
	return json_pack("{s:i, s:i, s:o}", "threads",
	    threads == SIZE_MAX ? 0 : (int)p->threads.v[threads], "rows",
	    (int)n, "ratio", ratio);
}

static json_t *
json_instructions(const struct sl_costs *c, size_t workload)
{
	const struct sl_plan *p = &c->r->manifest.plan;
	json_t *per = json_object();

	for (size_t a = 0; a < p->allocators.n; a++)
		set_real(per, p->allocators.v[a].name,
		    sl_costs_instructions(c, workload, a));
	return json_pack("{s:s, s:i, s:o}", "workload",
	    p->workloads.v[workload].name, "threads",
	    (int)p->workloads.v[workload].least_threads, "per_operation", per);
}

char *
sl_costs_json(const struct sl_costs *c)
{
	const struct sl_manifest *m = &c->r->manifest;
	json_t *rows = json_array(), *geometric = json_array();
	json_t *counts = json_array(), *o;
	char *text;

	for (size_t i = 0; i < c->n; i++)
		json_array_append_new(rows, json_row(c, &c->rows[i]));
	/* threads 0: all */
	json_array_append_new(geometric, json_means(c, SIZE_MAX));
	for (size_t k = 0; k < m->plan.threads.n; k++)
		json_array_append_new(geometric, json_means(c, k));
	for (size_t w = 0; w < m->plan.workloads.n; w++)
		json_array_append_new(counts, json_instructions(c, w));
	o = json_pack("{s:s, s:s, s:i, s:O, s:o, s:o, s:o}", "name", m->name,
	    "git_rev", m->revision, "rounds", (int)m->plan.rounds, "host",
	    m->host, "geometric_means", geometric, "rows", rows, "instructions",
	    counts);
	text = o ? json_dumps(o, JSON_INDENT(1)) : NULL;
	json_decref(o);
	return text ? text : sl_strdup("{}");
}
