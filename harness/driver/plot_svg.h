/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plot_svg.h - gnuplot's SVG made fit for readers.
 *
 * Used by plot.c and map_plot.c.
 */
#ifndef SL_DRIVER_PLOT_SVG_H
#define SL_DRIVER_PLOT_SVG_H

#include "harness/driver/util.h"

/* What the text of a plot says to those who cannot see it. */
struct sl_plot_words {
	const char *title;
	const char *description;
	const struct sl_names *series; /* two of gnuplot's plots each */
};

/* A file of its own on white.  The caller frees. */
char *sl_plot_svg_file(const char *svg, const struct sl_plot_words *w);

/* Colours of the frame, as in the page's CSS: see page_style.c. */
#define SL_PLOT_INK 0x222222
#define SL_PLOT_SOFT 0x666666
#define SL_PLOT_GRID 0xd8d8d8
#define SL_PLOT_SHADE 0xf1efe9

#endif /* SL_DRIVER_PLOT_SVG_H */
