/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plot.c - throughput plots of a workload, drawn by gnuplot.
 *
 * Called by report.c.  Every text in the script is in single quotes, where
 * gnuplot substitutes nothing, and cleaned of what could end them.
 */
#include "harness/driver/plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/gnuplot.h"
#include "harness/driver/host.h"
#include "harness/driver/look.h"
#include "harness/driver/plot_spread.h"
#include "harness/driver/plot_svg.h"

/* Where the axes are, as parts of the picture. */
static const double LEFT = 0.075, RIGHT = 0.815, TOP = 0.845, BOTTOM = 0.135;
/* Least distance of two labels at the right, as a part of the axis. */
static const double LABEL_STEP = 0.052;

/* One allocator's curve. */
struct curve {
	size_t allocator;
	struct sl_look look;
	const char *reference; /* what it is called as one; NULL: it is none */
	struct sl_spread *at;  /* by thread count; n == 0: no good round */
	double shift;          /* factor that sets its points apart */
	double last_x, last_y;
	double label; /* height of its label, as a part of the axis */
};

struct chart {
	const struct sl_results *r;
	size_t workload;
	enum sl_plot_scope scope;
	struct curve *curves;
	size_t n;
	double x_min, x_max, y_max;
};

/* Each label beside the end of its curve, and all legible. */
static void
place_labels(struct chart *c)
{
	double *at = sl_alloc_array(c->n, sizeof *at);

	for (size_t i = 0; i < c->n; i++)
		at[i] = c->curves[i].last_y / c->y_max;
	sl_plot_spread(at, c->n, LABEL_STEP);
	for (size_t i = 0; i < c->n; i++)
		c->curves[i].label = at[i];
	free(at);
}

static bool
make_curve(struct chart *c, struct curve *curve)
{
	const struct sl_plan *p = &c->r->manifest.plan;
	bool any = false;

	curve->at = sl_alloc_array(p->threads.n, sizeof *curve->at);
	for (size_t t = 0; t < p->threads.n; t++) {
		curve->at[t] = sl_results_throughput(
		    c->r, c->workload, curve->allocator, t);
		if (curve->at[t].n == 0)
			continue;
		any = true;
		curve->last_x = p->threads.v[t];
		curve->last_y = curve->at[t].median;
		if (curve->at[t].in.hi > c->y_max)
			c->y_max = curve->at[t].in.hi;
	}
	return any;
}

static bool
in_scope(const struct chart *c, size_t allocator)
{
	return c->scope == SL_PLOT_ALL ||
	       sl_allocator_is_ours(
		   &c->r->manifest.plan.allocators.v[allocator]);
}

static void
make_chart(struct chart *c, const struct sl_results *r, size_t workload,
    enum sl_plot_scope scope)
{
	const struct sl_plan *p = &r->manifest.plan;
	struct sl_look *looks = sl_look_assign(&p->allocators);
	double first, last, apart;

	*c = (struct chart){.r = r, .workload = workload, .scope = scope};
	c->curves = sl_alloc_array(p->allocators.n, sizeof *c->curves);
	first = p->threads.v[0];
	last = p->threads.v[p->threads.n - 1];
	c->x_min = first / (first < last ? 1.19 : 2);
	c->x_max = last * (first < last ? 1.19 : 2);
	/* neighbours half a percent of the axis apart, if that leaves all
	 * within the axes */
	apart = fmin(
	    0.0045 * log2(c->x_max / c->x_min), 0.4 / (double)p->allocators.n);
	for (size_t a = 0; a < p->allocators.n; a++) {
		struct curve *curve = &c->curves[c->n];

		*curve = (struct curve){.allocator = a,
		    .look = looks[a],
		    .reference = sl_results_reference(r, a)};
		if (curve->reference) {
			curve->look.dash = "(2,6)";
			curve->look.width = 1.2;
		}
		if (in_scope(c, a) && make_curve(c, curve))
			c->n++;
		else
			free(curve->at);
	}
	for (size_t i = 0; i < c->n; i++)
		c->curves[i].shift =
		    exp2(apart * ((double)i - ((double)c->n - 1) / 2));
	if (!(c->y_max > 0))
		c->y_max = 1;
	c->y_max *= 1.13; /* room for the words at the top */
	place_labels(c);
	free(looks);
}

static void
destroy_chart(struct chart *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->curves[i].at);
	free(c->curves);
}

static void
add_data(struct sl_text *t, const struct chart *c)
{
	const struct sl_plan *p = &c->r->manifest.plan;

	for (size_t i = 0; i < c->n; i++) {
		const struct curve *v = &c->curves[i];

		sl_text_addf(t, "$d%zu << EOD\n", i);
		for (size_t k = 0; k < p->threads.n; k++)
			if (v->at[k].n)
				sl_text_addf(t, "%.9g %.9g %.9g %.9g\n",
				    p->threads.v[k] * v->shift, v->at[k].median,
				    v->at[k].in.lo, v->at[k].in.hi);
			else
				sl_text_add(t, "\n");
		sl_text_add(t, "EOD\n");
	}
}

/* Titles above the axes; `caption` says what is drawn. */
static void
add_titles(struct sl_text *t, const struct chart *c)
{
	const struct sl_manifest *m = &c->r->manifest;
	const struct sl_workload *w = &m->plan.workloads.v[c->workload];
	const char *model = sl_json_text(m->host, "cpu_model");
	unsigned cpus = sl_host_cpus(m->host);
	char *line;

	sl_text_add(t, "set label 1 ");
	line = sl_printf("%s%s%s", w->name, m->model ? ", modelled" : "",
	    c->scope == SL_PLOT_VARIANTS ? ", the variants" : "");
	sl_gnuplot_quote(t, line);
	free(line);
	sl_text_addf(t,
	    " at screen %g,0.953 left font ',21' noenhanced tc rgb "
	    "'#%06x'\n",
	    LEFT, SL_PLOT_INK);
	line = sl_printf("%u CPU%s, %.60s, %.40s. Median of %s%u %s%s; "
			 "bars: %s.",
	    cpus, cpus > 1 ? "s" : "", *model ? model : "model unknown",
	    sl_json_text(m->host, "kernel"), sl_plan_up_to(&m->plan),
	    m->plan.rounds, m->model ? "seed" : "round",
	    m->plan.rounds > 1 ? "s" : "",
	    m->model ? "what is unknown of such a machine"
	    : m->plan.rounds < SL_STAT_BOOTSTRAP_FROM
		? "least to greatest"
		: "95 % interval of the median");
	sl_text_add(t, "set label 2 ");
	sl_gnuplot_quote(t, line);
	sl_text_addf(t,
	    " at screen %g,0.898 left font ',12' noenhanced tc rgb "
	    "'#%06x'\n",
	    LEFT, SL_PLOT_SOFT);
	free(line);
}

/* The region where threads share CPUs. */
static void
add_shade(struct sl_text *t, const struct chart *c)
{
	unsigned cpus = sl_host_cpus(c->r->manifest.host);
	const struct sl_counts *threads = &c->r->manifest.plan.threads;
	double from = cpus * exp2(0.25), part;

	if (threads->v[threads->n - 1] <= cpus)
		return;
	if (from > c->x_max / 1.1)
		from = c->x_max / 1.1;
	if (from < c->x_min)
		from = c->x_min;
	part = log2(c->x_max / from) / log2(c->x_max / c->x_min);
	sl_text_addf(t,
	    "set object 1 rectangle from %g,graph 0 to %g,graph 1 fc rgb "
	    "'#%06x' fs solid noborder behind\n",
	    from, c->x_max, SL_PLOT_SHADE);
	if (part > 0.42)
		sl_text_addf(t,
		    "set label 3 'oversubscribed: more threads than CPUs (%u)' "
		    "at %g,graph 0.96 left offset 1,0 font ',13' tc rgb "
		    "'#%06x'\n",
		    cpus, from, SL_PLOT_SOFT);
	else
		sl_text_addf(t,
		    "set label 3 'oversubscribed:' at graph 0.99,graph 0.96 "
		    "right font ',13' tc rgb '#%06x'\n"
		    "set label 4 'more threads than CPUs (%u)' at graph "
		    "0.99,graph 0.91 right font ',13' tc rgb '#%06x'\n",
		    SL_PLOT_SOFT, cpus, SL_PLOT_SOFT);
}

static void
add_axes(struct sl_text *t, const struct chart *c)
{
	const struct sl_counts *threads = &c->r->manifest.plan.threads;
	double last = 0;

	sl_text_addf(t,
	    "set lmargin at screen %g\nset rmargin at screen %g\n"
	    "set tmargin at screen %g\nset bmargin at screen %g\n"
	    "set border 3 lc rgb '#%06x' lw 1\n"
	    "set tics out nomirror tc rgb '#%06x'\n"
	    "set grid ytics lt 1 lw 0.7 lc rgb '#%06x'\n"
	    "set logscale x 2\nset xrange [%g:%g]\nset yrange [0:%g]\n"
	    "set format y '%%g'\nset xtics scale 0.6\nset ytics scale 0\n"
	    "set ylabel 'million %s per second' offset 0.5,0 tc rgb "
	    "'#%06x'\n"
	    "set xlabel 'threads (logarithmic)' offset 0,0.5 tc rgb "
	    "'#%06x'\n",
	    LEFT, RIGHT, TOP, BOTTOM, SL_PLOT_SOFT, SL_PLOT_INK, SL_PLOT_GRID,
	    c->x_min, c->x_max, c->y_max,
	    sl_workloads_unit(&c->r->manifest.plan.workloads), SL_PLOT_INK,
	    SL_PLOT_INK);
	sl_text_add(t, "set xtics (");
	for (size_t i = 0; i < threads->n; i++) {
		/* numbers that would run into each other are left out */
		if (last > 0 && log2(threads->v[i] / last) <
				    0.4 * log2(c->x_max / c->x_min) / 10)
			continue;
		sl_text_addf(t, "%s%u", last > 0 ? ", " : "", threads->v[i]);
		last = threads->v[i];
	}
	sl_text_add(t, ")\nset key off\n");
}

/* Names at the right end, each joined with its curve. */
static void
add_labels(struct sl_text *t, const struct chart *c)
{
	const struct sl_plan *p = &c->r->manifest.plan;

	for (size_t i = 0; i < c->n; i++) {
		const struct curve *v = &c->curves[i];
		char where[64], *line;

		snprintf(
		    where, sizeof where, "graph 1.033,graph %.4f", v->label);
		sl_text_addf(t,
		    "set arrow %zu from %.6g,%.6g to graph 1.022,graph %.4f "
		    "nohead lw 0.8 lc rgb '#%06x'\n",
		    10 + i, v->last_x * v->shift, v->last_y, v->label,
		    v->look.light);
		sl_text_addf(t, "set label %zu ", 10 + i);
		line = sl_printf("%s%s%s%s", p->allocators.v[v->allocator].name,
		    v->reference ? " (" : "", v->reference ? v->reference : "",
		    v->reference ? ")" : "");
		sl_gnuplot_quote(t, line);
		free(line);
		sl_text_addf(t,
		    " at graph 1.058,graph %.4f left noenhanced tc rgb "
		    "'#%06x'\n",
		    v->label, v->look.light);
		sl_text_addf(t,
		    "set label %zu '' at %s point pt %d ps 0.9 lc rgb "
		    "'#%06x'\n",
		    1000 + i, where, v->look.point, v->look.light);
	}
}

static void
add_plot(struct sl_text *t, const struct chart *c)
{
	sl_text_add(t, "plot ");
	for (size_t i = 0; i < c->n; i++) {
		const struct curve *v = &c->curves[i];

		sl_text_addf(t,
		    "%s$d%zu using 1:3:(0):($4-$3) with vectors nohead lw %g "
		    "lc rgb '#70%06x' notitle, "
		    "$d%zu using 1:2 with linespoints lw %g dt %s pt %d ps "
		    "0.8 lc rgb '#%06x' notitle",
		    i ? ", " : "", i, v->look.width * 0.6, v->look.light, i,
		    v->look.width, v->look.dash, v->look.point, v->look.light);
	}
	if (c->n == 0)
		sl_text_add(t, "NaN notitle");
	sl_text_add(t, "\n");
}

static char *
make_script(const struct chart *c)
{
	struct sl_text t = {0};

	add_data(&t, c);
	add_titles(&t, c);
	add_axes(&t, c);
	add_shade(&t, c);
	add_labels(&t, c);
	add_plot(&t, c);
	return t.s;
}

static char *
describe(const struct chart *c)
{
	const struct sl_plan *p = &c->r->manifest.plan;
	struct sl_text t = {0};

	sl_text_addf(&t,
	    "Throughput in million %s per second at %u to %u threads. "
	    "At the most threads:",
	    sl_workloads_unit(&p->workloads), p->threads.v[0],
	    p->threads.v[p->threads.n - 1]);
	for (size_t i = 0; i < c->n; i++)
		sl_text_addf(&t, "%s %s %.3g", i ? "," : "",
		    p->allocators.v[c->curves[i].allocator].name,
		    c->curves[i].last_y);
	sl_text_add(&t, ". The table below has all values.");
	return t.s;
}

bool
sl_plot_make(const struct sl_results *r, size_t workload,
    enum sl_plot_scope scope, struct sl_plot *plot, char **why)
{
	const struct sl_plan *p = &r->manifest.plan;
	struct sl_names series = {0};
	struct chart c;
	char *script, *raw, *title, *description;
	size_t len;

	*plot = (struct sl_plot){0};
	make_chart(&c, r, workload, scope);
	script = make_script(&c);
	for (size_t i = 0; i < c.n; i++)
		sl_names_add(
		    &series, p->allocators.v[c.curves[i].allocator].name);
	raw = sl_gnuplot_run("set terminal svg size 960,540 font "
			     "'sans-serif,15' dynamic name 'plot'",
	    script, &len, why);
	if (raw) {
		title = sl_printf("%s%s: throughput by threads",
		    p->workloads.v[workload].name,
		    scope == SL_PLOT_VARIANTS ? ", the variants" : "");
		description = describe(&c);
		struct sl_plot_words words = {title, description, &series};

		plot->svg = sl_plot_svg_file(raw, &words);
		free(title);
		free(description);
		free(raw);
		plot->png = sl_gnuplot_run(
		    "set terminal pngcairo size 1920,1080 font 'sans,15' "
		    "fontscale 1.5 linewidth 2 pointscale 2.6 background "
		    "'white'",
		    script, &plot->png_len, why);
	}
	free(script);
	sl_names_destroy(&series);
	destroy_chart(&c);
	return plot->png != NULL;
}

char *
sl_plot_name(const char *workload, enum sl_plot_scope scope)
{
	return sl_printf(
	    "%s%s", workload, scope == SL_PLOT_VARIANTS ? ".variants" : "");
}

void
sl_plot_destroy(struct sl_plot *plot)
{
	free(plot->svg);
	free(plot->png);
	*plot = (struct sl_plot){0};
}
