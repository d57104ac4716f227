/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * page.c - report.html in its order.
 *
 * Called by report.c.  One file: it can be mailed, printed and read offline,
 * and is whole without its script.  Whatever is not our own text goes through
 * html.c; besides, the browser is told to run nothing but that script.
 */
#include "harness/driver/page.h"

#include <stdlib.h>
#include <string.h>

#include "harness/driver/costs.h"
#include "harness/driver/host.h"
#include "harness/driver/html.h"
#include "harness/driver/map.h"
#include "harness/page_script.h"
#include "harness/driver/tries.h"
#include "harness/driver/verdict.h"

static void
head(struct sl_page *p)
{
	const struct sl_manifest *m = &p->r->manifest;
	const struct sl_plan *plan = &m->plan;
	char *host = sl_host_summary(m->host);
	char *rounds = sl_plan_rounds_text(plan);

	sl_text_add(&p->t,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta "
	    "charset=\"utf-8\">\n<meta name=\"viewport\" "
	    "content=\"width=device-width,initial-scale=1\">\n<meta "
	    "http-equiv=\"Content-Security-Policy\" content=\"default-src "
	    "'none'; style-src 'unsafe-inline'; script-src "
	    "'" SL_PAGE_SCRIPT_HASH "'\">\n<title>Spanlab: ");
	sl_html_text(&p->t, m->name);
	sl_text_add(&p->t, "</title>\n");
	sl_page_style(p);
	sl_text_addf(&p->t,
	    "</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the "
	    "results</a>\n<header>\n<h1>%s%zu allocator%s on %zu workload%s, "
	    "%u to %u threads</h1>\n<p>",
	    m->model ? "Modelled: " : "", plan->allocators.n,
	    plan->allocators.n > 1 ? "s" : "", plan->workloads.n,
	    plan->workloads.n > 1 ? "s" : "", plan->threads.v[0],
	    plan->threads.v[plan->threads.n - 1]);
	sl_html_text(&p->t, host);
	sl_text_add(&p->t, "</p>\n<p class=\"soft\">Spanlab ");
	sl_html_textf(&p->t,
	    "%s, revision %s, on %s, %s. %s, seed %lld, preset %s.", m->version,
	    m->revision, sl_json_text(m->host, "hostname"), m->started, rounds,
	    (long long)plan->seed, plan->preset);
	sl_text_add(&p->t, "</p>\n</header>\n<main id=\"main\">\n");
	free(host);
	free(rounds);
}

static void
navigation(struct sl_page *p)
{
	char *tries = sl_tries_text(p->r);
	const struct sl_plan *plan = &p->r->manifest.plan;

	sl_text_add(&p->t, "<nav aria-label=\"Contents\"><ul>\n<li><a "
			   "href=\"#overview\">Overview</a></li>\n");
	for (size_t w = 0; w < plan->workloads.n; w++) {
		sl_text_add(&p->t, "<li><a href=\"#w-");
		sl_html_text(&p->t, plan->workloads.v[w].name);
		sl_text_add(&p->t, "\">");
		sl_html_text(&p->t, plan->workloads.v[w].name);
		sl_text_add(&p->t, "</a></li>\n");
	}
	if (tries || p->r->failed)
		sl_text_add(
		    &p->t, "<li><a href=\"#failures\">Failures</a></li>\n");
	free(tries);
	sl_text_add(&p->t, "<li><a href=\"#allocators\">Allocators</a></li>\n"
			   "<li><a href=\"#method\">Method</a></li>\n"
			   "<li><a href=\"#machine\">Machine</a></li>\n"
			   "</ul></nav>\n");
}

static void
badges(struct sl_page *p, size_t workload)
{
	if (p->r->manifest.plan.workloads.v[workload].control)
		sl_text_add(&p->t, " <span class=\"badge quiet\" "
				   "title=\"variants must not differ "
				   "here\">control</span>");
	if (sl_verdict_touch(p->r, workload) == SL_TOUCH_NONE)
		sl_text_add(&p->t, " <span class=\"badge warn\">this "
				   "workload does not touch mcentral</span>");
}

/* What the workload is, in one paragraph. */
static void
reading(struct sl_page *p, size_t workload)
{
	const struct sl_workload *w =
	    &p->r->manifest.plan.workloads.v[workload];

	sl_text_add(&p->t, "<p>");
	if (*w->summary) {
		sl_text_add(&p->t, "Stresses ");
		sl_html_text(&p->t, w->summary);
		sl_text_add(&p->t, ". ");
	}
	if (strcmp(w->suite, "list")) {
		sl_text_add(&p->t, "An operation is ");
		sl_html_text(&p->t, w->operation);
		sl_text_add(&p->t, "; parameters: ");
		sl_html_text(&p->t, w->params);
		sl_text_add(&p->t, ". ");
	}
	if (*w->source) {
		sl_text_add(&p->t, "<span class=\"soft\">From: ");
		sl_html_text(&p->t, w->source);
		sl_text_add(&p->t, ".</span>");
	}
	sl_text_add(&p->t, "</p>\n");
	if (w->control)
		sl_text_add(&p->t, "<p>A control: the variants must not "
				   "differ here. Where they do, the harness "
				   "or the machine is at fault.</p>\n");
	if (sl_verdict_touch(p->r, workload) == SL_TOUCH_NONE)
		sl_text_add(&p->t, "<p>Less than one claim or grow per 1000 "
				   "mallocs at every thread count: what "
				   "differs here is not the central "
				   "list.</p>\n");
}

static void
plot_link(struct sl_page *p, const char *name, const char *kind)
{
	sl_text_add(&p->t, "<a href=\"plots/");
	sl_html_text(&p->t, name);
	sl_text_addf(
	    &p->t, ".%s\">%s</a>", kind, !strcmp(kind, "svg") ? "SVG" : "PNG");
}

/* The same drawn by gnuplot, for papers: files beside the page. */
static void
plot_files(struct sl_page *p, size_t workload)
{
	const char *own[SL_PLOT_SCOPES] = {"", "; the variants alone: "};
	char *name;

	if (!p->plots || !p->plots[workload].of[SL_PLOT_ALL].svg)
		return;
	sl_text_add(&p->t, "<p class=\"soft\">Throughput as ");
	for (int i = 0; i < SL_PLOT_SCOPES; i++) {
		if (!p->plots[workload].of[i].svg)
			continue;
		name =
		    sl_plot_name(p->r->manifest.plan.workloads.v[workload].name,
			(enum sl_plot_scope)i);
		sl_text_add(&p->t, own[i]);
		plot_link(p, name, "svg");
		sl_text_add(&p->t, " and ");
		plot_link(p, name, "png");
		free(name);
	}
	sl_text_add(&p->t, ", beside this file.</p>\n");
}

static void
workload_section(struct sl_page *p, size_t workload)
{
	const char *name = p->r->manifest.plan.workloads.v[workload].name;

	sl_text_add(&p->t, "<section aria-labelledby=\"w-");
	sl_html_text(&p->t, name);
	sl_text_add(&p->t, "\">\n<h2 id=\"w-");
	sl_html_text(&p->t, name);
	sl_text_add(&p->t, "\">");
	sl_html_text(&p->t, name);
	badges(p, workload);
	sl_text_add(&p->t, "</h2>\n");
	reading(p, workload);
	sl_page_panels(p, workload);
	plot_files(p, workload);
	sl_page_medians(p, workload);
	sl_page_seen(p, workload);
	sl_page_mcentral(p, workload);
	sl_page_vmp(p, workload);
	sl_page_models(p, workload);
	sl_text_add(&p->t, "</section>\n");
}

char *
sl_page_make(const struct sl_results *r, const struct sl_plots *plots,
    const char *plots_missing)
{
	struct sl_page p = {
	    .r = r, .plots = plots, .plots_missing = plots_missing};

	p.looks = sl_look_assign(&r->manifest.plan.allocators);
	head(&p);
	sl_page_notes(&p);
	navigation(&p);
	if (sl_costs_apply(r))
		sl_text_add(&p.t,
		    "<p>Costs per operation and instructions: <a "
		    "href=\"costs.md\">costs.md</a>, <a href=\"costs.csv\">"
		    "costs.csv</a>, <a href=\"costs.json\">costs.json</a> "
		    "beside this file.</p>\n");
	if (sl_map_apply(r))
		sl_text_add(&p.t,
		    "<p>Where each set wins: <a href=\"map.md\">map.md</a>, "
		    "<a href=\"map.csv\">map.csv</a>, <a href=\"map.json\">"
		    "map.json</a>, <a href=\"plots/map.svg\">throughput</a> "
		    "and <a href=\"plots/tails.svg\">tails</a> as pictures, "
		    "beside this file.</p>\n");
	sl_page_overview(&p);
	for (size_t w = 0; w < r->manifest.plan.workloads.n; w++)
		workload_section(&p, w);
	sl_page_failures(&p);
	sl_page_allocators(&p);
	sl_page_method(&p);
	sl_page_host(&p);
	sl_text_add(&p.t, "<footer>Every number comes from the files in "
			  "<a href=\"cells/\">cells/</a>; <a "
			  "href=\"data.csv\">data.csv</a> has them in one "
			  "table.</footer>\n</main>\n<script>");
	for (size_t i = 0; sl_page_script[i]; i++)
		sl_text_add(&p.t, sl_page_script[i]);
	sl_text_add(&p.t, "</script>\n</body>\n</html>\n");
	free(p.looks);
	return p.t.s;
}
