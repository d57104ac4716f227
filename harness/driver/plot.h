/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plot.h - one throughput plot per workload, drawn by gnuplot.
 *
 * Used by report.c.
 */
#ifndef SL_DRIVER_PLOT_H
#define SL_DRIVER_PLOT_H

#include "harness/driver/results.h"

/* The SVG of a workload's plot, or NULL with one line in *why.  `png`, if
 * not NULL, gets the same as PNG.  The caller frees all. */
struct sl_plot {
	char *svg;   /* a file of its own, on white */
	char *inner; /* for a page: colours are its CSS variables */
	char *png;
	size_t png_len;
};

bool sl_plot_make(const struct sl_results *r, size_t workload,
    struct sl_plot *plot, char **why);
void sl_plot_destroy(struct sl_plot *plot);

/* The markers that every inner SVG refers to: once in a page. */
char *sl_plot_markers(const struct sl_plot *plot);

#endif /* SL_DRIVER_PLOT_H */
