/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * go.h - Go's own allocator as a series: the program spanlab-bench-go.
 *
 * Used by allocators.c, pick.c, plan.c and the report.
 */
#ifndef SL_DRIVER_GO_H
#define SL_DRIVER_GO_H

#include "harness/driver/cells.h"

extern const char sl_go_name[];   /* "go" */
extern const char sl_go_absent[]; /* "go (...)": why it is not here */

/* Adds it if it was built. */
void sl_go_find(struct sl_allocators *all);

/* Exits with a clear line if it takes part, and has not all workloads of the
 * plan, or is to be observed. */
void sl_go_check(const struct sl_plan *p);

/* Does it take part in a sweep that names no allocators?  If it was built with
 * the bench, and sl_go_check() would let it pass. */
bool sl_go_joins(
    const struct sl_allocator *go, const struct sl_plan *p, const char *bench);

/* What must be known to read its figures; NULL: it does not take part. */
const char *sl_go_note(const struct sl_plan *p);

#endif /* SL_DRIVER_GO_H */
