/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cell_run.h - runs one cell, judges it and stores the result.
 *
 * Used by sweep.c.
 */
#ifndef SL_DRIVER_CELL_RUN_H
#define SL_DRIVER_CELL_RUN_H

#include <jansson.h>

#include "harness/driver/cells.h"

enum sl_cell_end {
	SL_CELL_DONE,        /* stored: NAME.json */
	SL_CELL_FAILED,      /* stored: NAME.failed.json */
	SL_CELL_INTERRUPTED, /* nothing stored */
	SL_CELL_NOT_STORED,  /* err says why */
};

struct sl_cell_run {
	const struct sl_plan *plan;
	const char *bench;
	const char *dir;         /* NULL: store nothing (a trial run) */
	const char *const *more; /* arguments of the model; NULL: none */
	/* What else the cell's file shall say: the host; NULL: nothing. */
	json_t *where;
	/* private */
	json_t *observed; /* what the bench said it observed; or NULL */
	json_t *tries;    /* of this cell that failed before; or NULL */
	/* answered */
	double wall_s;  /* of the last try */
	unsigned again; /* it was tried, now */
	int err;
	char status[24]; /* of a failure: "crashed", ... */
	char detail[200];
};

enum sl_cell_end sl_cell_run(
    struct sl_cell_run *run, const struct sl_cell *cell);

/* Whether its result is there: good, or failed and not to be tried again. */
bool sl_cell_stored(
    const struct sl_plan *p, const struct sl_cell *c, const char *dir);

#endif /* SL_DRIVER_CELL_RUN_H */
