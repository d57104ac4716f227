/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * page_facts.c - what report.html says in words: notes, failures, machine,
 * method.
 *
 * Called by page.c.
 */
#include "harness/driver/page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/go.h"
#include "harness/driver/host.h"
#include "harness/driver/html.h"
#include "harness/driver/left_out.h"
#include "harness/driver/spec.h"
#include "harness/driver/stop.h"
#include "harness/driver/tries.h"
#include "harness/driver/verdict.h"

/* More failed cells than this are counted, not listed. */
enum { FAILURES_LISTED = 200 };

static void
list_of(struct sl_page *p, const char *head, const char *class,
    const struct sl_names *lines)
{
	if (lines->n == 0)
		return;
	sl_text_addf(&p->t, "<div class=\"notes %s\"><b>", class);
	sl_html_text(&p->t, head);
	sl_text_add(&p->t, "</b><ul>\n");
	for (size_t i = 0; i < lines->n; i++) {
		sl_text_add(&p->t, "<li>");
		sl_html_text(&p->t, lines->v[i]);
		sl_text_add(&p->t, "</li>\n");
	}
	sl_text_add(&p->t, "</ul></div>\n");
}

void
sl_page_notes(struct sl_page *p)
{
	const struct sl_manifest *m = &p->r->manifest;
	struct sl_names warnings = {0}, doubts = {0};
	char *line;

	sl_page_vmp_notes(p, &warnings);
	if (p->r->missing) {
		line = sl_printf("Unfinished: %zu of %zu cells are missing. "
				 "Go on with: spanlab %ssweep --resume <this "
				 "folder>",
		    p->r->missing, p->r->missing + p->r->done + p->r->failed,
		    m->model ? "vmp " : "");
		sl_names_add(&warnings, line);
	}
	if (p->r->failed) {
		line = sl_printf("%zu cell%s failed: see Failures below.",
		    p->r->failed, p->r->failed > 1 ? "s" : "");
		sl_names_add(&warnings, line);
	}
	line = sl_tries_text(p->r);
	if (line)
		sl_names_add(&warnings, line);
	if (p->plots_missing) {
		line = sl_printf("No plots for papers: %s", p->plots_missing);
		sl_names_add(&warnings, line);
	}
	sl_hosts_warnings(p->r, &warnings);
	sl_verdict_warnings(p->r, &warnings);
	list_of(p, "Warnings", "warn", &warnings);
	sl_host_warnings(m->host, m->sessions,
	    m->plan.threads.v[m->plan.threads.n - 1], &doubts);
	list_of(p, "About this machine", "", &doubts);
	sl_names_destroy(&warnings);
	sl_names_destroy(&doubts);
}

static void
cell(struct sl_page *p, const char *text)
{
	sl_text_add(&p->t, "<td>");
	sl_html_text(&p->t, text);
	sl_text_add(&p->t, "</td>");
}

static void
failure_row(
    struct sl_page *p, const struct sl_cell *c, const struct sl_result *res)
{
	char *name = sl_cell_name(&p->r->manifest.plan, c);

	sl_text_add(&p->t, "<tr><th scope=\"row\">");
	sl_html_text(&p->t, name);
	sl_text_add(&p->t, "</th><td>");
	sl_html_text(&p->t, res->status);
	sl_text_add(&p->t, "</td><td>");
	sl_html_text(&p->t, res->detail);
	if (*res->errors && strcmp(res->errors, res->detail)) {
		sl_text_add(&p->t, "<details><summary>stderr</summary><pre>");
		sl_html_text(&p->t, res->errors);
		sl_text_add(&p->t, "</pre></details>");
	}
	sl_text_add(&p->t, "</td></tr>\n");
}

/* What failed before; returns how many there are. */
static size_t
try_rows(
    struct sl_page *p, const struct sl_cell *c, const struct sl_result *res)
{
	char *name = sl_cell_name(&p->r->manifest.plan, c);
	const json_t *v;
	size_t i;

	json_array_foreach(res->failed_tries, i, v)
	{
		sl_text_add(&p->t, "<tr><th scope=\"row\">");
		sl_html_textf(&p->t, "%s, try %zu, made again", name, i + 1);
		sl_text_add(&p->t, "</th>");
		cell(p, sl_json_text(v, "status"));
		cell(p, sl_json_text(v, "detail"));
		sl_text_add(&p->t, "</tr>\n");
	}
	free(name);
	return json_array_size(res->failed_tries);
}

void
sl_page_failures(struct sl_page *p)
{
	const struct sl_plan *plan = &p->r->manifest.plan;
	struct sl_cell c = {0};
	char *tries = sl_tries_text(p->r);
	size_t listed = 0;
	bool any = p->r->failed || tries;

	free(tries);
	if (!any)
		return;
	sl_text_add(&p->t, "<h2 id=\"failures\">Failures</h2>\n");
	sl_page_table_begin(p, "Failed cells", "words");
	sl_text_add(&p->t, "<thead><tr><th scope=\"col\">cell</th><th "
			   "scope=\"col\">status</th><th scope=\"col\">"
			   "detail</th></tr></thead>\n<tbody>\n");
	while (sl_cell_next(plan, &c)) {
		const struct sl_result *res = sl_results_at(
		    p->r, c.workload, c.allocator, c.threads, c.round);

		listed += listed < FAILURES_LISTED
			      ? try_rows(p, &c, res)
			      : json_array_size(res->failed_tries);
		if (res->state == SL_RESULT_FAILED &&
		    listed++ < FAILURES_LISTED)
			failure_row(p, &c, res);
	}
	sl_page_table_end(p);
	if (listed > FAILURES_LISTED)
		sl_text_addf(&p->t, "<p>... and %zu more.</p>\n",
		    listed - FAILURES_LISTED);
}

static void
word_row(struct sl_page *p, const char *key, const char *value)
{
	if (!*value)
		return;
	sl_text_add(&p->t, "<tr><th scope=\"row\">");
	sl_html_text(&p->t, key);
	sl_text_add(&p->t, "</th><td>");
	sl_html_text(&p->t, value);
	sl_text_add(&p->t, "</td></tr>\n");
}

void
sl_page_allocators(struct sl_page *p)
{
	const struct sl_allocators *l = &p->r->manifest.plan.allocators;

	sl_text_add(&p->t, "<h2 id=\"allocators\">Allocators</h2>\n");
	sl_page_table_begin(p, "Allocators", "words");
	sl_text_add(&p->t, "<thead><tr><th scope=\"col\">name</th><th "
			   "scope=\"col\">progress</th><th scope=\"col\">"
			   "order</th><th scope=\"col\">ABA</th><th "
			   "scope=\"col\">reclamation</th><th scope=\"col\">"
			   "relink</th><th scope=\"col\">hold</th><th "
			   "scope=\"col\">options</th><th scope=\"col\">"
			   "from</th></tr></thead>\n<tbody>\n");
	for (size_t a = 0; a < l->n; a++) {
		const json_t *c = p->r->contexts[a];
		const char *percent = sl_json_text(c, "relink_percent");

		sl_text_add(&p->t, "<tr><th scope=\"row\">");
		sl_page_name(p, a);
		sl_text_add(&p->t, "</th>");
		cell(p, sl_json_text(c, "variant_progress"));
		cell(p, sl_json_text(c, "variant_order"));
		cell(p, sl_json_text(c, "variant_aba"));
		cell(p, sl_json_text(c, "variant_reclamation"));
		sl_text_add(&p->t, "<td>");
		if (*percent)
			sl_html_textf(&p->t, "%s %%", percent);
		sl_text_add(&p->t, "</td>");
		cell(p, sl_json_text(c, "hold_pages"));
		cell(p, l->v[a].options);
		sl_text_add(&p->t, "<td>");
		sl_html_text(&p->t, l->v[a].package ? l->v[a].package
				    : l->v[a].path  ? l->v[a].path
						    : "the C library");
		sl_text_add(&p->t, "</td></tr>\n");
	}
	sl_page_table_end(p);
}

static const struct {
	const char *key, *words;
} host_rows[] = {
    {"hostname", "host"},
    {"os", "system"},
    {"kernel", "kernel"},
    {"cpu_model", "CPU"},
    {"cpus_allowed", "CPUs allowed"},
    {"cpus_online", "CPUs online"},
    {"cores", "cores"},
    {"packages", "packages"},
    {"numa_nodes", "NUMA nodes"},
    {"topology", "processors"},
    {"caches", "caches, and who shares them"},
    {"l1d_bytes", "L1 data cache, bytes"},
    {"l2_bytes", "L2 cache, bytes"},
    {"l3_bytes", "L3 cache, bytes"},
    {"memory_bytes", "memory, bytes"},
    {"virtual_machine", "virtual machine"},
    {"governor", "frequency governor"},
    {"cgroup_cpus", "CPUs' worth granted by cgroup"},
    {"thp", "transparent huge pages"},
    {"aslr", "address space randomisation"},
    {"overcommit", "overcommit"},
    {"smt", "SMT active"},
    {"compiler", "compiler"},
    {"gnuplot", "gnuplot"},
};

static void
host_row(struct sl_page *p, const char *words, const json_t *value)
{
	char buf[64];

	if (json_is_string(value)) {
		word_row(p, words, json_string_value(value));
	} else if (json_is_boolean(value)) {
		word_row(p, words, json_is_true(value) ? "yes" : "no");
	} else if (json_is_integer(value)) {
		snprintf(buf, sizeof buf, "%lld",
		    (long long)json_integer_value(value));
		word_row(p, words, buf);
	} else if (json_is_real(value)) {
		snprintf(buf, sizeof buf, "%.2f", json_real_value(value));
		word_row(p, words, buf);
	}
}

static void
session_row(struct sl_page *p, size_t i, const json_t *s)
{
	char *key = sl_printf("session %zu", i + 1);
	const char *job = sl_json_text(s, "job");
	double others = sl_json_number(s, "others_percent", -1);
	char *had = others < 0 ? sl_strdup("")
			       : sl_printf(", %.1f %% had by others", others);
	char *value =
	    *job ? sl_printf("%s to %s, %.0f cells, Slurm job %s",
		       sl_json_text(s, "started"), sl_json_text(s, "ended"),
		       sl_json_number(s, "cells", 0), job)
		 : sl_printf("%s to %s, %.0f cells, load %.2f before and "
			     "%.2f after, %.2f %% of CPU time stolen%s",
		       sl_json_text(s, "started"), sl_json_text(s, "ended"),
		       sl_json_number(s, "cells", 0),
		       sl_json_number(s, "load1_before", -1),
		       sl_json_number(s, "load1_after", -1),
		       sl_json_number(s, "steal_percent", 0), had);

	word_row(p, key, value);
	free(had);
	free(key);
	free(value);
}

/* One of several machines. */
static void
node_row(struct sl_page *p, const struct sl_host *h)
{
	char *summary = sl_host_summary(h->facts);
	char *value = sl_printf("%s: %zu cells on %s",
	    sl_json_text(h->facts, "hostname"), h->cells, summary);

	word_row(p, "node", value);
	free(value);
	free(summary);
}

/* What was asked for, and what the bench says was in force. */
static void
placement_rows(struct sl_page *p, const json_t *context)
{
	const char *note = sl_json_text(context, "pin_note");
	const char *numa = sl_json_text(context, "numa_in_force");
	const char *over = sl_json_text(context, "pin_oversubscribed");
	const char *pin = sl_json_text(context, "pin");
	char *words = sl_printf("%s%s%s", pin,
	    strcmp(pin, "none") ? "; with more threads than CPUs: " : "",
	    !strcmp(pin, "none")    ? ""
	    : !strcmp(over, "wrap") ? "the same CPUs again"
				    : "not at all");

	word_row(p, "threads pinned", words);
	free(words);
	word_row(p, "CPUs in order of use", sl_json_text(context, "pin_order"));
	if (*note)
		word_row(p, "not pinned because", note);
	if (*numa)
		word_row(p, "memory policy", numa);
}

void
sl_page_host(struct sl_page *p)
{
	const struct sl_manifest *m = &p->r->manifest;
	const json_t *s;
	size_t i;

	sl_text_add(&p->t, "<h2 id=\"machine\">Machine</h2>\n"
			   "<details><summary>All facts</summary>\n");
	sl_page_table_begin(p, "Facts of the machine", "words");
	sl_text_add(&p->t, "<tbody>\n");
	for (i = 0; i < sizeof host_rows / sizeof *host_rows; i++)
		host_row(p, host_rows[i].words,
		    json_object_get(m->host, host_rows[i].key));
	word_row(p, "spanlab", m->version);
	word_row(p, "revision", m->revision);
	for (size_t a = 0; a < m->plan.allocators.n; a++) {
		const json_t *c = p->r->contexts[a];

		if (!c)
			continue;
		word_row(p, "bench built by", sl_json_text(c, "compiler"));
		word_row(p, "Google Benchmark", sl_json_text(c, "gb_version"));
		placement_rows(p, c);
		break;
	}
	for (i = 0; i < p->r->hosts.n; i++)
		node_row(p, &p->r->hosts.v[i]);
	json_array_foreach(m->sessions, i, s) session_row(p, i, s);
	sl_page_table_end(p);
	sl_text_add(&p->t, "</details>\n");
}

static void
repeat_command(struct sl_page *p)
{
	const struct sl_plan *plan = &p->r->manifest.plan;
	struct sl_names allocators = {0}, workloads = {0};
	char *a, *w, *t = sl_counts_text(&plan->threads);
	char *rounds = sl_plan_rounds_option(plan);

	for (size_t i = 0; i < plan->allocators.n; i++) {
		const struct sl_allocator *x = &plan->allocators.v[i];
		char *name = x->kind == SL_KIND_PATH
				 ? sl_printf("%s=%s%s", x->base, x->path,
				       x->name + strlen(x->base))
				 : sl_strdup(x->name);

		sl_names_add(&allocators, name);
		free(name);
	}
	for (size_t i = 0; i < plan->workloads.n; i++)
		sl_names_add(&workloads, plan->workloads.v[i].name);
	a = sl_names_join(&allocators, ",");
	w = sl_names_join(&workloads, ",");
	sl_text_add(&p->t, "<p>To repeat it:</p>\n<pre>");
	if (*plan->environment)
		sl_html_textf(
		    &p->t, "SPANLAB_OPTIONS=%s \\\n    ", plan->environment);
	sl_html_textf(&p->t,
	    "spanlab sweep --preset %s --seed %lld --rounds %s \\\n    "
	    "--threads %s \\\n    --allocators %s \\\n    --workloads %s",
	    plan->preset, (long long)plan->seed, rounds, t, a, w);
	free(rounds);
	free(t);
	free(a);
	free(w);
	sl_names_destroy(&allocators);
	sl_names_destroy(&workloads);
	if (*plan->pin)
		sl_html_textf(&p->t, " \\\n    --pin %s", plan->pin);
	if (*plan->numa)
		sl_html_textf(&p->t, " \\\n    --numa %s", plan->numa);
	if (*plan->trace)
		sl_html_textf(&p->t, " \\\n    --trace %s", plan->trace);
	sl_text_add(&p->t, "</pre>\n");
}

/* Options decide how often the list is asked, so they are said first. */
static void
options_in_words(struct sl_page *p)
{
	const struct sl_allocators *l = &p->r->manifest.plan.allocators;
	char *left_out = sl_left_out_text(&p->r->manifest.plan);
	size_t held = 0, variants = 0;

	for (size_t i = 0; i < l->n; i++) {
		variants += l->v[i].kind == SL_KIND_VARIANT;
		held += l->v[i].kind == SL_KIND_VARIANT &&
			sl_spec_has_options(l->v[i].options, "hold=0");
	}
	if (held)
		sl_text_addf(&p->t,
		    "<p>%s ran with <code>hold=0</code>: a thread keeps one "
		    "span for each class, as in Go, so that the list is asked "
		    "as Go asks it. By itself the library also keeps spans "
		    "that ran full, and asks the list less.</p>\n",
		    held == variants ? "The variants" : "Some of the variants");
	if (sl_go_note(&p->r->manifest.plan)) {
		sl_text_add(&p->t, "<p>");
		sl_html_text(&p->t, sl_go_note(&p->r->manifest.plan));
		sl_text_add(&p->t, "</p>\n");
	}
	if (left_out) {
		sl_text_add(&p->t, "<p>");
		sl_html_text(&p->t, left_out);
		sl_text_add(&p->t, "</p>\n");
	}
	free(left_out);
	sl_text_add(&p->t, "<p>The table of allocators has the options of "
			   "each.</p>\n");
}

void
sl_page_method(struct sl_page *p)
{
	const struct sl_plan *plan = &p->r->manifest.plan;
	double chance = sl_stat_ranges_apart_chance(plan->rounds, plan->rounds);
	char *rounds, *method;

	if (p->r->manifest.model) {
		sl_page_vmp_method(p);
		return;
	}
	rounds = sl_plan_rounds_text(plan);
	method = sl_groups_method(plan);
	sl_text_add(&p->t, "<h2 id=\"method\">How it was measured</h2>\n");
	sl_text_addf(&p->t,
	    "<p>One process per cell: one workload, one allocator, one "
	    "thread count. The allocator is preloaded, and the process "
	    "checks which malloc answers. Throughput is all %s divided "
	    "by the time from the common start to the last thread's end. "
	    "With a library of ours every cell ends with a check that no "
	    "span and no object was lost; a cell that fails it has no "
	    "throughput here.</p>\n"
	    "<p>%s of %zu cells. In each round the allocators of a "
	    "workload and thread count run directly one after the other, in "
	    "an order shuffled with seed %lld. Window %g ms, fixed work "
	    "&times;%g.</p>\n",
	    sl_workloads_unit(&plan->workloads), rounds,
	    sl_plan_cells_per_round(plan), (long long)plan->seed,
	    plan->window_s * 1000, plan->scale);
	free(rounds);
	if (method) {
		sl_text_add(&p->t, "<p>");
		sl_html_text(&p->t, method);
		sl_text_add(&p->t, "</p>\n");
		free(method);
	}
	options_in_words(p);
	if (plan->rounds < SL_STAT_BOOTSTRAP_FROM)
		sl_text_addf(&p->t,
		    "<p>Bars and intervals run from the least to the "
		    "greatest round. With %u round%s, the ranges of two "
		    "equally fast allocators fall apart by chance in "
		    "%.0f&nbsp;%% of all comparisons: take single marks as "
		    "hints. <code>--preset full</code> has enough rounds "
		    "for more.</p>\n",
		    plan->rounds, plan->rounds > 1 ? "s" : "", 100 * chance);
	else
		sl_text_add(&p->t,
		    "<p>Bars and intervals are 95&nbsp;% bootstrap intervals "
		    "of the median (2000 resamples, fixed seed).</p>\n");
	repeat_command(p);
}
