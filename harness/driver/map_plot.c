/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map_plot.c - the map of the sets as a picture: a heat map for each number of
 * spans and each time with them in hand, variants by threads.
 *
 * Called by report.c.
 */
#include "harness/driver/map.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/driver/gnuplot.h"
#include "harness/driver/plot_svg.h"

/* In pixels of the SVG; the PNG has twice as many. */
enum {
	WIDTH = 720, /* at least: for the caption */
	NAMES = 136, /* the names of the variants, at the left */
	CELL_W = 52,
	CELL_H = 18,
	GAP = 26,   /* between panels */
	ABOVE = 30, /* a panel's title */
	BELOW = 26, /* its threads */
	HEAD = 86,  /* title and caption of it all */
	FOOT = 16,
};

struct grid {
	const struct sl_map *m;
	enum sl_map_subject subject;
	long batches[64], holds[64]; /* of the rows and the columns */
	size_t nbatches, nholds;
	int width, height;
};

static size_t
index_of(long *v, size_t *n, long x)
{
	for (size_t i = 0; i < *n; i++)
		if (v[i] == x)
			return i;
	if (*n == 64)
		return 63;
	v[*n] = x;
	return (*n)++;
}

static void
make_grid(struct grid *g, const struct sl_map *m, enum sl_map_subject subject)
{
	const struct sl_plan *p = &m->r->manifest.plan;

	*g = (struct grid){.m = m, .subject = subject};
	for (size_t i = 0; i < m->n; i++) {
		index_of(g->batches, &g->nbatches, m->places[i].batch);
		index_of(g->holds, &g->nholds, m->places[i].hold);
	}
	g->width = NAMES + (int)g->nholds * (CELL_W * (int)p->threads.n + GAP);
	if (g->width < WIDTH)
		g->width = WIDTH;
	g->height =
	    HEAD + FOOT +
	    (int)g->nbatches * (ABOVE + BELOW + CELL_H * (int)p->allocators.n);
}

/* "0.3us", "12ms" */
static void
time_text(double ns, char buf[16])
{
	if (ns < 1e3)
		snprintf(buf, 16, "%.0fns", ns);
	else if (ns < 1e6)
		snprintf(buf, 16, "%.*fus", ns < 1e4, ns / 1e3);
	else if (ns < 1e9)
		snprintf(buf, 16, "%.*fms", ns < 1e7, ns / 1e6);
	else
		snprintf(buf, 16, "%.1fs", ns / 1e9);
}

/* What stands in a field, and how deep its colour is: 0..1, NAN for none. */
static double
field(
    const struct grid *g, const struct sl_map_place *p, size_t a, char text[16])
{
	const struct sl_map_value *v = &p->v[a];
	double x;

	snprintf(text, 16, v->timed_out ? "timeout" : "-");
	if (v->mops.n == 0 || p->best == SIZE_MAX)
		return NAN;
	if (g->subject == SL_MAP_THROUGHPUT) {
		x = v->mops.median / p->v[p->best].mops.median;
		snprintf(text, 16, x < 0.01 ? "<1" : "%.0f", 100 * x);
		/* a hundredth is as pale as nothing */
		return fmin(1, fmax(0, 1 + log10(x) / 2));
	}
	if (isnan(v->p9999))
		return NAN;
	time_text(v->p9999, text);
	/* from 100 ns to a second */
	return fmin(1, fmax(0, 1 - (log10(v->p9999) - 2) / 7));
}

/* The colours of a panel's fields, or their words: those on dark ground, on
 * light ground, and where there is no value. */
enum layer { COLOURS, ON_DARK, ON_LIGHT, NO_VALUE, LAYERS };

static void
add_layer(
    struct sl_text *t, const struct grid *g, size_t workload, enum layer layer)
{
	const struct sl_plan *plan = &g->m->r->manifest.plan;

	/* outside the axes: a block must not be empty */
	sl_text_addf(t, "$p%zu_%d << EOD\n", workload, layer);
	if (layer != COLOURS)
		sl_text_add(t, "-9 -9 .\n");
	for (size_t i = 0; i < plan->allocators.n; i++) {
		for (size_t k = 0; k < plan->threads.n; k++) {
			char text[16];
			double depth = field(g,
			    &g->m->places[workload * plan->threads.n + k],
			    g->m->order[i], text);
			enum layer of = isnan(depth)  ? NO_VALUE
					: depth > 0.6 ? ON_DARK
						      : ON_LIGHT;

			if (layer == COLOURS)
				sl_text_addf(t, "%zu %zu %.3f\n", k, i,
				    isnan(depth) ? 0 : depth);
			else if (layer == of)
				sl_text_addf(t, "%zu %zu %s\n", k, i, text);
		}
		if (layer == COLOURS)
			sl_text_add(t, "\n");
	}
	sl_text_add(t, "EOD\n");
}

static void
add_ticks(struct sl_text *t, const struct grid *g, bool names)
{
	const struct sl_map *m = g->m;
	const struct sl_plan *plan = &m->r->manifest.plan;

	sl_text_add(t, "set xtics (");
	for (size_t k = 0; k < plan->threads.n; k++)
		sl_text_addf(t, "%s'%u%s' %zu", k ? ", " : "",
		    plan->threads.v[k], m->places[k].is_over ? "*" : "", k);
	sl_text_addf(t, ") scale 0 font ',11' offset 0,0.4 tc rgb '#%06x'\n",
	    SL_PLOT_SOFT);
	if (!names) {
		sl_text_add(t, "unset ytics\n");
		return;
	}
	sl_text_add(t, "set ytics (");
	for (size_t i = 0; i < plan->allocators.n; i++) {
		size_t a = m->order[i];
		char *name = sl_printf("%s%s", plan->allocators.v[a].name,
		    m->is_bound[a] ? " (bound)" : "");

		sl_text_add(t, i ? ", " : "");
		sl_gnuplot_quote(t, name);
		sl_text_addf(t, " %zu", i);
		free(name);
	}
	sl_text_addf(
	    t, ") scale 0 font ',12' noenhanced tc rgb '#%06x'\n", SL_PLOT_INK);
}

static void
add_panel(struct sl_text *t, struct grid *g, size_t workload)
{
	const struct sl_map *m = g->m;
	const struct sl_plan *plan = &m->r->manifest.plan;
	const struct sl_map_place *p = &m->places[workload * plan->threads.n];
	int row = (int)index_of(g->batches, &g->nbatches, p->batch);
	int col = (int)index_of(g->holds, &g->nholds, p->hold);
	int inner_w = CELL_W * (int)plan->threads.n;
	int inner_h = CELL_H * (int)plan->allocators.n;
	double left = NAMES + col * (inner_w + GAP);
	double top = HEAD + row * (ABOVE + BELOW + inner_h) + ABOVE;

	sl_text_addf(t,
	    "set lmargin at screen %g\nset rmargin at screen %g\n"
	    "set tmargin at screen %g\nset bmargin at screen %g\n",
	    left / g->width, (left + inner_w) / g->width, 1 - top / g->height,
	    1 - (top + inner_h) / g->height);
	sl_text_addf(t,
	    "set title '%ld span%s, %ld ns' font ',13' offset 0,-0.6\n",
	    p->batch, p->batch > 1 ? "s" : "", p->hold);
	add_ticks(t, g, col == 0);
	sl_text_addf(t,
	    "plot $p%zu_0 using 1:2:3 with image pixels notitle, "
	    "$p%zu_1 using 1:2:3 with labels font ',11' tc rgb '#ffffff' "
	    "notitle, "
	    "$p%zu_2 using 1:2:3 with labels font ',11' tc rgb '#222222' "
	    "notitle, "
	    "$p%zu_3 using 1:2:3 with labels font ',10' tc rgb '#8a3a00' "
	    "notitle\nunset label\n",
	    workload, workload, workload, workload);
}

static const char panels[] = "Panels: spans of a visit, ns with them in hand. "
			     "Columns: threads, * more than CPUs.";

static char *
caption(const struct grid *g)
{
	const struct sl_manifest *m = &g->m->r->manifest;

	return sl_printf("%s %s%u round%s.",
	    g->subject == SL_MAP_THROUGHPUT
		? "Throughput in % of the best set there, median of"
		: "p99.99 of the slower of claim and insert, median of",
	    sl_plan_up_to(&m->plan), m->plan.rounds,
	    m->plan.rounds > 1 ? "s" : "");
}

static char *
make_script(struct grid *g)
{
	const struct sl_plan *plan = &g->m->r->manifest.plan;
	char *words = caption(g);
	struct sl_text t = {0};

	for (size_t w = 0; w < plan->workloads.n; w++)
		for (int i = 0; i < LAYERS; i++)
			add_layer(&t, g, w, (enum layer)i);
	sl_text_addf(&t,
	    "set datafile missing 'NaN'\n"
	    "set palette defined (0 '#f6efe2', 0.35 '#f0c987', 0.6 '#7fb3d5', "
	    "1 '#00507d')\nset cbrange [0:1]\nunset colorbox\nset key off\n"
	    "set border 31 lc rgb '#d8d8d8' lw 0.7\n"
	    "set xrange [-0.5:%zu.5]\nset yrange [%zu.5:-0.5]\n"
	    "set multiplot\n"
	    "set label 1 '%s' at screen %g,%g left font ',19'\n"
	    "set label 2 ",
	    plan->threads.n - 1, plan->allocators.n - 1,
	    g->subject == SL_MAP_THROUGHPUT ? "Where each set wins"
					    : "How long the tail is",
	    12.0 / g->width, 1 - 22.0 / g->height);
	sl_gnuplot_quote(&t, words);
	sl_text_addf(&t,
	    " at screen %g,%g left font ',12' noenhanced tc rgb '#%06x'\n"
	    "set label 3 '%s' at screen %g,%g left font ',12' noenhanced tc "
	    "rgb '#%06x'\n",
	    12.0 / g->width, 1 - 46.0 / g->height, SL_PLOT_SOFT, panels,
	    12.0 / g->width, 1 - 64.0 / g->height, SL_PLOT_SOFT);
	for (size_t w = 0; w < plan->workloads.n; w++)
		add_panel(&t, g, w);
	sl_text_add(&t, "unset multiplot\n");
	free(words);
	return t.s;
}

bool
sl_map_plot(const struct sl_map *m, enum sl_map_subject subject, char **svg,
    char **png, size_t *png_len, char **why)
{
	struct sl_names none = {0};
	struct grid g;
	char *script, *raw, *terminal, *words;
	size_t len;

	make_grid(&g, m, subject);
	script = make_script(&g);
	words = caption(&g);
	terminal = sl_printf("set terminal svg size %d,%d font "
			     "'sans-serif,13' dynamic name 'map'",
	    g.width, g.height);
	*svg = *png = NULL;
	raw = sl_gnuplot_run(terminal, script, &len, why);
	free(terminal);
	if (raw) {
		struct sl_plot_words w = {"The map of the sets", words, &none};

		*svg = sl_plot_svg_file(raw, &w);
		free(raw);
		terminal = sl_printf("set terminal pngcairo size %d,%d font "
				     "'sans,13' fontscale 2 linewidth 2 "
				     "background 'white'",
		    2 * g.width, 2 * g.height);
		*png = sl_gnuplot_run(terminal, script, png_len, why);
		free(terminal);
	}
	free(words);
	free(script);
	return *png != NULL;
}
