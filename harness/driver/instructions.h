/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * instructions.h - a workload's instructions per operation, counted by
 * callgrind in a run of its own.
 *
 * Used by sweep.c and costs.c.
 */
#ifndef SL_DRIVER_INSTRUCTIONS_H
#define SL_DRIVER_INSTRUCTIONS_H

#include <jansson.h>

#include "harness/driver/cell_run.h"

/* Whether this plan's preset counts them. */
bool sl_instructions_wanted(const struct sl_plan *p);
/* Whether there is a valgrind to count with. */
bool sl_instructions_possible(void);

/* One run; stored in DIR/instructions, also if it fails.  run->dir NULL: a
 * trial run, of which only wall_s is of interest. */
enum sl_cell_end sl_instructions_run(
    struct sl_cell_run *run, size_t workload, size_t allocator);

bool sl_instructions_stored(const struct sl_plan *p, size_t workload,
    size_t allocator, const char *dir);
/* What is stored, or NULL; the caller decrefs. */
json_t *sl_instructions_load(const struct sl_plan *p, size_t workload,
    size_t allocator, const char *dir);

#endif /* SL_DRIVER_INSTRUCTIONS_H */
