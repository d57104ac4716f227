/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * paper_draw.c - pictures of claims and figures, as SVG for the page.
 *
 * Called by paper_page.c.  Colours are the page's CSS variables.  Published
 * and measured curves have panels and axes of their own, since they are of
 * different machines; what can be compared is the shape.
 */
#include <math.h>
#include <stdlib.h>

#include "harness/driver/html.h"
#include "harness/driver/look.h"
#include "harness/driver/paper_report.h"

/* --- one claim ----------------------------------------------------------- */

enum { CLAIM_WIDTH = 240, CLAIM_HEIGHT = 40, CLAIM_EDGE = 8, CLAIM_LINE = 16 };

struct axis {
	double lo, hi;
	bool is_log;
};

static void
reach(struct axis *a, double v)
{
	if (!isfinite(v))
		return;
	a->lo = fmin(a->lo, v);
	a->hi = fmax(a->hi, v);
}

static double
along(const struct axis *a, double v)
{
	double x = a->is_log ? log(v / a->lo) / log(a->hi / a->lo)
			     : (v - a->lo) / (a->hi - a->lo);

	x = fmin(1, fmax(0, x));
	return CLAIM_EDGE + x * (CLAIM_WIDTH - 2 * CLAIM_EDGE);
}

static struct axis
axis_of(const struct sl_claim *c, const struct sl_judgement *j)
{
	struct axis a = {INFINITY, -INFINITY, false};
	double room;

	reach(&a, c->lo);
	reach(&a, c->hi);
	reach(&a, c->published_value);
	reach(&a, j->in.lo);
	reach(&a, j->in.hi);
	a.is_log = a.lo > 0 && a.hi / a.lo > 4;
	room = a.is_log ? pow(a.hi / a.lo, 0.15) : 0.15 * (a.hi - a.lo);
	if (!a.is_log && room <= 0)
		room = fabs(a.hi) > 0 ? fabs(a.hi) / 4 : 1;
	a.lo = a.is_log ? a.lo / room : a.lo - room;
	a.hi = a.is_log ? a.hi * room : a.hi + room;
	return a;
}

static void
mark(struct sl_text *t, const struct sl_claim *c, double x, double v,
    const char *what, bool is_above)
{
	char *text = sl_claim_value_text(c, v);

	if (is_above)
		sl_text_addf(t,
		    "<path d=\"M%.1f %d l5 5 l-5 5 l-5 -5 z\" "
		    "fill=\"var(--soft)\">",
		    x, CLAIM_LINE - 5);
	else
		sl_text_addf(t,
		    "<circle cx=\"%.1f\" cy=\"%d\" r=\"5\" "
		    "fill=\"var(--ink)\">",
		    x, CLAIM_LINE);
	sl_text_add(t, "<title>");
	sl_html_textf(t, "%s: %s", what, text);
	sl_text_addf(t, "</title></%s>\n", is_above ? "path" : "circle");
	free(text);
}

/* A number under the axis where a bound of the expectation is. */
static void
bound(struct sl_text *t, const struct sl_claim *c, const struct axis *a,
    double v, const char *anchor)
{
	if (isfinite(v))
		sl_text_addf(t,
		    "<text x=\"%.1f\" y=\"%d\" font-size=\"11\" "
		    "text-anchor=\"%s\" fill=\"var(--soft)\">%.3g</text>\n",
		    along(a, v), CLAIM_HEIGHT - 3, anchor, v / c->unit_scale);
}

void
sl_draw_claim(
    struct sl_text *t, const struct sl_claim *c, const struct sl_judgement *j)
{
	struct axis a = axis_of(c, j);
	double from = along(&a, isfinite(c->lo) ? c->lo : a.lo);
	double to = along(&a, isfinite(c->hi) ? c->hi : a.hi);

	sl_text_addf(t,
	    "<svg class=\"claim\" viewBox=\"0 0 %d %d\" width=\"%d\" "
	    "height=\"%d\" role=\"img\" aria-label=\"expected, published and "
	    "measured\">\n<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" "
	    "height=\"16\" rx=\"2\" fill=\"var(--fast)\"/>\n<line x1=\"%d\" "
	    "x2=\"%d\" y1=\"%d\" y2=\"%d\" stroke=\"var(--line)\"/>\n",
	    CLAIM_WIDTH, CLAIM_HEIGHT, CLAIM_WIDTH, CLAIM_HEIGHT, from,
	    CLAIM_LINE - 8, to - from, CLAIM_EDGE, CLAIM_WIDTH - CLAIM_EDGE,
	    CLAIM_LINE, CLAIM_LINE);
	bound(t, c, &a, c->lo, isfinite(c->hi) ? "end" : "middle");
	bound(t, c, &a, c->hi, isfinite(c->lo) ? "start" : "middle");
	if (isfinite(c->published_value))
		mark(t, c, along(&a, c->published_value), c->published_value,
		    "published", true);
	if (isfinite(j->in.lo) && isfinite(j->in.hi))
		sl_text_addf(t,
		    "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" "
		    "stroke=\"var(--ink)\" stroke-width=\"2.5\"/>\n",
		    along(&a, j->in.lo), along(&a, j->in.hi), CLAIM_LINE,
		    CLAIM_LINE);
	if (isfinite(j->value))
		mark(t, c, along(&a, j->value), j->value, "measured", false);
	sl_text_add(t, "</svg>\n");
}

/* --- figures ------------------------------------------------------------- */

enum {
	PANEL_WIDTH = 480,
	PANEL_HEIGHT = 300,
	PANEL_LEFT = 62,
	PANEL_RIGHT = 14,
	PANEL_TOP = 34,
	PANEL_BOTTOM = 44,
	LEGEND_STEP = 18,
};

struct panel {
	const struct sl_paper *p;
	const struct sl_figure *g;
	bool is_published;
	double left;
	double x_min, x_max, y_max;
};

static double
y_of(const struct panel *w, const struct sl_line *l, size_t i)
{
	if (l->is_published)
		return l->curve.y[i];
	if (!l->curve.point)
		return l->curve.y[i] / w->g->unit_scale;
	const struct sl_point *at = &w->p->points.v[l->curve.point[i]];

	return sl_stat_median(at->v, at->n) / w->g->unit_scale;
}

static double
px(const struct panel *w, double x)
{
	double part = w->g->is_log_x
			  ? log(x / w->x_min) / log(w->x_max / w->x_min)
			  : (x - w->x_min) / (w->x_max - w->x_min);

	return w->left + PANEL_LEFT +
	       part * (PANEL_WIDTH - PANEL_LEFT - PANEL_RIGHT);
}

static double
py(const struct panel *w, double y)
{
	return PANEL_HEIGHT - PANEL_BOTTOM -
	       y / w->y_max * (PANEL_HEIGHT - PANEL_TOP - PANEL_BOTTOM);
}

/* 1, 2 or 5 times a power of ten, so that there are some four steps. */
static double
step_of(double max)
{
	double power = pow(10, floor(log10(max / 4)));
	double part = max / 4 / power;

	return power * (part < 2 ? 1 : part < 5 ? 2 : 5);
}

static void
measure(struct panel *w)
{
	w->x_min = INFINITY;
	w->x_max = -INFINITY;
	w->y_max = 0;
	for (size_t k = 0; k < w->g->n; k++) {
		const struct sl_line *l = &w->g->lines[k];

		for (size_t i = 0; i < l->curve.n; i++) {
			/* both panels have one x axis */
			w->x_min = fmin(w->x_min, l->curve.x[i]);
			w->x_max = fmax(w->x_max, l->curve.x[i]);
			if (l->is_published == w->is_published)
				w->y_max = fmax(w->y_max, y_of(w, l, i));
		}
	}
	if (w->x_max <= w->x_min)
		w->x_max = w->x_min + 1;
	if (w->y_max <= 0)
		w->y_max = 1;
	w->y_max *= 1.05;
}

static void
text_at(struct sl_text *t, double x, double y, const char *anchor,
    const char *fill, const char *s)
{
	sl_text_addf(t,
	    "<text x=\"%.1f\" y=\"%.1f\" font-size=\"13\" "
	    "text-anchor=\"%s\" fill=\"var(--%s)\">",
	    x, y, anchor, fill);
	sl_html_text(t, s);
	sl_text_add(t, "</text>\n");
}

static void
number_at(struct sl_text *t, double x, double y, const char *anchor, double v)
{
	char *s = sl_printf("%.6g", v);

	text_at(t, x, y, anchor, "soft", s);
	free(s);
}

static void
grid(struct sl_text *t, const struct panel *w)
{
	double right = w->left + PANEL_WIDTH - PANEL_RIGHT;
	double step = step_of(w->y_max);

	for (double y = 0; y <= w->y_max; y += step) {
		sl_text_addf(t,
		    "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" "
		    "stroke=\"var(--grid)\"/>\n",
		    w->left + PANEL_LEFT, right, py(w, y), py(w, y));
		number_at(t, w->left + PANEL_LEFT - 6, py(w, y) + 4, "end", y);
	}
	number_at(t, px(w, w->x_min), PANEL_HEIGHT - PANEL_BOTTOM + 18,
	    "middle", w->x_min);
	number_at(t, px(w, w->x_max), PANEL_HEIGHT - PANEL_BOTTOM + 18,
	    "middle", w->x_max);
	step = step_of(w->x_max);
	for (double x = step; !w->g->is_log_x && x < w->x_max - step / 2;
	     x += step)
		if (x > w->x_min + step / 2)
			number_at(t, px(w, x), PANEL_HEIGHT - PANEL_BOTTOM + 18,
			    "middle", x);
	for (double x = w->x_min * 2; w->g->is_log_x && x < w->x_max * 0.7;
	     x *= 2)
		number_at(
		    t, px(w, x), PANEL_HEIGHT - PANEL_BOTTOM + 18, "middle", x);
}

static void
draw_line(struct sl_text *t, const struct panel *w, const struct sl_line *l,
    const char *key)
{
	bool goes_on = false;

	sl_text_addf(t,
	    "<path fill=\"none\" stroke=\"var(--%s)\" stroke-width=\"2\" "
	    "d=\"",
	    key);
	for (size_t i = 0; i < l->curve.n; i++) {
		double y = y_of(w, l, i);

		if (isfinite(y))
			sl_text_addf(t, "%c%.1f %.1f ", goes_on ? 'L' : 'M',
			    px(w, l->curve.x[i]), py(w, y));
		goes_on = isfinite(y);
	}
	sl_text_add(t, "\"/>\n");
	for (size_t i = 0; i < l->curve.n; i++) {
		double y = y_of(w, l, i);

		if (!isfinite(y))
			continue;
		sl_text_addf(t,
		    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" "
		    "fill=\"var(--%s)\"><title>",
		    px(w, l->curve.x[i]), py(w, y), key);
		sl_html_textf(t, "%s, %.6g: %.4g", l->label, l->curve.x[i], y);
		sl_text_add(t, "</title></circle>\n");
	}
}

static void
draw_panel(struct sl_text *t, struct panel *w)
{
	const struct sl_figure *g = w->g;
	double middle = w->left + (PANEL_WIDTH + PANEL_LEFT) / 2.0;
	size_t shown = 0;
	char *head;

	measure(w);
	head = sl_printf("%s, %s", w->is_published ? "published" : "measured",
	    w->is_published ? g->published_y_label : g->unit_name);
	text_at(t, middle, 18, "middle", "ink", head);
	free(head);
	grid(t, w);
	text_at(t, middle, PANEL_HEIGHT - 6, "middle", "soft", g->x_label);
	for (size_t k = 0; k < g->n; k++) {
		const struct sl_line *l = &g->lines[k];
		const char *key = sl_looks[shown % SL_LOOKS].key;

		if (l->is_published != w->is_published)
			continue;
		draw_line(t, w, l, key);
		shown++;
		sl_text_addf(t,
		    "<circle cx=\"%.1f\" cy=\"%d\" r=\"4\" "
		    "fill=\"var(--%s)\"/>\n",
		    w->left + PANEL_LEFT,
		    PANEL_HEIGHT + (int)shown * LEGEND_STEP - 4, key);
		text_at(t, w->left + PANEL_LEFT + 10,
		    PANEL_HEIGHT + (double)shown * LEGEND_STEP, "start", "ink",
		    l->label);
	}
}

void
sl_draw_figure(
    struct sl_text *t, const struct sl_paper *p, const struct sl_figure *g)
{
	struct panel published = {.p = p, .g = g, .is_published = true};
	struct panel measured = {.p = p, .g = g, .left = PANEL_WIDTH};
	size_t most[2] = {0, 0};

	for (size_t k = 0; k < g->n; k++)
		most[g->lines[k].is_published]++;
	most[0] = most[0] > most[1] ? most[0] : most[1];
	sl_text_addf(t,
	    "<svg viewBox=\"0 0 %d %d\" role=\"img\" "
	    "xmlns=\"http://www.w3.org/2000/svg\">\n<title>",
	    2 * PANEL_WIDTH, PANEL_HEIGHT + ((int)most[0] + 1) * LEGEND_STEP);
	sl_html_text(t, g->title);
	sl_text_add(t, "</title>\n");
	draw_panel(t, &published);
	draw_panel(t, &measured);
	sl_text_add(t, "</svg>\n");
}
