/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * judge.h - whether what a bench wrote may stand as a cell's result.
 *
 * Used by cell_run.c, before it is stored, and by check.c, of what is.
 */
#ifndef SL_DRIVER_JUDGE_H
#define SL_DRIVER_JUDGE_H

#include <jansson.h>
#include <stdbool.h>

#include "harness/driver/cells.h"

struct sl_fault {
	char status[24]; /* of the failed cell: "error", ... */
	char detail[200];
};

/* False with the reason.  What was observed may be NULL.  Of a stored cell the
 * library's file need not be here: its name is compared. */
bool sl_judge(const struct sl_plan *p, const struct sl_cell *cell,
    const json_t *root, const json_t *observed, bool is_stored,
    struct sl_fault *fault);

#endif /* SL_DRIVER_JUDGE_H */
