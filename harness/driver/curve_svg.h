/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * curve_svg.h - curves of what was observed, as SVG within a page.
 *
 * Used by page_seen.c.
 */
#ifndef SL_DRIVER_CURVE_SVG_H
#define SL_DRIVER_CURVE_SVG_H

#include "harness/driver/curves.h"
#include "harness/driver/look.h"

/* Appends the curves of one thread count; page.js draws those of others, from
 * the numbers beside it. */
void sl_curve_svg(struct sl_text *t, const struct sl_results *r,
    size_t workload, const struct sl_curves *c, size_t threads,
    const struct sl_look *looks);

#endif /* SL_DRIVER_CURVE_SVG_H */
