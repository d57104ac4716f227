/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * page_vmp.c - what a model tells besides throughput: why.
 *
 * Called by page.c and page_facts.c, for sweeps of spanlab vmp.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/host.h"
#include "harness/driver/html.h"
#include "harness/driver/page.h"

/* Per malloc, by its metric. */
static const struct {
	const char *head;
	enum sl_metric metric;
} columns[] = {
    {"accesses", SL_M_VMP_ACCESSES},
    {"transfers", SL_M_VMP_TRANSFERS},
    {"of these remote", SL_M_VMP_REMOTE},
    {"copies lost", SL_M_VMP_INVALIDATIONS},
    {"failed swaps", SL_M_VMP_CAS_FAILURES},
    {"cycles queued", SL_M_VMP_QUEUE_CYCLES},
    {"cycles for locks", SL_M_VMP_LOCK_WAIT_CYCLES},
    {"sleeps", SL_M_VMP_FUTEX_WAITS},
    {"cores lost", SL_M_VMP_PREEMPTIONS},
};
enum { NCOLUMNS = sizeof columns / sizeof *columns };

void
sl_page_vmp_notes(const struct sl_page *p, struct sl_names *lines)
{
	const json_t *model = p->r->manifest.model;
	char *line;

	if (!model)
		return;
	line = sl_printf("Modelled, not measured: profile %s, %.0f of its "
			 "cores, %.0f mallocs a thread, %.0f seeds. Counts per "
			 "operation are what this is good for; throughput of "
			 "loops that try again is not (spanlab-vmp(1)).",
	    sl_json_text(model, "profile"), sl_json_number(model, "cores", 0),
	    sl_json_number(model, "ops", 0), sl_json_number(model, "seeds", 0));
	sl_names_add(lines, line);
	free(line);
	line = sl_printf("Bars are the sensitivity band, the least and the "
			 "most that come out with: %s.",
	    sl_json_text(model, "band"));
	sl_names_add(lines, line);
	free(line);
}

static void
number_cell(struct sl_page *p, double x)
{
	char text[32];

	sl_text_addf(&p->t, "<td>%s</td>", sl_page_number(x, text));
}

/* How many times the most is of the least that may come out. */
static double
band_factor(struct sl_page *p, size_t workload, size_t allocator, size_t t)
{
	struct sl_spread s =
	    sl_results_throughput(p->r, workload, allocator, t);

	return s.n > 0 && s.in.lo > 0 ? s.in.hi / s.in.lo : NAN;
}

static void
rows(struct sl_page *p, size_t workload, size_t t)
{
	const struct sl_plan *plan = &p->r->manifest.plan;

	for (size_t a = 0; a < plan->allocators.n; a++) {
		sl_text_addf(&p->t, "<tr><td>%u</td><th scope=\"row\">",
		    plan->threads.v[t]);
		sl_page_name(p, a);
		sl_text_add(&p->t, "</th>");
		for (size_t i = 0; i < NCOLUMNS; i++)
			number_cell(p, sl_results_per_1000(p->r, workload, a, t,
					   columns[i].metric) /
					   1000);
		number_cell(p, band_factor(p, workload, a, t));
		sl_text_add(&p->t, "</tr>\n");
	}
}

static void
counts_table(struct sl_page *p, size_t workload)
{
	const struct sl_plan *plan = &p->r->manifest.plan;

	sl_text_add(&p->t, "<h3>Modelled counts per malloc</h3>\n");
	sl_page_table_begin(p, "Modelled counts per malloc", "numbers");
	sl_text_add(&p->t, "<thead><tr><th scope=\"col\">threads</th>"
			   "<th scope=\"col\">allocator</th>");
	for (size_t i = 0; i < NCOLUMNS; i++)
		sl_text_addf(
		    &p->t, "<th scope=\"col\">%s</th>", columns[i].head);
	sl_text_add(&p->t, "<th scope=\"col\">band, most / least</th>"
			   "</tr></thead><tbody>\n");
	for (size_t t = 0; t < plan->threads.n; t++)
		rows(p, workload, t);
	sl_page_table_end(p);
}

static void
hot_row(struct sl_page *p, size_t workload, size_t allocator, size_t t)
{
	const struct sl_result *r =
	    sl_results_at(p->r, workload, allocator, t, 1);
	const char *sites;

	if (r->state != SL_RESULT_OK || !r->label)
		return;
	sites = strchr(r->label, ';');
	sl_text_add(&p->t, "<tr><th scope=\"row\">");
	sl_page_name(p, allocator);
	sl_text_add(&p->t, "</th><td>");
	sl_html_textf(&p->t, "%.*s",
	    (int)(sites ? (size_t)(sites - r->label) : strlen(r->label)),
	    r->label);
	sl_text_add(&p->t, "</td><td>");
	sl_html_text(&p->t, sites ? sites + 1 : "");
	sl_text_add(&p->t, "</td></tr>\n");
}

void
sl_page_vmp(struct sl_page *p, size_t workload)
{
	const struct sl_plan *plan = &p->r->manifest.plan;
	size_t last = plan->threads.n - 1;

	if (!p->r->manifest.model)
		return;
	counts_table(p, workload);
	sl_text_addf(&p->t,
	    "<h3>Hot lines, and where they are missed, with %u threads</h3>\n",
	    plan->threads.v[last]);
	sl_page_table_begin(p, "Hot lines and places", "words");
	sl_text_add(&p->t, "<thead><tr><th scope=\"col\">allocator</th>"
			   "<th scope=\"col\">transfers per malloc, by "
			   "line</th><th scope=\"col\">share of the cycles in "
			   "misses, by place</th></tr></thead><tbody>\n");
	for (size_t a = 0; a < plan->allocators.n; a++)
		hot_row(p, workload, a, last);
	sl_page_table_end(p);
}

void
sl_page_vmp_method(struct sl_page *p)
{
	const json_t *m = p->r->manifest.model, *word;
	size_t i;

	sl_text_add(&p->t,
	    "<h2 id=\"method\">How it was modelled</h2>\n"
	    "<p>The compiled sources of core, of a set and of a workload ran "
	    "on virtual cores: each access to memory costs what the profile "
	    "says and what the state of its line asks, and the thread with the "
	    "smallest clock runs next. One process per point and seed; each "
	    "ends with a check that no span and no object was lost. "
	    "Throughput is all operations divided by virtual time. Other work "
	    "of random length lies between two calls.</p>\n"
	    "<p>Left out, among others: caches' sizes, bandwidth, overlap of "
	    "misses, prefetching, page faults, SMT and the placement of "
	    "memory; spanlab-vmp(1) has the whole list.</p>\n"
	    "<p>To repeat it:</p>\n<pre>");
	json_array_foreach(p->r->manifest.command, i, word)
	{
		sl_text_add(&p->t, i ? " " : "");
		sl_html_text(&p->t, json_string_value(word));
	}
	sl_text_add(&p->t, "</pre>\n<details><summary>The profile</summary>"
			   "\n<pre>");
	sl_html_text(&p->t, sl_json_text(m, "profile_text"));
	sl_text_add(&p->t, "</pre></details>\n");
}
