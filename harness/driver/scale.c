/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scale.c - one axis of a picture: from values to places, and its ticks.
 *
 * Called by panel_svg.c and curve_svg.c.
 */
#include "harness/driver/scale.h"

#include <math.h>

double
sl_scale_at(const struct sl_scale *s, double v)
{
	double part = s->is_log ? log(v / s->from) / log(s->to / s->from)
				: (v - s->from) / (s->to - s->from);

	return s->first + (s->last - s->first) * part;
}

void
sl_scale_fit(struct sl_scale *s, double lo, double hi, double above)
{
	s->is_log = false;
	s->from = fmin(0, lo);
	s->to = fmax(0, hi);
	if (!(s->to > s->from))
		s->to = s->from + 1;
	s->to += (s->to - s->from) * above;
	if (s->from < 0)
		s->from -= (s->to - s->from) * 0.05;
}

void
sl_scale_fit_log(struct sl_scale *s, double least, double most)
{
	s->is_log = true;
	s->from = least / 1.15;
	s->to = most * 1.25;
}

/* 1, 2 or 5 times a power of ten: about `want` of them on the axis. */
static double
step_of(double span, double want)
{
	double raw = span / want, ten = pow(10, floor(log10(raw)));
	double part = raw / ten;

	return ten * (part < 1.5 ? 1 : part < 3.5 ? 2 : part < 7.5 ? 5 : 10);
}

static size_t
log_ticks(const struct sl_scale *s, double ticks[SL_SCALE_TICKS])
{
	/* each ends with 0 */
	static const double sparse[] = {1, 0}, thirds[] = {1, 3, 0},
			    some[] = {1, 2, 3, 5, 7, 0},
			    many[] = {
				1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9, 0};
	double decades = log10(s->to / s->from), v;
	const double *parts = decades > 4     ? sparse
			      : decades > 1.6 ? thirds
			      : decades > 0.5 ? some
					      : many;
	size_t n = 0;

	for (double e = floor(log10(s->from)); e <= log10(s->to); e++)
		for (const double *p = parts; *p > 0; p++) {
			v = *p * pow(10, e);
			if (v >= s->from && v <= s->to && n < SL_SCALE_TICKS)
				ticks[n++] = v;
		}
	return n;
}

size_t
sl_scale_ticks(
    const struct sl_scale *s, double want, double ticks[SL_SCALE_TICKS])
{
	double step;
	size_t n = 0;

	if (s->is_log)
		return log_ticks(s, ticks);
	step = step_of(s->to - s->from, want);
	for (double i = ceil(s->from / step);
	     i * step <= s->to && n < SL_SCALE_TICKS; i++)
		ticks[n++] = i * step;
	return n;
}
