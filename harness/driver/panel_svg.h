/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * panel_svg.h - a panel as SVG within a page.
 *
 * Used by page_panels.c and curve_svg.c.
 */
#ifndef SL_DRIVER_PANEL_SVG_H
#define SL_DRIVER_PANEL_SVG_H

#include "harness/driver/look.h"
#include "harness/driver/panels.h"

/* Appends it.  A wide one has names at the ends of its curves; `looks` are by
 * allocator.  page.js draws the same again when a switch is turned, from the
 * attributes and the numbers beside it. */
void sl_panel_svg(struct sl_text *t, const struct sl_results *r,
    size_t workload, const struct sl_panel_data *d, const struct sl_look *looks,
    bool is_wide);

/* What the thin lines of laws are, in HTML. */
void sl_panel_law_key(struct sl_text *t);

/* A path that begins where the pen is. */
const char *sl_panel_marker(const struct sl_look *look);

/* Opens the group of one series, with its looks. */
void sl_panel_series(struct sl_text *t, const struct sl_results *r, size_t a,
    const struct sl_look *look, double shift);

#endif /* SL_DRIVER_PANEL_SVG_H */
