/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * paper_point.h - from "SERIES/ALLOCATOR size=8 T=2" to points.
 *
 * Used by paper_claims.c and paper_figures.c.
 */
#ifndef SL_DRIVER_PAPER_POINT_H
#define SL_DRIVER_PAPER_POINT_H

#include "harness/driver/paper.h"

/* What sl_expr_read() asks; self is the struct sl_paper. */
bool sl_paper_find(void *self, const char *metric, const char *where,
    bool wants_curve, struct sl_curve *out, char *why, size_t why_len);

/* "1=20 4=78" into a curve with x and y.  In paper_experiment.c. */
bool sl_paper_read_pairs(const struct sl_blocks *b, const struct sl_field *f,
    const char *from, struct sl_curve *c, struct sl_refusal *why);

/* In paper_figures.c. */
bool sl_paper_read_figure(struct sl_paper *p, const struct sl_blocks *b,
    const struct sl_block *block, struct sl_refusal *why);

#endif /* SL_DRIVER_PAPER_POINT_H */
