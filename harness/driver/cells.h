/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cells.h - what a sweep consists of: cells, their order and their names.
 *
 * Used by sweep, manifest, results.
 */
#ifndef SL_DRIVER_CELLS_H
#define SL_DRIVER_CELLS_H

#include <stdint.h>

#include "harness/driver/allocators.h"
#include "harness/driver/options.h"
#include "harness/driver/workloads.h"

/* What was asked for.  Two runs of one plan have the same cells in the same
 * order. */
struct sl_plan {
	char *preset;
	char *environment; /* what SPANLAB_OPTIONS was; "" */
	int64_t seed;
	unsigned rounds;       /* at most, if rounds_least are fewer */
	unsigned rounds_least; /* 0: all */
	bool rounds_chosen;    /* by us, to fit the time: may be cut short */
	double window_s;       /* --seconds of the bench */
	double scale;          /* --scale of the bench */
	double timeout_s;
	unsigned retries; /* of a cell that crashed or timed out */
	double budget_s;  /* of the rounds; not kept in the manifest */
	unsigned cpus;    /* of the machine; in the manifest's host */
	struct sl_observe observe;
	char *pin;       /* --pin of the bench; "": left to it, NULL: too */
	char *pin_order; /* the CPUs it takes here; "": does not matter */
	char *numa;      /* --numa of the bench; as pin */
	char *trace;     /* --trace of the bench, an absolute name; as pin */
	char *trace_digest;
	bool window_grows; /* as a preset's; not kept in the manifest */
	char *slurm;       /* sbatch's options, "" too; NULL: cells run here */
	char *left_out;    /* see left_out.h; NULL: none */
	struct sl_allocators allocators;
	struct sl_workloads workloads;
	struct sl_counts threads;
};

/* Indices into the plan; round counts from 1. */
struct sl_cell {
	unsigned workload, allocator, threads, round;
};

/* All cells in the order of the plan's lists; begin with one that is all
 * zero; false after the last. */
bool sl_cell_next(const struct sl_plan *p, struct sl_cell *c);

/* After rounds_least a group has more rounds only while stop.h says so. */
bool sl_plan_may_stop(const struct sl_plan *p);

/* "up to ", or "". */
const char *sl_plan_up_to(const struct sl_plan *p);

/* "1 round", "9 to 20 rounds"; the caller frees. */
char *sl_plan_rounds_text(const struct sl_plan *p);

/* As --rounds takes it; the caller frees. */
char *sl_plan_rounds_option(const struct sl_plan *p);

size_t sl_plan_cells_per_round(const struct sl_plan *p);

/*
 * The cells of one round in their order; the caller frees.  A block is one
 * workload at one thread count; blocks are shuffled, and within a block the
 * allocators, which so run within seconds of each other: whatever drifts on
 * the machine meets all of them.
 */
struct sl_cell *sl_plan_round(const struct sl_plan *p, unsigned round);

/* "larson.mutex.T8.r1"; the caller frees. */
char *sl_cell_name(const struct sl_plan *p, const struct sl_cell *c);

/* DIR/cells/NAME + suffix (".json" or ".failed.json"); the caller frees. */
char *sl_cell_path(const struct sl_plan *p, const struct sl_cell *c,
    const char *dir, const char *suffix);

/* The seed the bench gets: the same for all allocators of a block. */
unsigned sl_cell_seed(const struct sl_plan *p, const struct sl_cell *c);

#endif /* SL_DRIVER_CELLS_H */
