/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plot.h - throughput plots of a workload, drawn by gnuplot.
 *
 * Used by report.c.
 */
#ifndef SL_DRIVER_PLOT_H
#define SL_DRIVER_PLOT_H

#include "harness/driver/results.h"

/* The SVG of a workload's plot, or NULL with one line in *why.  `png`, if
 * not NULL, gets the same as PNG.  The caller frees all. */
struct sl_plot {
	char *svg; /* a file of its own, on white */
	char *png;
	size_t png_len;
};

/* Where one peer is far above the rest the variants would lie on top of each
 * other: they get a plot of their own beside that of all. */
enum sl_plot_scope { SL_PLOT_ALL, SL_PLOT_VARIANTS, SL_PLOT_SCOPES };

/* The plots of one workload; one that says nothing new is empty. */
struct sl_plots {
	struct sl_plot of[SL_PLOT_SCOPES];
};

bool sl_plot_make(const struct sl_results *r, size_t workload,
    enum sl_plot_scope scope, struct sl_plot *plot, char **why);
/* The name of its files without the ending; the caller frees. */
char *sl_plot_name(const char *workload, enum sl_plot_scope scope);

void sl_plot_destroy(struct sl_plot *plot);

#endif /* SL_DRIVER_PLOT_H */
