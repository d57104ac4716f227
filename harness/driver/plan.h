/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plan.h - from what the user asked to the plan of a sweep.
 *
 * Used by sweep.c and vmp_resume.c.
 */
#ifndef SL_DRIVER_PLAN_H
#define SL_DRIVER_PLAN_H

#include "harness/driver/manifest.h"
#include "harness/driver/options.h"

/* A new plan for a machine of that many CPUs; exits with a clear line if the
 * user asked for something that is not there.  rounds may still be 0: to be
 * chosen by time. */
void sl_plan_make(struct sl_plan *p, const struct sl_options *o,
    const char *bench, unsigned cpus);

/* Chooses rounds, given what one takes. */
void sl_plan_choose_rounds(struct sl_plan *p, double round_s);
/* Another round would break the promise that the preset makes. */
bool sl_plan_out_of_time(
    const struct sl_plan *p, double spent_s, double next_s);

/* Exits with a clear line if the sweep in `m` cannot go on as asked: an
 * option contradicts it, or a library, the bench or the machine is another. */
void sl_plan_check_resume(const struct sl_manifest *m,
    const struct sl_options *o, const char *dir, const char *bench_digest);

/* The same in parts.  Lists that are empty were not asked for. */
void sl_plan_check_lists(const struct sl_plan *p,
    const struct sl_names *allocators, const struct sl_names *workloads,
    const struct sl_counts *threads);
void sl_plan_check_number(
    const char *option, long long stored, long long given);
void sl_plan_check_files(const struct sl_plan *p, const char *dir);
_Noreturn void sl_plan_contradiction(
    const char *option, const char *stored, const char *given);

#endif /* SL_DRIVER_PLAN_H */
