/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * page_seen.c - what was observed of a workload, in report.html: latency by
 * path and memory over time, as pictures, as a table and as numbers.
 *
 * Called by page_panels.c and page.c.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/curve_svg.h"
#include "harness/driver/host.h"
#include "harness/driver/html.h"
#include "harness/driver/page.h"
#include "harness/driver/verdict.h"

size_t
sl_page_seen_make(const struct sl_page *p, size_t workload, struct sl_curves *c)
{
	size_t n = 0;

	for (int i = 0; i < SL_N_CURVES; i++)
		n +=
		    sl_curves_make(p->r, workload, (enum sl_curves_id)i, &c[n]);
	return n;
}

/* Which row of pictures a figure stands in. */
static const char *
row_of(const struct sl_curves *c)
{
	return c->kind == SL_CURVES_TIME   ? "Memory over time"
	       : (int)c->id < SL_SEEN_FREE ? "Latency of malloc by path"
					   : "Latency of free by path";
}

static void
figure(struct sl_page *p, size_t workload, const struct sl_curves *c)
{
	sl_text_addf(&p->t, "<figure data-curve=\"%s\"><figcaption><b>%s",
	    c->key,
	    c->kind == SL_CURVES_TIME ? c->title : sl_seen_names[c->id].path);
	if (c->kind == SL_CURVES_PERCENTILES &&
	    strcmp(sl_seen_names[c->id].path, "all"))
		sl_text_addf(&p->t, "</b>: %s, %s", c->title, c->unit);
	else
		sl_text_addf(&p->t, "%s</b>, %s",
		    c->kind == SL_CURVES_TIME ? "" : " paths", c->unit);
	sl_text_add(&p->t, "</figcaption>\n");
	sl_curve_svg(
	    &p->t, p->r, workload, c, sl_verdict_full_machine(p->r), p->looks);
	sl_text_add(&p->t, "</figure>\n");
}

void
sl_page_seen_figures(
    struct sl_page *p, size_t workload, const struct sl_curves *c, size_t n)
{
	size_t full = sl_verdict_full_machine(p->r);
	unsigned threads = p->r->manifest.plan.threads.v[full];
	const char *row = "";

	for (size_t i = 0; i < n; i++) {
		if (strcmp(row, row_of(&c[i]))) {
			sl_text_addf(&p->t,
			    "%s<h3>%s, at <output>%u</output> thread%s</h3>\n"
			    "<div class=\"curves\">\n",
			    *row ? "</div>\n" : "", row_of(&c[i]), threads,
			    threads > 1 ? "s" : "");
			row = row_of(&c[i]);
		}
		figure(p, workload, &c[i]);
	}
	if (n)
		sl_text_add(&p->t, "</div>\n");
}

static void
numbers(struct sl_page *p, const struct sl_curves *c)
{
	const struct sl_plan *plan = &p->r->manifest.plan;

	sl_text_addf(
	    &p->t, "{\"key\":\"%s\",\"unit\":\"%s\",\"xs\":[", c->key, c->unit);
	for (size_t i = 0; i < c->n; i++)
		sl_text_addf(&p->t, "%s%.6g", i ? "," : "", c->xs[i]);
	sl_text_add(&p->t, "],\"s\":[");
	for (size_t k = 0; k < plan->allocators.n * plan->threads.n; k++) {
		const double *y = &c->y[k * c->n];

		sl_text_add(&p->t, k % plan->threads.n ? ","
				   : k                 ? "],\n["
						       : "[");
		for (size_t i = 0; i < c->n; i++) {
			sl_text_add(&p->t, i ? "," : "[");
			if (isfinite(y[i]))
				sl_text_addf(&p->t, "%.4g", y[i]);
			else
				sl_text_add(&p->t, "null");
		}
		sl_text_add(&p->t, "]");
	}
	sl_text_add(&p->t, "]]}");
}

void
sl_page_seen_data(struct sl_page *p, const struct sl_curves *c, size_t n)
{
	sl_text_add(&p->t, ",\"curves\":[");
	for (size_t i = 0; i < n; i++) {
		sl_text_add(&p->t, i ? ",\n" : "\n");
		numbers(p, &c[i]);
	}
	sl_text_add(&p->t, "]");
}

/* Of the first cell that has any. */
static double
timed_nothing(const struct sl_results *r, size_t workload)
{
	const struct sl_plan *p = &r->manifest.plan;

	for (size_t a = 0; a < p->allocators.n; a++)
		for (size_t t = 0; t < p->threads.n; t++)
			for (unsigned k = 1; k <= p->rounds; k++) {
				const struct sl_result *res =
				    sl_results_at(r, workload, a, t, k);

				if (res->seen && !isnan(res->seen->timed_ns))
					return res->seen->timed_ns;
			}
	return NAN;
}

void
sl_page_seen_words(struct sl_page *p, size_t workload)
{
	const struct sl_observe *o = &p->r->manifest.plan.observe;

	if (o->latency)
		sl_text_addf(&p->t,
		    "<p class=\"soft\">Latency: one of %u calls was timed; "
		    "medians over rounds. A timed nothing takes %.0f&nbsp;ns "
		    "here, which is in each value. A percentile with fewer "
		    "than %d timed calls beyond it is not drawn. Other mallocs "
		    "do not tell their paths.</p>\n",
		    o->latency, timed_nothing(p->r, workload), SL_SEEN_BEYOND);
	if (o->memory_ms > 0)
		sl_text_addf(&p->t,
		    "<p class=\"soft\">Memory: a look each %g&nbsp;ms; medians "
		    "over rounds. Live is what the threads hold by "
		    "malloc_usable_size(); resident is the process, with the "
		    "bench's own memory.</p>\n",
		    o->memory_ms);
}

/* --- the table ------------------------------------------------------------ */

struct path_sum {
	double count, of_call; /* timed, all rounds together */
	double ns[4];          /* medians over rounds */
};

static const double columns[4] = {0.5, 0.99, 0.999, 1};

static struct path_sum
sum_of(const struct sl_results *r, size_t w, size_t a, size_t t,
    enum sl_seen_path path)
{
	unsigned rounds = r->manifest.plan.rounds;
	enum sl_seen_path call =
	    path < SL_SEEN_FREE ? SL_SEEN_MALLOC : SL_SEEN_FREE;
	double *v = sl_alloc_array(rounds, sizeof *v), x;
	struct path_sum s = {0};

	for (int i = 0; i < 4; i++) {
		size_t n = 0;

		for (unsigned k = 1; k <= rounds; k++) {
			const struct sl_seen *seen =
			    sl_results_at(r, w, a, t, k)->seen;

			if (!seen)
				continue;
			s.count += i ? 0 : seen->count[path];
			s.of_call += i ? 0 : seen->count[call];
			x = columns[i] < 1 ? sl_seen_at(seen, path, columns[i])
					   : seen->max[path];
			if (!isnan(x))
				v[n++] = x;
		}
		s.ns[i] = sl_stat_median(v, n);
	}
	free(v);
	return s;
}

static void
table_row(struct sl_page *p, size_t workload, size_t a, size_t t,
    enum sl_seen_path path, bool first)
{
	struct path_sum s = sum_of(p->r, workload, a, t, path);
	char buf[32];

	if (!(s.count > 0))
		return;
	sl_text_addf(
	    &p->t, "<tr%s><th scope=\"row\">", first ? " class=\"first\"" : "");
	sl_page_name(p, a);
	sl_text_addf(&p->t,
	    "</th><td style=\"text-align:left\">%s</td><td style=\"text-align:"
	    "left\">%s</td><td>%.0f</td><td>%s&nbsp;%%</td>",
	    sl_seen_names[path].call, sl_seen_names[path].path, s.count,
	    sl_page_number(100 * s.count / s.of_call, buf));
	for (int i = 0; i < 4; i++)
		sl_text_addf(
		    &p->t, "<td>%s</td>", sl_page_number(s.ns[i], buf));
	sl_text_add(&p->t, "</tr>\n");
}

static void
table_at(struct sl_page *p, size_t workload, size_t t)
{
	const struct sl_plan *plan = &p->r->manifest.plan;
	unsigned threads = plan->threads.v[t];

	sl_text_addf(&p->t,
	    "<details><summary>Latency by path at %u thread%s, ns"
	    "</summary>\n",
	    threads, threads > 1 ? "s" : "");
	sl_page_table_begin(p, "Latency by path", "numbers");
	sl_text_add(&p->t,
	    "<thead><tr><th scope=\"col\" style=\"text-align:left\">allocator"
	    "</th><th scope=\"col\" style=\"text-align:left\">call</th>"
	    "<th scope=\"col\" style=\"text-align:left\">path</th>"
	    "<th scope=\"col\">timed</th><th scope=\"col\">part</th>"
	    "<th scope=\"col\">p50</th><th scope=\"col\">p99</th>"
	    "<th scope=\"col\">p99.9</th><th scope=\"col\">most</th></tr>"
	    "</thead>\n<tbody>\n");
	for (size_t a = 0; a < plan->allocators.n; a++)
		for (int i = 0; i < SL_SEEN_PATHS; i++)
			table_row(
			    p, workload, a, t, (enum sl_seen_path)i, i == 0);
	sl_page_table_end(p);
	sl_text_add(&p->t, "</details>\n");
}

static bool
any_seen(const struct sl_page *p, size_t workload, size_t t)
{
	const struct sl_plan *plan = &p->r->manifest.plan;

	for (size_t a = 0; a < plan->allocators.n; a++)
		if (sum_of(p->r, workload, a, t, SL_SEEN_MALLOC).count > 0)
			return true;
	return false;
}

void
sl_page_seen(struct sl_page *p, size_t workload)
{
	for (size_t t = 0; t < p->r->manifest.plan.threads.n; t++)
		if (any_seen(p, workload, t))
			table_at(p, workload, t);
}
