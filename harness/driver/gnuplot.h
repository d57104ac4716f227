/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gnuplot.h - runs gnuplot on a script.
 *
 * Used by plot and map_plot.
 */
#ifndef SL_DRIVER_GNUPLOT_H
#define SL_DRIVER_GNUPLOT_H

#include "harness/driver/util.h"

/* 'text' for gnuplot: in single quotes, where it substitutes nothing, and
 * cleaned of what could end them. */
void sl_gnuplot_quote(struct sl_text *t, const char *s);

/* What it prints; NULL with one line in *why.  The caller frees. */
char *sl_gnuplot_run(
    const char *terminal, const char *script, size_t *len, char **why);

#endif /* SL_DRIVER_GNUPLOT_H */
