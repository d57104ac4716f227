/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_text.c - the map of the sets as Markdown, CSV and JSON.
 *
 * Called by report.c.
 */
#include "harness/driver/map.h"

#include <math.h>
#include <string.h>

#include "harness/driver/export.h"
#include "harness/driver/host.h"
#include "harness/driver/verdict.h"

static const char *
name_of(const struct sl_map *m, size_t a)
{
	return m->r->manifest.plan.allocators.v[a].name;
}

static size_t
variants(const struct sl_map *m)
{
	return m->r->manifest.plan.allocators.n;
}

static const struct sl_map_place *
place_at(const struct sl_map *m, size_t workload, size_t threads)
{
	return &m->places[workload * m->r->manifest.plan.threads.n + threads];
}

/* --- Markdown ------------------------------------------------------------ */

static void
threads_heads(struct sl_text *t, const struct sl_map *m, const char *first,
    const char *align)
{
	const struct sl_counts *threads = &m->r->manifest.plan.threads;

	sl_text_addf(t, "\n| %s |", first);
	for (size_t k = 0; k < threads->n; k++)
		sl_text_addf(t, " T=%u%s |", threads->v[k],
		    place_at(m, 0, k)->is_over ? "\\*" : "");
	sl_text_add(t, "\n|:--|");
	for (size_t k = 0; k < threads->n; k++)
		sl_text_addf(t, "%s|", align);
	sl_text_add(t, "\n");
}

/* The best set of a place, and those that it does not beat. */
static void
winners(struct sl_text *t, const struct sl_map *m, const struct sl_map_place *p)
{
	enum { NAMED = 3 };
	size_t more = 0, named = 0;

	if (p->best == SIZE_MAX) {
		sl_text_add(t, " - |");
		return;
	}
	sl_text_addf(t, " **%s**", name_of(m, p->best));
	for (size_t i = 0; i < variants(m); i++) {
		size_t a = m->order[i];

		if (a == p->best || m->is_bound[a] || p->v[a].mops.n == 0 ||
		    sl_map_beats(p, p->best, a))
			continue;
		if (named++ < NAMED)
			sl_text_addf(t, ", %s", name_of(m, a));
		else
			more++;
	}
	if (more)
		sl_text_addf(t, " and %zu more", more);
	sl_text_add(t, " |");
}

/* The shortest tail of a place. */
static void
shortest_tail(
    struct sl_text *t, const struct sl_map *m, const struct sl_map_place *p)
{
	size_t best = SIZE_MAX;

	for (size_t a = 0; a < variants(m); a++)
		if (!m->is_bound[a] && !isnan(p->v[a].p9999) &&
		    (best == SIZE_MAX || p->v[a].p9999 < p->v[best].p9999))
			best = a;
	if (best == SIZE_MAX)
		sl_text_add(t, " - |");
	else
		sl_text_addf(t, " **%s** %.3g us |", name_of(m, best),
		    p->v[best].p9999 / 1000);
}

static void
who_wins(struct sl_text *t, const struct sl_map *m, const char *title,
    void (*cell)(
	struct sl_text *, const struct sl_map *, const struct sl_map_place *))
{
	const struct sl_plan *plan = &m->r->manifest.plan;

	sl_text_addf(t, "\n## %s\n", title);
	threads_heads(t, m, "spans of a visit, ns in hand", ":--");
	for (size_t w = 0; w < plan->workloads.n; w++) {
		sl_text_addf(t, "| %ld, %ld |", place_at(m, w, 0)->batch,
		    place_at(m, w, 0)->hold);
		for (size_t k = 0; k < plan->threads.n; k++)
			cell(t, m, place_at(m, w, k));
		sl_text_add(t, "\n");
	}
}

static void
who_beats_whom(struct sl_text *t, const struct sl_map *m)
{
	sl_text_addf(t,
	    "\n## Who beats whom\n\nIn how many of the %zu places the one of "
	    "the row has more throughput than the one of the column.  Mean: "
	    "the geometric mean of the throughput by that of the best set; "
	    "what timed out counts as a thousandth.\n\n| | mean |",
	    m->n);
	for (size_t i = 0; i < variants(m); i++)
		sl_text_addf(t, " %s |", name_of(m, m->order[i]));
	sl_text_add(t, "\n|:--|--:|");
	for (size_t i = 0; i < variants(m); i++)
		sl_text_add(t, "--:|");
	for (size_t i = 0; i < variants(m); i++) {
		size_t a = m->order[i];

		sl_text_addf(t, "\n| %s%s | %.2f |", name_of(m, a),
		    m->is_bound[a] ? " (bound)" : "", sl_map_mean(m, a));
		for (size_t k = 0; k < variants(m); k++) {
			size_t wins = 0;

			for (size_t j = 0; j < m->n; j++)
				wins +=
				    sl_map_beats(&m->places[j], a, m->order[k]);
			if (i == k)
				sl_text_add(t, "  |");
			else
				sl_text_addf(t, " %zu |", wins);
		}
	}
	sl_text_add(t, "\n");
}

static double
millions(const struct sl_map_value *v)
{
	return v->mops.median;
}

static double
tail_us(const struct sl_map_value *v)
{
	return v->p9999 / 1000;
}

static double
middle_ns(const struct sl_map_value *v)
{
	return v->p50;
}

static double
fairness(const struct sl_map_value *v)
{
	return v->fairness;
}

static double
cas_failures(const struct sl_map_value *v)
{
	return v->cas_failures;
}

static double
lock_waits(const struct sl_map_value *v)
{
	return v->lock_waits;
}

static double
backlog(const struct sl_map_value *v)
{
	return v->backlog;
}

static const struct {
	const char *title;
	double (*of)(const struct sl_map_value *);
} tables[] = {
    {"million spans per second", millions},
    {"p99.99 of the slower call, us", tail_us},
    {"median of the slower call, ns", middle_ns},
    {"fairness: operations of the least busy thread by the most busy's",
	fairness},
    {"failed swaps per 1000 spans", cas_failures},
    {"lock waits per 1000 spans", lock_waits},
    {"nodes that wait for reuse, at the end", backlog},
};

static void
one_table(struct sl_text *t, const struct sl_map *m, size_t workload,
    const char *title, double (*of)(const struct sl_map_value *))
{
	const struct sl_plan *plan = &m->r->manifest.plan;

	threads_heads(t, m, title, "--:");
	for (size_t i = 0; i < variants(m); i++) {
		size_t a = m->order[i];

		sl_text_addf(t, "| %s |", name_of(m, a));
		for (size_t k = 0; k < plan->threads.n; k++) {
			const struct sl_map_value *v =
			    &place_at(m, workload, k)->v[a];

			if (v->timed_out)
				sl_text_add(t, " timeout |");
			else if (isnan(of(v)))
				sl_text_add(t, " - |");
			else
				sl_text_addf(t, " %.3g |", of(v));
		}
		sl_text_add(t, "\n");
	}
}

char *
sl_map_markdown(const struct sl_map *m)
{
	const struct sl_plan *plan = &m->r->manifest.plan;
	struct sl_text t = {0};

	sl_export_markdown_head(&t, m->r);
	sl_text_addf(&t,
	    "\nThe sets alone, over a page heap that is mocked: a thread takes "
	    "some spans, works with them in hand, gives them back.  Median of "
	    "%s%u round%s.  Latencies contain one reading of the clock each, "
	    "%.3g ns; with fewer than 10000 of them in a round p99.99 is the "
	    "longest.  \\* more threads than CPUs: oversubscribed.  timeout: "
	    "no "
	    "end after %g s, in every round.\n",
	    sl_plan_up_to(plan), plan->rounds, plan->rounds > 1 ? "s" : "",
	    m->timer_ns, plan->timeout_s);
	sl_export_markdown_options(&t, &plan->allocators);
	who_wins(&t, m,
	    "Who wins: throughput, and who is not shown to be slower", winners);
	who_wins(&t, m,
	    "Who wins: the shortest tail, p99.99 of the slower call",
	    shortest_tail);
	who_beats_whom(&t, m);
	for (size_t w = 0; w < plan->workloads.n; w++) {
		sl_text_addf(&t, "\n## %ld span%s a visit, %ld ns in hand\n",
		    place_at(m, w, 0)->batch,
		    place_at(m, w, 0)->batch > 1 ? "s" : "",
		    place_at(m, w, 0)->hold);
		for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
			one_table(&t, m, w, tables[i].title, tables[i].of);
	}
	return t.s;
}

/* --- CSV and JSON -------------------------------------------------------- */

/* The columns of both, beside batch, hold, threads and variant. */
static const char *const columns[] = {"mops", "mops_lo", "mops_hi",
    "ratio_to_best", "p50_ns", "p99_ns", "p999_ns", "p9999_ns", "fairness",
    "cas_failures_per_1000", "lock_waits_per_1000", "backlog"};
enum { COLUMNS = sizeof columns / sizeof *columns };

static void
row_of(const struct sl_map_place *p, size_t a, double out[COLUMNS])
{
	const struct sl_map_value *v = &p->v[a];
	double best = p->best == SIZE_MAX ? NAN : p->v[p->best].mops.median;
	const double x[COLUMNS] = {v->mops.median, v->mops.in.lo, v->mops.in.hi,
	    v->mops.median / best, v->p50, v->p99, v->p999, v->p9999,
	    v->fairness, v->cas_failures, v->lock_waits, v->backlog};

	memcpy(out, x, sizeof x);
}

char *
sl_map_csv(const struct sl_map *m)
{
	const struct sl_counts *threads = &m->r->manifest.plan.threads;
	struct sl_text t = {0};
	double x[COLUMNS];

	sl_text_add(&t, "batch,hold_ns,threads,variant,timed_out");
	for (int c = 0; c < COLUMNS; c++)
		sl_text_addf(&t, ",%s", columns[c]);
	sl_text_add(&t, "\n");
	for (size_t i = 0; i < m->n; i++) {
		const struct sl_map_place *p = &m->places[i];

		for (size_t a = 0; a < variants(m); a++) {
			row_of(p, a, x);
			sl_text_addf(&t, "%ld,%ld,%u,%s,%d", p->batch, p->hold,
			    threads->v[p->threads], name_of(m, a),
			    p->v[a].timed_out);
			for (int c = 0; c < COLUMNS; c++)
				if (isnan(x[c]))
					sl_text_add(&t, ",");
				else
					sl_text_addf(&t, ",%.6g", x[c]);
			sl_text_add(&t, "\n");
		}
	}
	return t.s;
}

static json_t *
json_place(const struct sl_map *m, const struct sl_map_place *p)
{
	const struct sl_counts *threads = &m->r->manifest.plan.threads;
	json_t *all = json_object(), *one;
	double x[COLUMNS];

	for (size_t a = 0; a < variants(m); a++) {
		row_of(p, a, x);
		one = json_object();
		json_object_set_new(
		    one, "timed_out", json_boolean(p->v[a].timed_out));
		for (int c = 0; c < COLUMNS; c++)
			json_object_set_new(one, columns[c],
			    isnan(x[c]) ? json_null() : json_real(x[c]));
		json_object_set_new(all, name_of(m, a), one);
	}
	return json_pack("{s:i, s:i, s:i, s:b, s:s?, s:o}", "batch",
	    (int)p->batch, "hold_ns", (int)p->hold, "threads",
	    (int)threads->v[p->threads], "oversubscribed", (int)p->is_over,
	    "best", p->best == SIZE_MAX ? NULL : name_of(m, p->best),
	    "variants", all);
}

char *
sl_map_json(const struct sl_map *m)
{
	const struct sl_manifest *f = &m->r->manifest;
	json_t *places = json_array(), *means = json_object(), *o;
	char *text;

	for (size_t i = 0; i < m->n; i++)
		json_array_append_new(places, json_place(m, &m->places[i]));
	for (size_t a = 0; a < variants(m); a++) {
		double mean = sl_map_mean(m, a);

		json_object_set_new(means, name_of(m, a),
		    isnan(mean) ? json_null() : json_real(mean));
	}
	o = json_pack("{s:s, s:s, s:i, s:O, s:f, s:o, s:o}", "name", f->name,
	    "git_rev", f->revision, "rounds", (int)f->plan.rounds, "host",
	    f->host, "timer_ns", isnan(m->timer_ns) ? 0 : m->timer_ns,
	    "geometric_means", means, "places", places);
	text = o ? json_dumps(o, JSON_INDENT(1)) : NULL;
	json_decref(o);
	return text ? text : sl_strdup("{}");
}
