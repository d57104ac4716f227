/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * curve_svg.c - curves of what was observed, as SVG within a page.
 *
 * Called by page_seen.c.  What is drawn here stands without a script; page.js
 * draws it again by the same rules at another thread count: `data-kind` is q
 * for percentiles, whose axis is in nines, or ms for time.
 */
#include "harness/driver/curve_svg.h"

#include <math.h>
#include <stdlib.h>

#include "harness/driver/html.h"
#include "harness/driver/panel_svg.h"
#include "harness/driver/scale.h"

static const double WIDTH = 320, HEIGHT = 216, LEFT = 46, RIGHT = 310, TOP = 10,
		    BOTTOM = 172, FONT = 11.5;

/* Where x stands on its axis: percentiles by their nines. */
static double
place(const struct sl_curves *c, double x)
{
	return c->kind == SL_CURVES_PERCENTILES ? -log10(1 - x) : x;
}

/* From the first x to the last that any curve at any thread count has. */
static struct sl_scale
make_x(const struct sl_results *r, const struct sl_curves *c)
{
	const struct sl_plan *p = &r->manifest.plan;
	struct sl_scale s = {.from = place(c, c->xs[0]),
	    .to = place(c, c->xs[1]),
	    .first = LEFT + (c->kind == SL_CURVES_PERCENTILES ? 8 : 0),
	    .last = RIGHT - 8};

	for (size_t k = 0; k < p->allocators.n * p->threads.n; k++)
		for (size_t i = 2; i < c->n; i++)
			if (isfinite(c->y[k * c->n + i]))
				s.to = fmax(s.to, place(c, c->xs[i]));
	return s;
}

static struct sl_scale
make_y(const struct sl_results *r, const struct sl_curves *c, size_t threads)
{
	struct sl_scale s = {.first = BOTTOM, .last = TOP};
	double least = INFINITY, most = 0;

	for (size_t a = 0; a < r->manifest.plan.allocators.n; a++) {
		const double *y = sl_curves_at(r, c, a, threads);

		for (size_t i = 0; i < c->n; i++) {
			if (y[i] > 0)
				least = fmin(least, y[i]);
			if (y[i] > most)
				most = y[i];
		}
	}
	if (c->is_log && isfinite(least))
		sl_scale_fit_log(&s, least, most);
	else
		sl_scale_fit(&s, 0, most, 0.05);
	return s;
}

static bool
has_any(const struct sl_results *r, const struct sl_curves *c, size_t threads)
{
	for (size_t a = 0; a < r->manifest.plan.allocators.n; a++)
		for (size_t i = 0; i < c->n; i++)
			if (sl_curves_at(r, c, a, threads)[i] > 0)
				return true;
	return false;
}

static void
x_tick(struct sl_text *t, double at, double v, const char *after)
{
	sl_text_addf(t,
	    "<path d=\"M%.1f %gv4\"/><text x=\"%.1f\" y=\"%g\" "
	    "text-anchor=\"middle\">%.7g%s</text>",
	    at, BOTTOM, at, BOTTOM + 6 + FONT, v, after);
}

static void
add_axes(struct sl_text *t, const struct sl_curves *c, const struct sl_scale *x,
    const struct sl_scale *y)
{
	double ticks[SL_SCALE_TICKS];
	size_t n = sl_scale_ticks(y, 4, ticks);

	sl_text_add(t, "<g class=\"axes\">");
	for (size_t i = 0; i < n; i++)
		sl_text_addf(t,
		    "<path class=\"grid\" d=\"M%g %.1fH%g\"/><text x=\"%g\" "
		    "y=\"%.1f\" text-anchor=\"end\">%.6g</text>",
		    LEFT, sl_scale_at(y, ticks[i]), RIGHT, LEFT - 0.6 * FONT,
		    sl_scale_at(y, ticks[i]) + FONT * 0.35, ticks[i]);
	sl_text_addf(
	    t, "<path d=\"M%g %gV%gH%g\"/></g>\n", LEFT, TOP, BOTTOM, RIGHT);
	if (c->kind == SL_CURVES_PERCENTILES) {
		for (size_t i = 0; i < c->n; i++)
			if (sl_curves_is_marked(c, 0, i) &&
			    place(c, c->xs[i]) <= x->to + 1e-9)
				x_tick(t, sl_scale_at(x, place(c, c->xs[i])),
				    100 * c->xs[i], "");
	} else {
		n = sl_scale_ticks(x, 5, ticks);
		for (size_t i = 0; i < n; i++)
			x_tick(t, sl_scale_at(x, ticks[i]), ticks[i], "");
	}
	sl_text_addf(t,
	    "<text class=\"xname\" x=\"%g\" y=\"%g\" text-anchor=\"middle\">%s"
	    "</text>\n",
	    (LEFT + RIGHT) / 2, HEIGHT - 5,
	    c->kind == SL_CURVES_PERCENTILES ? "percentile"
					     : "ms since the start");
}

static void
add_curve(struct sl_text *t, const struct sl_curves *c, const double *y,
    size_t a, const struct sl_scale *sx, const struct sl_scale *sy,
    const struct sl_look *look)
{
	char pen = 'M';

	sl_text_add(t, "<path class=\"line\" d=\"");
	for (size_t i = 0; i < c->n; i++) {
		if (!isfinite(y[i])) {
			pen = 'M';
			continue;
		}
		sl_text_addf(t, "%c%.1f %.1f", pen,
		    sl_scale_at(sx, place(c, c->xs[i])), sl_scale_at(sy, y[i]));
		pen = 'L';
	}
	sl_text_add(t, "\"/><path class=\"mark\" d=\"");
	for (size_t i = 0; i < c->n; i++)
		if (isfinite(y[i]) && sl_curves_is_marked(c, a, i))
			sl_text_addf(t, "M%.1f %.1f%s",
			    sl_scale_at(sx, place(c, c->xs[i])),
			    sl_scale_at(sy, y[i]), sl_panel_marker(look));
	sl_text_add(t, "\"/>");
}

void
sl_curve_svg(struct sl_text *t, const struct sl_results *r, size_t workload,
    const struct sl_curves *c, size_t threads, const struct sl_look *looks)
{
	const struct sl_plan *p = &r->manifest.plan;
	struct sl_scale x = make_x(r, c), y = make_y(r, c, threads);

	sl_text_addf(t,
	    "<svg class=\"panel\" viewBox=\"0 0 %g %g\" role=\"img\" "
	    "font-size=\"%g\" data-kind=\"%s\" data-box=\"%g %g %g %g\" "
	    "data-x=\"%.6g %.6g %.6g %.6g\" data-log=\"%d\">\n<title>",
	    WIDTH, HEIGHT, FONT, c->kind == SL_CURVES_TIME ? "ms" : "q", LEFT,
	    RIGHT, TOP, BOTTOM, x.from, x.to, x.first, x.last, c->is_log);
	sl_html_textf(t, "%s: %s", p->workloads.v[workload].name, c->key);
	sl_text_add(t, "</title>\n");
	add_axes(t, c, &x, &y);
	sl_text_addf(t,
	    "<text class=\"xname none\" x=\"%g\" y=\"%g\" text-anchor="
	    "\"middle\"%s>nothing to draw here</text>\n",
	    (LEFT + RIGHT) / 2, (TOP + BOTTOM) / 2,
	    has_any(r, c, threads) ? " hidden=\"\"" : "");
	for (size_t a = 0; a < p->allocators.n; a++) {
		sl_panel_series(t, r, a, &looks[a], 0);
		add_curve(
		    t, c, sl_curves_at(r, c, a, threads), a, &x, &y, &looks[a]);
		sl_text_add(t, "</g>\n");
	}
	sl_text_add(t, "</svg>\n");
}
