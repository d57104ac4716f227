/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * estimate.h - how long cells will take: measured first, corrected on the way.
 *
 * Used by sweep.c.
 */
#ifndef SL_DRIVER_ESTIMATE_H
#define SL_DRIVER_ESTIMATE_H

#include "harness/driver/cells.h"

struct sl_estimate {
	const struct sl_plan *plan;
	double *cell_s;            /* by workload and threads */
	double expected_s, took_s; /* of the cells done so far */
};

/* Runs each workload at the least and the most threads, once, and stores
 * nothing.  False: the user wants to stop. */
bool sl_estimate_measure(
    struct sl_estimate *e, const struct sl_plan *p, const char *bench);
double sl_estimate_round_s(const struct sl_estimate *e);
double sl_estimate_cell_s(const struct sl_estimate *e, const struct sl_cell *c);
void sl_estimate_learn(
    struct sl_estimate *e, const struct sl_cell *c, double wall_s);
/* What `seconds` by the table will really take, as things went so far. */
double sl_estimate_corrected(const struct sl_estimate *e, double seconds);

#endif /* SL_DRIVER_ESTIMATE_H */
