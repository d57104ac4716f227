/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plot_spread.h - labels at the end of an axis, moved apart.
 *
 * Used by plot.c.
 */
#ifndef SL_DRIVER_PLOT_SPREAD_H
#define SL_DRIVER_PLOT_SPREAD_H

#include <stddef.h>

/* at[i]: where label i would be at best, 0..1, and then where it goes.  Two
 * labels are `step` apart, or less if there are too many for that. */
void sl_plot_spread(double *at, size_t n, double step);

#endif /* SL_DRIVER_PLOT_SPREAD_H */
