/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * panel_svg.c - a panel as SVG within a page.
 *
 * Called by page_panels.c.  What is drawn here stands without a script;
 * page.js draws axes and curves again, by the same rules, when the reader
 * turns a switch: `data-box` and `data-x` say where the axes are, `data-log`
 * that values are logarithmic whatever the switch says, `data-m` is the marker
 * of a series.
 */
#include "harness/driver/panel_svg.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/host.h"
#include "harness/driver/html.h"
#include "harness/driver/plot_spread.h"
#include "harness/driver/scale.h"

struct axes {
	double w, h;                     /* of the picture */
	double left, right, top, bottom; /* of the plot within it */
	struct sl_scale x, y;
	double font;
	bool is_wide;
};

/* Sideways distance of neighbours at one thread count, so that bars can be
 * told apart. */
static const double APART = 2.2;

/* A cross that begins where the pen is. */
#define KNEE "m-5-5l10 10m-10 0l10-10"

static double
px(const struct axes *x, double threads)
{
	return sl_scale_at(&x->x, threads);
}

static double
py(const struct axes *x, double v)
{
	return sl_scale_at(&x->y, x->y.is_log ? fmax(v, x->y.from) : v);
}

static double
shift_of(const struct sl_results *r, size_t allocator)
{
	return APART * ((double)allocator -
			   ((double)r->manifest.plan.allocators.n - 1) / 2);
}

static struct axes
make_axes(const struct sl_results *r, const struct sl_panel_data *d, bool wide)
{
	const struct sl_counts *threads = &r->manifest.plan.threads;
	double first = threads->v[0], last = threads->v[threads->n - 1];
	double beyond = first < last ? 1.25 : 2;
	struct axes x = {.w = wide ? 960 : 470,
	    .h = wide ? 400 : 270,
	    .left = 52,
	    .right = wide ? 800 : 460,
	    .top = 12,
	    .bottom = wide ? 352 : 226,
	    .font = wide ? 14 : 12.5,
	    .is_wide = wide};

	x.x = (struct sl_scale){
	    first / beyond, last * beyond, x.left, x.right, true};
	x.y = (struct sl_scale){.first = x.bottom, .last = x.top};
	if (d->panel->is_log && d->lo >= 0 && isfinite(d->least))
		sl_scale_fit_log(&x.y, d->least, d->hi);
	else
		sl_scale_fit(&x.y, d->lo, d->hi, wide ? 0.09 : 0.05);
	return x;
}

static void
add_shade(struct sl_text *t, const struct sl_results *r, const struct axes *x)
{
	unsigned cpus = sl_host_cpus(r->manifest.host);
	const struct sl_counts *threads = &r->manifest.plan.threads;
	double from;

	if (threads->v[threads->n - 1] <= cpus)
		return;
	from = fmax(px(x, cpus * exp2(0.3)), x->left);
	sl_text_addf(t,
	    "<g class=\"shade\" data-cpus=\"%u\"><rect x=\"%.1f\" y=\"%.1f\" "
	    "width=\"%.1f\" height=\"%.1f\"/>",
	    cpus, from, x->top, x->right - from, x->bottom - x->top);
	if (x->is_wide)
		sl_text_addf(t,
		    "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">"
		    "%s%u CPU%s</text>",
		    x->right - 8, x->top + 16,
		    x->right - from > 22 * x->font
			? "oversubscribed: more threads than "
			: "over ",
		    cpus, cpus > 1 ? "s" : "");
	sl_text_add(t, "</g>\n");
}

static void
add_axes(struct sl_text *t, const struct sl_results *r, const struct axes *x)
{
	const struct sl_counts *threads = &r->manifest.plan.threads;
	double ticks[SL_SCALE_TICKS], last = -1e9;
	size_t n = sl_scale_ticks(&x->y, x->is_wide ? 6 : 4, ticks);

	sl_text_add(t, "<g class=\"axes\">");
	for (size_t i = 0; i < n; i++)
		sl_text_addf(t,
		    "<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/><text x=\""
		    "%.1f\" y=\"%.1f\" text-anchor=\"end\">%.6g</text>",
		    x->left, py(x, ticks[i]), x->right, x->left - 0.6 * x->font,
		    py(x, ticks[i]) + x->font * 0.35, ticks[i]);
	for (size_t i = 0; i < threads->n; i++) {
		double at = px(x, threads->v[i]);

		if (at - last < 2.2 * x->font)
			continue;
		last = at;
		sl_text_addf(t,
		    "<path d=\"M%.1f %.1fv5\"/><text x=\"%.1f\" y=\"%.1f\" "
		    "text-anchor=\"middle\">%u</text>",
		    at, x->bottom, at, x->bottom + 8 + x->font, threads->v[i]);
	}
	sl_text_addf(t, "<path d=\"M%.1f %.1fV%.1fH%.1f\"/></g>\n", x->left,
	    x->top, x->bottom, x->right);
	sl_text_addf(t,
	    "<text class=\"xname\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\""
	    ">threads</text>\n",
	    (x->left + x->right) / 2, x->h - 4);
}

/* A path that begins where the pen is: gnuplot's markers by their number, an
 * open one before the filled one. */
const char *
sl_panel_marker(const struct sl_look *look)
{
	static const char *const shapes[] = {
	    "m-3.6-3.6h7.2v7.2h-7.2z",
	    "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
	    "m0-5l4.7 8.2h-9.4z",
	    "m0 5l4.7-8.2h-9.4z",
	    "m0-5.2l5.2 5.2l-5.2 5.2l-5.2-5.2z",
	    "m0-4.8l4.6 3.3l-1.8 5.4h-5.6l-1.8-5.4z",
	};
	int i = (look->point - 4) / 2;

	return shapes[i < 0 || i > 5 ? 1 : i];
}

static void
add_line(struct sl_text *t, const struct sl_results *r,
    const struct sl_panel_data *d, const struct axes *x, size_t a)
{
	const struct sl_counts *threads = &r->manifest.plan.threads;
	double by = shift_of(r, a);
	bool pen = false;

	sl_text_add(t, "<path class=\"line\" d=\"");
	for (size_t k = 0; k < threads->n; k++) {
		const struct sl_spread *s = sl_panel_at(r, d, a, k);

		if (s->n)
			sl_text_addf(t, "%c%.1f %.1f", pen ? 'L' : 'M',
			    px(x, threads->v[k]) + by, py(x, s->median));
		pen = s->n;
	}
	sl_text_add(t, "\"/>");
}

/* Whether a series has an area for its interval, and not bars: that of a
 * model goes on between its points. */
static bool
is_band(const struct sl_results *r, const struct sl_panel_data *d)
{
	return r->manifest.model && d->panel == &sl_panels[SL_PANEL_THROUGHPUT];
}

static void
add_band(struct sl_text *t, const struct sl_results *r,
    const struct sl_panel_data *d, const struct axes *x, size_t a)
{
	const struct sl_counts *threads = &r->manifest.plan.threads;
	double by = shift_of(r, a);
	char pen = 'M';

	sl_text_add(t, "<path class=\"bar band\" d=\"");
	for (size_t i = 0; i < 2 * threads->n; i++) {
		bool back = i >= threads->n;
		size_t k = back ? 2 * threads->n - 1 - i : i;
		const struct sl_spread *s = sl_panel_at(r, d, a, k);

		if (s->n == 0)
			continue;
		sl_text_addf(t, "%c%.1f %.1f", pen, px(x, threads->v[k]) + by,
		    py(x, back ? s->in.lo : s->in.hi));
		pen = 'L';
	}
	sl_text_add(t, "z\"/>");
}

static void
add_bars(struct sl_text *t, const struct sl_results *r,
    const struct sl_panel_data *d, const struct axes *x, size_t a)
{
	const struct sl_counts *threads = &r->manifest.plan.threads;
	double by = shift_of(r, a);

	sl_text_add(t, "<path class=\"bar\" d=\"");
	for (size_t k = 0; k < threads->n; k++) {
		const struct sl_spread *s = sl_panel_at(r, d, a, k);

		if (s->n)
			sl_text_addf(t, "M%.1f %.1fV%.1f",
			    px(x, threads->v[k]) + by, py(x, s->in.lo),
			    py(x, s->in.hi));
	}
	sl_text_add(t, "\"/>");
}

static void
add_points(struct sl_text *t, const struct sl_results *r,
    const struct sl_panel_data *d, const struct axes *x, size_t a,
    const struct sl_look *look)
{
	const struct sl_counts *threads = &r->manifest.plan.threads;
	double by = shift_of(r, a);

	if (is_band(r, d))
		add_band(t, r, d, x, a);
	else
		add_bars(t, r, d, x, a);
	add_line(t, r, d, x, a);
	sl_text_add(t, "<path class=\"mark\" d=\"");
	for (size_t k = 0; k < threads->n; k++) {
		const struct sl_spread *s = sl_panel_at(r, d, a, k);

		if (s->n)
			sl_text_addf(t, "M%.1f %.1f%s",
			    px(x, threads->v[k]) + by, py(x, s->median),
			    sl_panel_marker(look));
	}
	sl_text_add(t, "\"/>");
}

/* One law, as far as it may be believed and is within the axes. */
static void
add_law(struct sl_text *t, const struct axes *x, const char *class,
    const struct sl_panel_laws *laws, const struct sl_model *m, double by)
{
	enum { STEPS = 40 };
	double n, v;
	char pen = 'M';

	sl_text_addf(t,
	    "<path class=\"%s\" data-usl=\"%.9g %.9g %.9g %g %g\" d=\"", class,
	    m->alpha, m->beta, m->gamma, laws->first, laws->last);
	for (int i = 0; i <= STEPS; i++) {
		n = laws->first *
		    pow(laws->last / laws->first, (double)i / STEPS);
		v = sl_model_at(m, n);
		if (v > x->y.to) {
			pen = 'M';
			continue;
		}
		sl_text_addf(t, "%c%.1f %.1f", pen, px(x, n) + by, py(x, v));
		pen = 'L';
	}
	sl_text_add(t, "\"/>");
}

static void
add_fit(struct sl_text *t, const struct sl_results *r, size_t workload,
    const struct axes *x, size_t a)
{
	struct sl_panel_laws laws;
	double by = shift_of(r, a), knee, at;

	if (!sl_panel_fit(r, workload, a, &laws))
		return;
	add_law(t, x, "fit amdahl", &laws, &laws.amdahl, by);
	add_law(t, x, "fit", &laws, &laws.usl, by);
	knee = sl_model_knee(&laws.usl);
	at = sl_model_at(&laws.usl, knee);
	if (knee < laws.first || knee > laws.last || at > x->y.to)
		return;
	sl_text_addf(t,
	    "<path class=\"knee\" data-at=\"%.6g %.6g\" d=\"M%.1f %.1f%s\"/>",
	    knee, at, px(x, knee) + by, py(x, at), KNEE);
}

/* The last point of a series, or NULL. */
static const struct sl_spread *
last_of(const struct sl_results *r, const struct sl_panel_data *d, size_t a,
    unsigned *threads)
{
	const struct sl_counts *c = &r->manifest.plan.threads;

	for (size_t k = c->n; k-- > 0;)
		if (sl_panel_at(r, d, a, k)->n) {
			*threads = c->v[k];
			return sl_panel_at(r, d, a, k);
		}
	return NULL;
}

static void
add_label(struct sl_text *t, const struct sl_results *r, const struct axes *x,
    const struct sl_panel_data *d, size_t a, double height)
{
	double y = x->bottom - height * (x->bottom - x->top);
	unsigned threads = 1;
	const struct sl_spread *s = last_of(r, d, a, &threads);

	if (!s)
		return;
	sl_text_addf(t,
	    "<path class=\"lead\" d=\"M%.1f %.1fL%.1f %.1f\"/><text class="
	    "\"name\" x=\"%.1f\" y=\"%.1f\">",
	    px(x, threads) + shift_of(r, a) + 5, py(x, s->median),
	    x->right + 14, y, x->right + 18, y + x->font * 0.35);
	sl_html_text(t, r->manifest.plan.allocators.v[a].name);
	if (sl_results_reference(r, a))
		sl_text_addf(t, " (%s)", sl_results_reference(r, a));
	sl_text_add(t, "</text>");
}

/* Heights of the names, as parts of the axis, apart from each other. */
static double *
heights_of(const struct sl_results *r, const struct axes *x,
    const struct sl_panel_data *d)
{
	size_t n = r->manifest.plan.allocators.n, used = 0;
	double *at = sl_alloc_array(n, sizeof *at);
	double *packed = sl_alloc_array(n, sizeof *packed);
	const struct sl_spread *s;
	unsigned threads;

	for (size_t a = 0; a < n; a++)
		if ((s = last_of(r, d, a, &threads)))
			packed[used++] = (x->bottom - py(x, s->median)) /
					 (x->bottom - x->top);
	sl_plot_spread(packed, used, 1.22 * x->font / (x->bottom - x->top));
	used = 0;
	for (size_t a = 0; a < n; a++)
		if (last_of(r, d, a, &threads))
			at[a] = packed[used++];
	free(packed);
	return at;
}

void
sl_panel_series(struct sl_text *t, const struct sl_results *r, size_t a,
    const struct sl_look *look, double shift)
{
	bool bound = sl_results_reference(r, a) != NULL;
	const char *dash = bound ? "(2,6)" : look->dash;

	sl_text_addf(t,
	    "<g class=\"s%s\" data-a=\"%zu\" data-shift=\"%.2f\" "
	    "data-m=\"%s\" style=\"--c:var(--%s);--w:%g",
	    look->is_hollow ? " open" : "", a, shift, sl_panel_marker(look),
	    look->key, bound ? 1.2 : look->width * 0.8);
	if (dash[0] == '(')
		sl_text_addf(t, ";--d:%.*s", (int)(strlen(dash) - 2), dash + 1);
	sl_text_add(t, "\"><title>");
	sl_html_text(t, r->manifest.plan.allocators.v[a].name);
	sl_text_add(t, "</title>");
}

static void
add_series(struct sl_text *t, const struct sl_results *r, size_t workload,
    const struct sl_panel_data *d, const struct axes *x,
    const struct sl_look *looks)
{
	double *heights = heights_of(r, x, d);
	unsigned threads;

	for (size_t a = 0; a < r->manifest.plan.allocators.n; a++) {
		if (!last_of(r, d, a, &threads))
			continue;
		sl_panel_series(t, r, a, &looks[a], shift_of(r, a));
		if (d->panel == &sl_panels[SL_PANEL_THROUGHPUT])
			add_fit(t, r, workload, x, a);
		add_points(t, r, d, x, a, &looks[a]);
		if (x->is_wide)
			add_label(t, r, x, d, a, heights[a]);
		sl_text_add(t, "</g>\n");
	}
	free(heights);
}

void
sl_panel_law_key(struct sl_text *t)
{
	static const char *const lines[][3] = {
	    {"fit", "M0 6h34", "universal scalability law"},
	    {"fit amdahl", "M0 6h34", "Amdahl's law"},
	    {"knee", "M17 6" KNEE, "knee of the first, 1/&alpha;"}};

	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
		sl_text_addf(t,
		    " <span class=\"lawkey\"><svg viewBox=\"0 0 34 12\" "
		    "aria-hidden=\"true\"><path class=\"%s\" d=\"%s\"/></svg> "
		    "%s</span>",
		    lines[i][0], lines[i][1], lines[i][2]);
}

void
sl_panel_svg(struct sl_text *t, const struct sl_results *r, size_t workload,
    const struct sl_panel_data *d, const struct sl_look *looks, bool is_wide)
{
	struct axes x = make_axes(r, d, is_wide);
	const struct sl_plan *p = &r->manifest.plan;
	char *unit = sl_panel_unit(r, d->panel);

	sl_text_addf(t,
	    "<svg class=\"panel\" viewBox=\"0 0 %g %g\" role=\"img\" "
	    "font-size=\"%g\" data-box=\"%g %g %g %g\" data-x=\"%.6g %.6g\"%s>"
	    "\n<title>",
	    x.w, x.h, x.font, x.left, x.right, x.top, x.bottom, x.x.from,
	    x.x.to, d->panel->is_log ? " data-log=\"1\"" : "");
	sl_html_textf(t, "%s: %s by threads", p->workloads.v[workload].name,
	    d->panel->key);
	sl_text_add(t, "</title>\n<desc>");
	sl_html_textf(t,
	    "%s, %s, at %u to %u threads; tables below have the "
	    "values.",
	    d->panel->title, unit, p->threads.v[0],
	    p->threads.v[p->threads.n - 1]);
	sl_text_add(t, "</desc>\n");
	add_shade(t, r, &x);
	add_axes(t, r, &x);
	add_series(t, r, workload, d, &x, looks);
	sl_text_add(t, "</svg>\n");
	free(unit);
}
