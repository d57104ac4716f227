/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * panel_svg.h - a panel as SVG within a page.
 *
 * Used by page_panels.c.
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

#endif /* SL_DRIVER_PANEL_SVG_H */
