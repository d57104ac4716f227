/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scale.h - one axis of a picture: from values to places, and its ticks.
 *
 * Used by panel_svg.c and curve_svg.c; page.js has the same rules.
 */
#ifndef SL_DRIVER_SCALE_H
#define SL_DRIVER_SCALE_H

#include <stdbool.h>
#include <stddef.h>

struct sl_scale {
	double from, to;    /* values; of a logarithmic one above 0 */
	double first, last; /* where they are in the picture */
	bool is_log;
};

double sl_scale_at(const struct sl_scale *s, double v);

/* Room on a linear axis for values from lo to hi; 0 is always on it, and
 * `above` is that part more at the top. */
void sl_scale_fit(struct sl_scale *s, double lo, double hi, double above);

/* On a logarithmic one for positive values. */
void sl_scale_fit_log(struct sl_scale *s, double least, double most);

/* Round values, about `want` of them on a linear axis; how many. */
enum { SL_SCALE_TICKS = 64 };
size_t sl_scale_ticks(
    const struct sl_scale *s, double want, double ticks[SL_SCALE_TICKS]);

#endif /* SL_DRIVER_SCALE_H */
