/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * engine_slurm.h - Slurm's programs, as engine_slurm.c and engine_sbatch.c
 * call them.
 *
 * Used by these two.
 */
#ifndef SL_DRIVER_ENGINE_SLURM_H
#define SL_DRIVER_ENGINE_SLURM_H

#include "harness/driver/engine.h"

/* Runs one of Slurm's programs; its output, or NULL with one line in `why`.
 * The caller frees. */
char *sl_slurm_ask(
    const char *const *argv, const char *input, char *why, size_t len);

/* The same for all jobs of a sweep's folder; the caller frees. */
char *sl_slurm_job_name(const struct sl_manifest *m);

/* Submits the tasks that lack cells; the array's number, or NULL with one line
 * in `why`.  The caller frees. */
char *sl_sbatch(const struct sl_manifest *m, const struct sl_stock *stock,
    char *why, size_t len);

#endif /* SL_DRIVER_ENGINE_SLURM_H */
