/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * costs.h - what an operation costs with each allocator: nanoseconds, the
 * ratio to the best, instructions.
 *
 * Used by report.c, for sweeps of the suite "patterns".
 */
#ifndef SL_DRIVER_COSTS_H
#define SL_DRIVER_COSTS_H

#include "harness/driver/results.h"

/* One workload at one number of threads. */
struct sl_cost_row {
	size_t workload, threads; /* indices into the plan */
	bool is_over;             /* more threads than CPUs */
	bool is_whole;            /* every allocator has a value */
	struct sl_spread *ns;     /* by allocator; n == 0: none */
	double best;              /* least median; NAN: none */
	double spread;            /* half the interval by the median: the
				   * median of all allocators' */
};

struct sl_costs {
	const struct sl_results *r;
	struct sl_cost_row *rows;
	size_t n;
	/* by workload, then allocator; NAN: not counted */
	double *instructions;
	bool any_instructions;
	char *why_no_instructions; /* of the first allocator without, or NULL */
};

/* Whether this sweep is of the kind that such a table is made of. */
bool sl_costs_apply(const struct sl_results *r);

void sl_costs_make(
    struct sl_costs *c, const struct sl_results *r, const char *dir);
void sl_costs_destroy(struct sl_costs *c);

/* The geometric mean of an allocator's ratios to the best, over the whole rows
 * at one number of threads (an index), or over all (SIZE_MAX); *n is how many
 * they are.  NAN if there is none. */
double sl_costs_mean(
    const struct sl_costs *c, size_t allocator, size_t threads, size_t *n);
/* The same of instructions. */
double sl_costs_mean_instructions(
    const struct sl_costs *c, size_t allocator, size_t *n);

double sl_costs_instructions(
    const struct sl_costs *c, size_t workload, size_t allocator);
/* The least of any allocator; NAN: none was counted. */
double sl_costs_least_instructions(const struct sl_costs *c, size_t workload);

/* The tables as texts; the caller frees. */
char *sl_costs_markdown(const struct sl_costs *c);
char *sl_costs_csv(const struct sl_costs *c);
char *sl_costs_json(const struct sl_costs *c);

#endif /* SL_DRIVER_COSTS_H */
