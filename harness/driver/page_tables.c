/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * page_tables.c - the tables of numbers in report.html.
 *
 * Called by page.c.
 */
#include "harness/driver/page.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/driver/host.h"
#include "harness/driver/html.h"
#include "harness/driver/stop.h"
#include "harness/driver/verdict.h"

const char *
sl_page_number(double x, char buf[32])
{
	if (isnan(x))
		snprintf(buf, 32, "-");
	else if (x == 0)
		snprintf(buf, 32, "0");
	else if (x < 0.005 && x > 0)
		snprintf(buf, 32, "<0.01");
	else
		snprintf(buf, 32, "%.*f", x >= 100 ? 0 : x >= 10 ? 1 : 2, x);
	return buf;
}

void
sl_page_name(struct sl_page *p, size_t allocator)
{
	const struct sl_look *look = &p->looks[allocator];
	const char *reference = sl_results_reference(p->r, allocator);

	sl_text_addf(&p->t,
	    "<span class=\"key%s\" style=\"background:var(--%s);"
	    "border-color:var(--%s)\"></span>",
	    look->is_hollow ? " open" : "", look->key, look->key);
	sl_html_text(&p->t, p->r->manifest.plan.allocators.v[allocator].name);
	if (reference)
		sl_text_addf(&p->t, " <small>%s</small>", reference);
}

void
sl_page_table_begin(struct sl_page *p, const char *label, const char *class)
{
	sl_text_add(&p->t, "<div class=\"scroll\" tabindex=\"0\" "
			   "role=\"region\" aria-label=\"");
	sl_html_text(&p->t, label);
	sl_text_addf(&p->t, "\"><table class=\"%s\">\n", class);
}

void
sl_page_table_end(struct sl_page *p)
{
	sl_text_add(&p->t, "</tbody></table></div>\n");
}

static bool
is_over(const struct sl_page *p, size_t threads)
{
	return p->r->manifest.plan.threads.v[threads] >
	       sl_host_cpus(p->r->manifest.host);
}

/* The cells of one row: every allocator at one workload and thread count. */
static void
compared_cells(struct sl_page *p, size_t workload, size_t threads)
{
	static const struct {
		const char *class, *mark, *words;
	} says[] = {
	    [SL_TOO_FEW] = {"", "", ""},
	    [SL_NO_DIFFERENCE] = {"", "", ""},
	    [SL_FASTER] = {" class=\"fast\"", " &#9650;", "faster"},
	    [SL_SLOWER] = {" class=\"slow\"", " &#9660;", "slower"},
	};
	const struct sl_plan *plan = &p->r->manifest.plan;
	size_t base = sl_verdict_baseline(plan);
	char median[32], lo[32], hi[32];

	for (size_t a = 0; a < plan->allocators.n; a++) {
		struct sl_compared c =
		    sl_verdict_compare(p->r, workload, a, threads);

		if (c.spread.n == 0) {
			sl_text_add(&p->t, "<td>-</td>");
			continue;
		}
		sl_text_addf(&p->t, "<td%s title=\"%s to %s, %zu round%s\">%s",
		    a == base ? " class=\"base\"" : says[c.verdict].class,
		    sl_page_number(c.spread.in.lo, lo),
		    sl_page_number(c.spread.in.hi, hi), c.spread.n,
		    c.spread.n > 1 ? "s" : "",
		    sl_page_number(c.spread.median, median));
		if (a != base && !isnan(c.ratio))
			sl_text_addf(&p->t,
			    "<small>&times;%.2f<span aria-label=\"%s\">%s"
			    "</span></small>",
			    c.ratio, says[c.verdict].words,
			    says[c.verdict].mark);
		sl_text_add(&p->t, "</td>");
	}
}

/* How many rounds, and whether they decide; if that is not the same for all. */
static void
rounds_cell(struct sl_page *p, size_t workload, size_t threads)
{
	struct sl_group g;
	char *text;

	if (!sl_plan_may_stop(&p->r->manifest.plan))
		return;
	g = sl_group_look(p->r, workload, threads);
	text = sl_group_text(&g);
	sl_text_addf(&p->t, "<td>%s</td>", text);
	free(text);
}

static void
allocator_heads(struct sl_page *p)
{
	if (sl_plan_may_stop(&p->r->manifest.plan))
		sl_text_add(&p->t, "<th scope=\"col\">rounds</th>");
	for (size_t a = 0; a < p->r->manifest.plan.allocators.n; a++) {
		sl_text_add(&p->t, "<th scope=\"col\">");
		sl_page_name(p, a);
		sl_text_add(&p->t, "</th>");
	}
	sl_text_add(&p->t, "</tr></thead>\n<tbody>\n");
}

static void
overview_row(struct sl_page *p, size_t workload, size_t threads, bool first)
{
	const struct sl_plan *plan = &p->r->manifest.plan;
	const char *name = plan->workloads.v[workload].name;

	sl_text_addf(&p->t, "<tr class=\"%s%s\"><th scope=\"row\">",
	    first ? "first" : "", is_over(p, threads) ? " over" : "");
	if (first) {
		sl_text_add(&p->t, "<a href=\"#w-");
		sl_html_text(&p->t, name);
		sl_text_add(&p->t, "\">");
		sl_html_text(&p->t, name);
		sl_text_add(&p->t, "</a>");
	}
	sl_text_addf(&p->t, "</th><th class=\"t\" scope=\"row\">%u</th>",
	    plan->threads.v[threads]);
	rounds_cell(p, workload, threads);
	compared_cells(p, workload, threads);
	sl_text_add(&p->t, "</tr>\n");
}

void
sl_page_overview(struct sl_page *p)
{
	const struct sl_plan *plan = &p->r->manifest.plan;
	size_t full = sl_verdict_full_machine(p->r);
	size_t last = plan->threads.n - 1;
	const char *base = plan->allocators.v[sl_verdict_baseline(plan)].name;

	sl_text_add(&p->t, "<h2 id=\"overview\">Overview</h2>\n");
	sl_page_winners(p);
	sl_text_addf(&p->t,
	    "<p>Million %s per second, "
	    "median over rounds; below it the ratio to <b>",
	    sl_workloads_unit(&plan->workloads));
	sl_html_text(&p->t, base);
	sl_text_addf(&p->t,
	    "</b>. &#9650; faster, &#9660; slower: by more than "
	    "%.0f&nbsp;%%, and by the signed ranks of the ratios within each "
	    "round (p &le; 0.05; with fewer than six rounds, medians whose "
	    "intervals do not overlap). "
	    "Without a mark, no difference is shown.%s</p>\n",
	    100 * SL_MIN_EFFECT,
	    plan->rounds < 3
		? " With fewer than three rounds nothing is marked."
		: "");
	sl_page_table_begin(p, "Overview of medians", "numbers");
	sl_text_add(&p->t, "<thead><tr><th scope=\"col\" "
			   "style=\"text-align:left\">workload</th>"
			   "<th scope=\"col\">threads</th>");
	allocator_heads(p);
	for (size_t w = 0; w < plan->workloads.n; w++) {
		overview_row(p, w, full, true);
		if (last != full)
			overview_row(p, w, last, false);
	}
	sl_page_table_end(p);
	if (is_over(p, last))
		sl_text_add(&p->t, "<p class=\"soft\">Shaded rows: more "
				   "threads than CPUs. They show how an "
				   "allocator bears oversubscription, not "
				   "how it scales.</p>\n");
}

void
sl_page_medians(struct sl_page *p, size_t workload)
{
	const struct sl_plan *plan = &p->r->manifest.plan;

	sl_text_addf(&p->t,
	    "<details><summary>All medians, million %s per second</summary>\n",
	    sl_workloads_unit(&plan->workloads));
	sl_page_table_begin(p, "Medians by threads", "numbers");
	sl_text_add(&p->t, "<thead><tr><th scope=\"col\">threads</th>");
	allocator_heads(p);
	for (size_t t = 0; t < plan->threads.n; t++) {
		sl_text_addf(&p->t,
		    "<tr class=\"%s\"><th class=\"t\" scope=\"row\">%u</th>",
		    is_over(p, t) ? "over" : "", plan->threads.v[t]);
		rounds_cell(p, workload, t);
		compared_cells(p, workload, t);
		sl_text_add(&p->t, "</tr>\n");
	}
	sl_page_table_end(p);
	sl_text_add(&p->t, "</details>\n");
}

static const struct {
	const char *head;
	enum sl_metric metric;
} mcentral_columns[] = {
    {"refills", SL_M_REFILLS},
    {"harvests", SL_M_HARVESTS},
    {"held", SL_M_REUSES},
    {"claims", SL_M_CLAIMS},
    {"grows", SL_M_GROWS},
    {"relinks", SL_M_RELINKS},
    {"remote frees", SL_M_REMOTE_FREES},
    {"CAS failures", SL_M_CAS_FAILURES},
    {"lock waits", SL_M_LOCK_WAITS},
    {"heap locks", SL_M_HEAP_LOCKS},
};
#define N_COLUMNS (sizeof mcentral_columns / sizeof *mcentral_columns)

static bool
has_counters(const struct sl_page *p, size_t workload, size_t allocator)
{
	for (size_t t = 0; t < p->r->manifest.plan.threads.n; t++)
		if (!isnan(sl_results_per_1000(
			p->r, workload, allocator, t, SL_M_CLAIMS)))
			return true;
	return false;
}

static void
mcentral_rows(struct sl_page *p, size_t workload, size_t threads)
{
	const struct sl_plan *plan = &p->r->manifest.plan;
	bool first = true;
	char buf[32];

	for (size_t a = 0; a < plan->allocators.n; a++) {
		if (!has_counters(p, workload, a))
			continue;
		sl_text_addf(&p->t,
		    "<tr class=\"%s%s\"><th class=\"t\" scope=\"row\">",
		    first ? "first" : "", is_over(p, threads) ? " over" : "");
		if (first)
			sl_text_addf(&p->t, "%u", plan->threads.v[threads]);
		sl_text_add(&p->t, "</th><th scope=\"row\">");
		sl_page_name(p, a);
		sl_text_add(&p->t, "</th>");
		for (size_t i = 0; i < N_COLUMNS; i++)
			sl_text_addf(&p->t, "<td>%s</td>",
			    sl_page_number(
				sl_results_per_1000(p->r, workload, a, threads,
				    mcentral_columns[i].metric),
				buf));
		sl_text_addf(&p->t, "<td>%s</td></tr>\n",
		    sl_verdict_traffic(p->r, workload, a, threads) < 1
			? "does not touch mcentral"
			: "");
		first = false;
	}
}

static void
mcentral_begin(struct sl_page *p, const char *label)
{
	sl_page_table_begin(p, label, "numbers");
	sl_text_add(&p->t, "<thead><tr><th scope=\"col\">threads</th><th "
			   "scope=\"col\" style=\"text-align:left\">"
			   "variant</th>");
	for (size_t i = 0; i < N_COLUMNS; i++)
		sl_text_addf(&p->t, "<th scope=\"col\">%s</th>",
		    mcentral_columns[i].head);
	sl_text_add(&p->t, "<th scope=\"col\"></th></tr></thead>\n<tbody>\n");
}

void
sl_page_mcentral(struct sl_page *p, size_t workload)
{
	const struct sl_plan *plan = &p->r->manifest.plan;
	size_t full = sl_verdict_full_machine(p->r);
	size_t last = plan->threads.n - 1;
	bool any = false;

	for (size_t a = 0; a < plan->allocators.n; a++)
		any |= has_counters(p, workload, a);
	if (!any)
		return;
	sl_text_add(
	    &p->t, "<h3>Operations of mcentral per 1000 mallocs</h3>\n");
	mcentral_begin(p, "Operations of mcentral per 1000 mallocs");
	mcentral_rows(p, workload, full);
	if (last != full)
		mcentral_rows(p, workload, last);
	sl_page_table_end(p);
	if (plan->threads.n <= 2)
		return;
	sl_text_add(&p->t, "<details><summary>... at all thread counts"
			   "</summary>\n");
	mcentral_begin(p, "Operations of mcentral at all thread counts");
	for (size_t t = 0; t < plan->threads.n; t++)
		mcentral_rows(p, workload, t);
	sl_page_table_end(p);
	sl_text_add(&p->t, "</details>\n");
}
