/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sweep_say.h - what `spanlab sweep` says before it begins and at its end.
 *
 * Used by sweep.c.
 */
#ifndef SL_DRIVER_SWEEP_SAY_H
#define SL_DRIVER_SWEEP_SAY_H

#include "harness/driver/manifest.h"

void sl_sweep_say_plan(const struct sl_plan *p);
/* How many. */
void sl_sweep_say_cells(const struct sl_plan *p);
/* How long a round takes, and each count of instructions. */
void sl_sweep_say_estimate(
    const struct sl_plan *p, double round_s, size_t counts, double count_s);
/* Why the machine may not be one to believe. */
void sl_sweep_say_doubts(const struct sl_manifest *m);
/* That others had the CPUs meanwhile, if they had. */
void sl_sweep_say_others(const json_t *session);

#endif /* SL_DRIVER_SWEEP_SAY_H */
