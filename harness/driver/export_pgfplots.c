/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * export_pgfplots.c - throughput over threads as plots of pgfplots.
 *
 * Called by export_tex.c.  WORKLOAD.tex is a picture for a paper and reads its
 * numbers from WORKLOAD.dat; plots.tex is a document with all of them.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/export_tex.h"
#include "harness/driver/host.h"
#include "harness/driver/look.h"

/* The numbers: three columns for each allocator. */
static bool
write_data(const struct sl_results *r, size_t workload, const char *dir)
{
	const struct sl_plan *p = &r->manifest.plan;
	struct sl_text t = {0};

	sl_text_add(&t, "# medians, and how far below and above them the "
			"interval goes\n");
	for (size_t a = 0; a < p->allocators.n; a++)
		sl_text_addf(&t, "# a%zu: %s\n", a, p->allocators.v[a].name);
	sl_text_add(&t, "threads");
	for (size_t a = 0; a < p->allocators.n; a++)
		sl_text_addf(&t, " a%zu a%zulow a%zuhigh", a, a, a);
	sl_text_add(&t, "\n");
	for (size_t k = 0; k < p->threads.n; k++) {
		sl_text_addf(&t, "%u", p->threads.v[k]);
		for (size_t a = 0; a < p->allocators.n; a++) {
			struct sl_spread s =
			    sl_results_throughput(r, workload, a, k);

			if (s.n == 0)
				sl_text_add(&t, " nan nan nan");
			else
				sl_text_addf(&t, " %.6g %.6g %.6g", s.median,
				    fmax(s.median - s.in.lo, 0),
				    fmax(s.in.hi - s.median, 0));
		}
		sl_text_add(&t, "\n");
	}
	return sl_tex_write(dir, p->workloads.v[workload].name, "dat", &t);
}

/* pgfplots' markers, by gnuplot's: an open one before the filled one. */
static const char *
marker_of(const struct sl_look *look)
{
	static const char *const marks[] = {"square", "square*", "o", "*",
	    "triangle", "triangle*", "triangle", "triangle*", "diamond",
	    "diamond*", "pentagon", "pentagon*"};
	int i = look->point - 4;

	return marks[i < 0 || i > 11 ? 2 : i];
}

/* "(9,4)": 9 on, 4 off. */
static void
dash(struct sl_text *t, const char *of)
{
	bool on = true;
	char *end;

	if (of[0] != '(')
		return;
	sl_text_add(t, ", dash pattern=");
	for (const char *s = of + 1; *s; s = *end ? end + 1 : end) {
		double len = strtod(s, &end);

		if (end == s)
			break;
		sl_text_addf(t, "%s %gpt ", on ? "on" : "off", len / 2);
		on = !on;
	}
}

static void
series(struct sl_text *t, const struct sl_results *r, size_t workload, size_t a,
    const struct sl_look *look)
{
	const struct sl_plan *p = &r->manifest.plan;
	bool down = look->point == 10 || look->point == 11;

	sl_text_addf(t,
	    "\\addplot[color=spanlab%s, mark=%s, mark options={solid%s}, "
	    "line width=%.2gpt",
	    look->key, marker_of(look), down ? ", rotate=180" : "",
	    look->width / 2.5);
	dash(t, sl_results_reference(r, a) ? "(2,6)" : look->dash);
	sl_text_addf(t,
	    ", error bars/.cd, y dir=both, y explicit, error bar style={solid}]"
	    "\n  table[x=threads, y=a%zu, y error minus=a%zulow, "
	    "y error plus=a%zuhigh] {%s.dat};\n\\addlegendentry{",
	    a, a, a, p->workloads.v[workload].name);
	sl_tex_text(t, p->allocators.v[a].name);
	if (sl_results_reference(r, a))
		sl_text_addf(t, " (%s)", sl_results_reference(r, a));
	sl_text_add(t, "}\n");
}

static void
axis_begin(struct sl_text *t, const struct sl_results *r)
{
	const struct sl_plan *p = &r->manifest.plan;
	unsigned cpus = sl_host_cpus(r->manifest.host);
	unsigned first = p->threads.v[0], last = p->threads.v[p->threads.n - 1];
	double beyond = first < last ? 1.25 : 2;

	sl_text_addf(t,
	    "\\begin{axis}[width=0.75\\linewidth, height=0.5\\linewidth, "
	    "xmode=log, log basis x=2,\n  xmin=%g, xmax=%g, ymin=0, "
	    "xlabel={threads}, ylabel={million %s per second},\n  xtick={",
	    first / beyond, last * beyond, sl_workloads_unit(&p->workloads));
	for (size_t k = 0; k < p->threads.n; k++)
		sl_text_addf(t, "%s%u", k ? "," : "", p->threads.v[k]);
	sl_text_add(t, "}, xticklabels={");
	for (size_t k = 0; k < p->threads.n; k++)
		sl_text_addf(t, "%s%u", k ? "," : "", p->threads.v[k]);
	sl_text_add(t, "}, minor x tick num=0, ymajorgrids,\n  legend "
		       "pos=outer north east, legend cell align=left, legend "
		       "style={draw=none, font=\\small}]\n");
	if (last > cpus)
		sl_text_addf(t,
		    "%% more threads than CPUs\n\\path[fill=black, fill "
		    "opacity=0.06] "
		    "({axis cs:%g,0} |- {rel axis cs:0,0}) rectangle "
		    "({rel axis cs:1,1});\n",
		    fmax(cpus * exp2(0.3), first / beyond));
}

static void
colours(struct sl_text *t, const struct sl_look *looks, size_t n)
{
	for (size_t i = 0; i < SL_LOOKS; i++) {
		size_t a = 0;

		while (a < n && strcmp(looks[a].key, sl_looks[i].key))
			a++;
		if (a < n)
			sl_text_addf(t,
			    "\\definecolor{spanlab%s}{HTML}{%06X}\n",
			    sl_looks[i].key, sl_looks[i].light);
	}
}

static bool
write_plot(const struct sl_results *r, size_t workload, const char *dir,
    const struct sl_look *looks)
{
	const struct sl_plan *p = &r->manifest.plan;
	struct sl_text t = {0};

	sl_tex_head(&t, r, "A plot of spanlab export; needs pgfplots.");
	colours(&t, looks, p->allocators.n);
	sl_text_add(&t, "\\begin{tikzpicture}\n");
	axis_begin(&t, r);
	for (size_t a = 0; a < p->allocators.n; a++)
		series(&t, r, workload, a, &looks[a]);
	sl_text_add(&t, "\\end{axis}\n\\end{tikzpicture}\n");
	return sl_tex_write(dir, p->workloads.v[workload].name, "tex", &t);
}

static bool
write_document(const struct sl_results *r, const char *dir)
{
	const struct sl_plan *p = &r->manifest.plan;
	char *rounds = sl_plan_rounds_text(p);
	struct sl_text t = {0};

	sl_tex_head(&t, r, "All plots of spanlab export.");
	sl_text_add(&t,
	    "\\documentclass[a4paper]{article}\n\\usepackage{pgfplots}\n"
	    "\\pgfplotsset{compat=1.15}\n\\usepackage[margin=20mm]{geometry}\n"
	    "\\begin{document}\n");
	for (size_t w = 0; w < p->workloads.n; w++) {
		const char *name = p->workloads.v[w].name;

		sl_text_addf(&t,
		    "\\begin{figure}[htbp]\n\\centering\n\\input{%s.tex}\n"
		    "\\caption{",
		    name);
		sl_tex_textf(&t,
		    "%s: medians of %s; bars: %s. Shaded: more threads than "
		    "CPUs. ",
		    name, rounds,
		    r->manifest.model ? "what is unknown of such a machine"
		    : p->rounds < SL_STAT_BOOTSTRAP_FROM
			? "least to greatest"
			: "95 % interval of the median");
		sl_tex_notes(&t, r);
		sl_text_add(&t, "}\n\\end{figure}\n\\clearpage\n");
	}
	sl_text_add(&t, "\\end{document}\n");
	free(rounds);
	return sl_tex_write(dir, "plots", "tex", &t);
}

bool
sl_export_pgfplots(const struct sl_results *r, const char *dir)
{
	struct sl_look *looks = sl_look_assign(&r->manifest.plan.allocators);
	bool good = true;

	for (size_t w = 0; good && w < r->manifest.plan.workloads.n; w++)
		good = write_data(r, w, dir) && write_plot(r, w, dir, looks);
	free(looks);
	return good && write_document(r, dir);
}
