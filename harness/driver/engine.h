/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * engine.h - the cells of a sweep as the tasks of a Slurm job array.
 *
 * Used by sweep.c.  Who waits, where and for how long is Slurm's matter; here
 * is what a task is (engine.c), what it does on its node (engine_task.c), and
 * how the array is submitted and waited for (engine_slurm.c).
 */
#ifndef SL_DRIVER_ENGINE_H
#define SL_DRIVER_ENGINE_H

#include "harness/driver/cell_run.h"
#include "harness/driver/manifest.h"
#include "harness/driver/progress.h"

/*
 * A task is the cells of some workloads in one round, in the order of the
 * round: all allocators and all thread counts of a workload, so that what is
 * compared within a round comes from one node.  Tasks count from 1; behind
 * the last of these is one that counts instructions, if that is wanted.
 */
unsigned sl_tasks_per_round(const struct sl_plan *p);
/* With the one that counts instructions. */
unsigned sl_tasks_total(const struct sl_plan *p);
unsigned sl_task_of(const struct sl_plan *p, const struct sl_cell *c);
bool sl_task_counts(const struct sl_plan *p, unsigned task);
/* "round 2: larson, pairs"; the caller frees. */
char *sl_task_text(const struct sl_plan *p, unsigned task);

/* Which cells of a sweep have a result, and which tasks lack some. */
struct sl_stock {
	const struct sl_plan *plan;
	const char *dir;
	size_t total, there; /* cells */
	bool *stored;        /* in the order of rounds */
	unsigned *missing;   /* cells, or counts, by task */
};
void sl_stock_begin(
    struct sl_stock *s, const struct sl_plan *p, const char *dir);
/* Looks for those that were not there. */
void sl_stock_look(struct sl_stock *s);
void sl_stock_destroy(struct sl_stock *s);

/* On a node: runs what is missing of a task; returns the exit status. */
int sl_task_run(const char *dir, const char *bench, unsigned task);

/* Where it is submitted. */
struct sl_slurm {
	struct sl_manifest *manifest;
	const char *dir;
	json_t *record; /* of this session: gets the job */
	struct sl_progress *progress;
	size_t ran;    /* cells, answered */
	char why[256]; /* it did not end well, answered */
};
/* Submits the tasks that lack cells, or takes up a job that still runs, and
 * waits.  SL_EXIT_USAGE: Slurm took nothing, and why says the reason. */
int sl_slurm_run(struct sl_slurm *s);
/* The words of sbatch that would be run, for --dry-run; the caller frees. */
char *sl_slurm_command(const struct sl_plan *p);
/* Exits with a clear line if there is no Slurm here, or the options are no
 * options. */
void sl_slurm_check(const struct sl_plan *p);

#endif /* SL_DRIVER_ENGINE_H */
