/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tries.h - cells that crashed or timed out and were tried again.
 *
 * Used by cell_run and the report.  A failed try is never lost: it is the
 * cell's .failed.json until the next has ended, and then in the next's file,
 * in "failed_tries", with its status, detail, stderr, start and time.
 */
#ifndef SL_DRIVER_TRIES_H
#define SL_DRIVER_TRIES_H

#include "harness/driver/results.h"

/* What is in the cell's .failed.json; NULL: there is none. */
json_t *sl_tries_failure(
    const struct sl_plan *p, const struct sl_cell *c, const char *dir);

/* Whether a cell that failed so is to be tried again: the plan has a try left,
 * and it crashed or timed out.  What is wrong each time is not tried again,
 * nor what timed out in a preset that gives up then. */
bool sl_tries_left(const struct sl_plan *p, const json_t *failure);

/* All failed tries of a cell whose last failure is this, in order: a new
 * array; NULL: none. */
json_t *sl_tries_of(const json_t *failure);

/* Removes that file: the good result's has it all. */
void sl_tries_forget(
    const struct sl_plan *p, const struct sl_cell *c, const char *dir);

/* "3 tries of 2 cells failed and were made again: 2 crashed, 1 timeout"; the
 * caller frees.  NULL: none. */
char *sl_tries_text(const struct sl_results *r);

#endif /* SL_DRIVER_TRIES_H */
