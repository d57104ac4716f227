/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * page_panels.c - the linked panels of a workload in report.html.
 *
 * Called by page.c.  Pictures and a table of values stand without a script;
 * the numbers follow as JSON, from which page.js answers the reader's mouse
 * and keys.  Nothing but numbers and words of ours is in that JSON.
 */
#include <math.h>
#include <stdlib.h>

#include "harness/driver/host.h"
#include "harness/driver/html.h"
#include "harness/driver/page.h"
#include "harness/driver/panel_svg.h"
#include "harness/driver/verdict.h"

struct group {
	struct sl_panel_data of[SL_PANELS];
	size_t n;
	struct sl_curves seen[SL_N_CURVES];
	size_t n_seen;
};

static void
make_group(const struct sl_page *p, size_t workload, struct group *g)
{
	g->n = 0;
	for (int i = 0; i < SL_PANELS; i++)
		g->n += sl_panel_make(
		    p->r, workload, (enum sl_panel_id)i, &g->of[g->n]);
	g->n_seen = sl_page_seen_make(p, workload, g->seen);
}

static bool
has_laws(const struct sl_page *p, size_t workload)
{
	struct sl_panel_laws laws;

	for (size_t a = 0; a < p->r->manifest.plan.allocators.n; a++)
		if (sl_panel_fit(p->r, workload, a, &laws))
			return true;
	return false;
}

static void
figure(struct sl_page *p, size_t workload, const struct sl_panel_data *d)
{
	bool wide = d->panel == &sl_panels[SL_PANEL_THROUGHPUT];
	char *unit = sl_panel_unit(p->r, d->panel);

	sl_text_addf(&p->t,
	    "<figure data-panel=\"%s\"%s><figcaption><b>%s</b>, ",
	    d->panel->key, wide ? " class=\"wide\"" : "", d->panel->title);
	sl_html_text(&p->t, unit);
	if (p->r->manifest.model)
		sl_text_add(&p->t, " <b>(modelled)</b>");
	if (wide && has_laws(p, workload))
		sl_panel_law_key(&p->t);
	sl_text_add(&p->t, "</figcaption>\n");
	sl_panel_svg(&p->t, p->r, workload, d, p->looks, wide);
	sl_text_add(&p->t, "</figure>\n");
	free(unit);
}

/* What the curves are, and why no law is fitted to them. */
static void
words(struct sl_page *p, size_t workload)
{
	const struct sl_manifest *m = &p->r->manifest;
	size_t most = 0;

	for (size_t t = 0; t < m->plan.threads.n; t++)
		most += m->plan.threads.v[t] <= sl_host_cpus(m->host);
	sl_text_addf(&p->t,
	    "<p class=\"soft\">%s of %s%u %s%s; %s: %s. Points are set a "
	    "little "
	    "apart sideways. ",
	    m->model ? "Modelled, not measured: medians" : "Medians",
	    sl_plan_up_to(&m->plan), m->plan.rounds,
	    m->model ? "seed" : "round", m->plan.rounds > 1 ? "s" : "",
	    m->model ? "bands of throughput" : "bars",
	    m->model ? "what is unknown of such a machine"
	    : m->plan.rounds < SL_STAT_BOOTSTRAP_FROM
		? "least to greatest"
		: "95&nbsp;% interval of the median");
	if (has_laws(p, workload))
		sl_text_add(&p->t,
		    "The laws of scaling are drawn as far as each thread has a "
		    "CPU, and the knee where it is there.");
	else
		sl_text_addf(&p->t,
		    "No law of scaling is drawn: it needs %d thread counts "
		    "with a CPU for each thread, and here are %zu.",
		    SL_MODEL_USL_FROM, most);
	sl_text_add(&p->t, "</p>\n");
}

static void
value_cell(struct sl_page *p, const struct sl_spread *s)
{
	char a[32], lo[32], hi[32];

	if (s->n == 0)
		sl_text_add(&p->t, "<td>-</td>");
	else
		sl_text_addf(&p->t, "<td title=\"%s to %s\">%s</td>",
		    sl_page_number(s->in.lo, lo), sl_page_number(s->in.hi, hi),
		    sl_page_number(s->median, a));
}

/* The values of all series in all panels at one thread count; page.js shows
 * others, and makes buttons of the names. */
static void
values(struct sl_page *p, const struct group *g)
{
	const struct sl_plan *plan = &p->r->manifest.plan;
	size_t t = sl_verdict_full_machine(p->r);

	sl_page_table_begin(
	    p, "Values of all series in all panels", "numbers values");
	sl_text_addf(&p->t,
	    "<thead><tr><th scope=\"col\" style=\"text-align:left\">at "
	    "<output>%u</output> thread%s</th>",
	    plan->threads.v[t], plan->threads.v[t] > 1 ? "s" : "");
	for (size_t i = 0; i < g->n; i++) {
		char *unit = sl_panel_unit(p->r, g->of[i].panel);

		sl_text_addf(
		    &p->t, "<th scope=\"col\">%s<small>", g->of[i].panel->key);
		sl_html_text(&p->t, unit);
		sl_text_add(&p->t, "</small></th>");
		free(unit);
	}
	sl_text_add(&p->t, "</tr></thead>\n<tbody>\n");
	for (size_t a = 0; a < plan->allocators.n; a++) {
		sl_text_addf(&p->t, "<tr data-a=\"%zu\"><th scope=\"row\">", a);
		sl_page_name(p, a);
		sl_text_add(&p->t, "</th>");
		for (size_t i = 0; i < g->n; i++)
			value_cell(p, sl_panel_at(p->r, &g->of[i], a, t));
		sl_text_add(&p->t, "</tr>\n");
	}
	sl_page_table_end(p);
}

static void
numbers(struct sl_page *p, const struct sl_panel_data *d)
{
	const struct sl_plan *plan = &p->r->manifest.plan;

	sl_text_addf(&p->t, "{\"key\":\"%s\",\"s\":[", d->panel->key);
	for (size_t a = 0; a < plan->allocators.n; a++) {
		sl_text_add(&p->t, a ? ",[" : "[");
		for (size_t t = 0; t < plan->threads.n; t++) {
			const struct sl_spread *s = sl_panel_at(p->r, d, a, t);

			sl_text_add(&p->t, t ? "," : "");
			if (s->n)
				sl_text_addf(&p->t, "[%.5g,%.5g,%.5g]",
				    s->median, s->in.lo, s->in.hi);
			else
				sl_text_add(&p->t, "0");
		}
		sl_text_add(&p->t, "]");
	}
	sl_text_add(&p->t, "]}");
}

static void
data(struct sl_page *p, const struct group *g)
{
	const struct sl_plan *plan = &p->r->manifest.plan;

	sl_text_addf(&p->t,
	    "<script type=\"application/json\">{\"at\":%zu,\"threads\":[",
	    sl_verdict_full_machine(p->r));
	for (size_t t = 0; t < plan->threads.n; t++)
		sl_text_addf(&p->t, "%s%u", t ? "," : "", plan->threads.v[t]);
	sl_text_add(&p->t, "],\"ours\":[");
	for (size_t a = 0; a < plan->allocators.n; a++)
		sl_text_addf(&p->t, "%s%d", a ? "," : "",
		    sl_allocator_is_ours(&plan->allocators.v[a]));
	sl_text_add(&p->t, "],\"panels\":[");
	for (size_t i = 0; i < g->n; i++) {
		sl_text_add(&p->t, i ? ",\n" : "\n");
		numbers(p, &g->of[i]);
	}
	sl_text_add(&p->t, "]");
	sl_page_seen_data(p, g->seen, g->n_seen);
	sl_text_add(&p->t, "}</script>\n");
}

void
sl_page_panels(struct sl_page *p, size_t workload)
{
	struct group g;

	make_group(p, workload, &g);
	if (g.n == 0)
		return;
	sl_text_add(&p->t, "<div class=\"group\" id=\"p-");
	sl_html_text(&p->t, p->r->manifest.plan.workloads.v[workload].name);
	sl_text_add(&p->t, "\">\n<div class=\"switches\">"
			   "</div>\n<div class=\"panels\">\n");
	for (size_t i = 0; i < g.n; i++)
		figure(p, workload, &g.of[i]);
	sl_text_add(&p->t, "</div>\n");
	sl_page_seen_figures(p, workload, g.seen, g.n_seen);
	values(p, &g);
	words(p, workload);
	if (g.n_seen)
		sl_page_seen_words(p, workload);
	data(p, &g);
	sl_text_add(&p->t, "</div>\n");
	for (size_t i = 0; i < g.n; i++)
		sl_panel_destroy(&g.of[i]);
	for (size_t i = 0; i < g.n_seen; i++)
		sl_curves_destroy(&g.seen[i]);
}
