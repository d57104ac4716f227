/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * left_out.h - allocators that a sweep has only if they are named.
 *
 * Used by plan.c, the sweep and the report.
 */
#ifndef SL_DRIVER_LEFT_OUT_H
#define SL_DRIVER_LEFT_OUT_H

#include "harness/driver/cells.h"

/*
 * Of the allocators of a sweep that names none, takes out those that cannot
 * be measured in any time with as many threads: a lock whose waiters spin, and
 * that is handed to the next in turn whether that one runs or not, takes
 * seconds for each operation where threads outnumber the CPUs.  Which they are
 * is asked of the libraries, by `bench`.  plan->left_out has their names.
 */
void sl_left_out_of(struct sl_plan *p, const struct sl_allocators *all,
    struct sl_names *wanted, const char *bench);

/* Which and why, as a sentence; the caller frees.  NULL: none. */
char *sl_left_out_text(const struct sl_plan *p);

#endif /* SL_DRIVER_LEFT_OUT_H */
