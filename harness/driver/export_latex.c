/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * export_latex.c - the medians of a sweep as LaTeX tables.
 *
 * Called by export_tex.c.  WORKLOAD.tex is a table for a paper, which needs
 * the package booktabs alone; tables.tex is a document with all of them.
 */
#include <math.h>
#include <stdlib.h>

#include "harness/driver/export_tex.h"
#include "harness/driver/host.h"
#include "harness/driver/verdict.h"
#include "harness/driver/winner.h"

static bool
is_over(const struct sl_results *r, size_t threads)
{
	return r->manifest.plan.threads.v[threads] >
	       sl_host_cpus(r->manifest.host);
}

/* Three digits at least, without exponents. */
static void
number(struct sl_text *t, double v)
{
	sl_text_addf(t, "%.*f", v >= 99.95 ? 0 : v >= 9.995 ? 1 : 2, v);
}

static void
table_cell(struct sl_text *t, const struct sl_results *r, size_t workload,
    size_t a, size_t threads)
{
	static const char *const marks[] = {[SL_TOO_FEW] = "",
	    [SL_NO_DIFFERENCE] = "",
	    [SL_FASTER] = "$^{+}$",
	    [SL_SLOWER] = "$^{-}$"};
	struct sl_compared c = sl_verdict_compare(r, workload, a, threads);
	struct sl_winner w;
	bool wins;

	if (c.spread.n == 0) {
		sl_text_add(t, " & --");
		return;
	}
	w = sl_winner_find(r, workload, threads, SL_FIELD_ALL);
	wins = w.win == SL_WIN_CERTAIN && w.allocator == a;
	sl_text_add(t, wins ? " & \\textbf{" : " & ");
	number(t, c.spread.median);
	sl_text_addf(t, "%s%s", wins ? "}" : "", marks[c.verdict]);
	sl_winner_destroy(&w);
}

/* One row for each allocator, for there are more of them than of columns that
 * a page has room for. */
static void
tabular(struct sl_text *t, const struct sl_results *r, size_t workload)
{
	const struct sl_plan *p = &r->manifest.plan;

	sl_text_add(t, "\\begin{tabular}{l");
	for (size_t k = 0; k < p->threads.n; k++)
		sl_text_add(t, "r");
	sl_text_addf(t,
	    "}\n\\toprule\n & \\multicolumn{%zu}{c}{threads} \\\\\n"
	    "\\cmidrule(l){2-%zu}\n",
	    p->threads.n, p->threads.n + 1);
	for (size_t k = 0; k < p->threads.n; k++)
		sl_text_addf(t, " & %u%s", p->threads.v[k],
		    is_over(r, k) ? "$^{*}$" : "");
	sl_text_add(t, " \\\\\n\\midrule\n");
	for (size_t a = 0; a < p->allocators.n; a++) {
		sl_tex_text(t, p->allocators.v[a].name);
		if (sl_results_reference(r, a))
			sl_text_addf(t, " (%s)", sl_results_reference(r, a));
		for (size_t k = 0; k < p->threads.n; k++)
			table_cell(t, r, workload, a, k);
		sl_text_add(t, " \\\\\n");
	}
	sl_text_add(t, "\\bottomrule\n\\end{tabular}\n");
}

static void
table_notes(struct sl_text *t, const struct sl_results *r)
{
	const struct sl_plan *p = &r->manifest.plan;

	sl_text_add(t, "\n\\medskip\n\\begin{minipage}{0.95\\linewidth}"
		       "\\footnotesize\\raggedright\n$^{+}$, $^{-}$: faster, "
		       "slower than ");
	sl_tex_text(t, p->allocators.v[sl_verdict_baseline(p)].name);
	sl_text_addf(t,
	    ", by more than %.0f\\,\\%% and by the signed ranks of the ratios "
	    "within rounds ($p \\le 0.05$; with fewer than six rounds, medians "
	    "whose intervals do not overlap%s). Bold: faster than all others, "
	    "by the same. $^{*}$: more threads than CPUs.\n",
	    100 * SL_MIN_EFFECT,
	    p->rounds < 3 ? "; with fewer than three, nothing is marked" : "");
	sl_tex_notes(t, r);
	sl_text_add(t, "\\end{minipage}\n");
}

static bool
write_table(const struct sl_results *r, size_t workload, const char *dir)
{
	const struct sl_plan *p = &r->manifest.plan;
	const char *name = p->workloads.v[workload].name;
	char *rounds = sl_plan_rounds_text(p);
	struct sl_text t = {0};

	sl_tex_head(&t, r, "A table of spanlab export; needs booktabs.");
	sl_text_add(&t, "\\begin{table}[htbp]\n\\centering\n\\caption{");
	sl_tex_textf(&t, "%s: million %s per second, median of %s.", name,
	    sl_workloads_unit(&p->workloads), rounds);
	free(rounds);
	sl_text_addf(&t, "}\n\\label{tab:spanlab-%zu}\n", workload + 1);
	tabular(&t, r, workload);
	table_notes(&t, r);
	sl_text_add(&t, "\\end{table}\n");
	return sl_tex_write(dir, name, "tex", &t);
}

static bool
write_document(const struct sl_results *r, const char *dir)
{
	const struct sl_workloads *l = &r->manifest.plan.workloads;
	struct sl_text t = {0};

	sl_tex_head(&t, r, "All tables of spanlab export.");
	sl_text_add(&t,
	    "\\documentclass[a4paper]{article}\n\\usepackage{booktabs}\n"
	    "\\usepackage[margin=20mm]{geometry}\n\\begin{document}\n");
	for (size_t w = 0; w < l->n; w++)
		sl_text_addf(
		    &t, "\\input{%s.tex}\n\\clearpage\n", l->v[w].name);
	sl_text_add(&t, "\\end{document}\n");
	return sl_tex_write(dir, "tables", "tex", &t);
}

bool
sl_export_latex(const struct sl_results *r, const char *dir)
{
	for (size_t w = 0; w < r->manifest.plan.workloads.n; w++)
		if (!write_table(r, w, dir))
			return false;
	return write_document(r, dir);
}
