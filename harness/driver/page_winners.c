/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * page_winners.c - who is the fastest where, in report.html.
 *
 * Called by page_tables.c, at the head of the overview.
 */
#include "harness/driver/host.h"
#include "harness/driver/html.h"
#include "harness/driver/page.h"
#include "harness/driver/verdict.h"
#include "harness/driver/winner.h"

#include <stdlib.h>

static void
winner_cells(
    struct sl_page *p, size_t workload, size_t threads, enum sl_field field)
{
	struct sl_winner w = sl_winner_find(p->r, workload, threads, field);
	char *text = sl_winner_text(p->r, &w, "\u00d7");
	bool certain = w.win == SL_WIN_CERTAIN;

	sl_text_add(&p->t, "<td>");
	if (w.win == SL_WIN_NOBODY)
		sl_text_add(&p->t, "-");
	else
		sl_page_name(p, w.allocator);
	sl_text_addf(
	    &p->t, "</td><td class=\"%s\">", certain ? "certain" : "soft");
	sl_html_text(&p->t, text);
	sl_text_add(&p->t, "</td>");
	free(text);
	sl_winner_destroy(&w);
}

static void
winner_row(struct sl_page *p, size_t workload, size_t threads, bool first)
{
	const struct sl_plan *plan = &p->r->manifest.plan;
	const char *name = plan->workloads.v[workload].name;
	unsigned n = plan->threads.v[threads];

	sl_text_addf(&p->t, "<tr class=\"%s%s\"><th scope=\"row\">",
	    first ? "first" : "",
	    n > sl_host_cpus(p->r->manifest.host) ? " over" : "");
	if (first) {
		sl_text_add(&p->t, "<a href=\"#p-");
		sl_html_text(&p->t, name);
		sl_text_add(&p->t, "\">");
		sl_html_text(&p->t, name);
		sl_text_add(&p->t, "</a>");
	}
	sl_text_addf(&p->t, "</th><th class=\"t\" scope=\"row\">%u</th>", n);
	winner_cells(p, workload, threads, SL_FIELD_ALL);
	if (sl_winner_has_fields(p->r))
		winner_cells(p, workload, threads, SL_FIELD_VARIANTS);
	sl_text_add(&p->t, "</tr>\n");
}

void
sl_page_winners(struct sl_page *p)
{
	const struct sl_plan *plan = &p->r->manifest.plan;
	size_t full = sl_verdict_full_machine(p->r);
	size_t last = plan->threads.n - 1;

	if (plan->allocators.n < 2)
		return;
	sl_text_add(&p->t,
	    "<h3>The fastest</h3>\n<p>By the median; ahead of the next only if "
	    "all others are shown to be slower, each by the rule below.</p>\n");
	sl_page_table_begin(p, "The fastest by workload", "numbers winners");
	sl_text_add(&p->t, "<thead><tr><th scope=\"col\">workload</th>"
			   "<th scope=\"col\">threads</th>"
			   "<th scope=\"col\">fastest</th>"
			   "<th scope=\"col\">by how much</th>");
	if (sl_winner_has_fields(p->r))
		sl_text_add(&p->t, "<th scope=\"col\">fastest variant</th>"
				   "<th scope=\"col\">by how much</th>");
	sl_text_add(&p->t, "</tr></thead>\n<tbody>\n");
	for (size_t w = 0; w < plan->workloads.n; w++) {
		winner_row(p, w, full, true);
		if (last != full)
			winner_row(p, w, last, false);
	}
	sl_page_table_end(p);
	sl_text_add(&p->t, "<h3>Medians</h3>\n");
}
