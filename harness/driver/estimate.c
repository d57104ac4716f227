/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * estimate.c - how long cells will take: measured first, corrected on the way.
 *
 * Called by sweep.c.  A cell's time is its window, the start of a process, of
 * its threads, and the filling of its tables; that depends on the machine, so
 * it is measured, not assumed.
 */
#include "harness/driver/estimate.h"

#include <stdlib.h>

#include "harness/driver/cell_run.h"

/* Writing a result and syncing it. */
static const double STORE_S = 0.004;

/* The C library's malloc if it takes part: it is sure to work. */
static unsigned
usual_allocator(const struct sl_plan *p)
{
	for (size_t i = 0; i < p->allocators.n; i++)
		if (p->allocators.v[i].kind == SL_KIND_SYSTEM)
			return (unsigned)i;
	return 0;
}

/* Negative: the user wants to stop. */
static double
measure(const struct sl_plan *p, const char *bench, size_t w, size_t t)
{
	struct sl_cell_run run = {.plan = p, .bench = bench};
	struct sl_cell cell = {.workload = (unsigned)w,
	    .allocator = usual_allocator(p),
	    .threads = (unsigned)t,
	    .round = 1};

	if (sl_cell_run(&run, &cell) == SL_CELL_INTERRUPTED)
		return -1;
	return run.wall_s + STORE_S;
}

bool
sl_estimate_measure(
    struct sl_estimate *e, const struct sl_plan *p, const char *bench)
{
	size_t nt = p->threads.n;

	*e = (struct sl_estimate){.plan = p};
	e->cell_s = sl_alloc_array(p->workloads.n * nt, sizeof *e->cell_s);
	for (size_t w = 0; w < p->workloads.n; w++) {
		double few = measure(p, bench, w, 0), many = few;

		if (few >= 0 && nt > 1)
			many = measure(p, bench, w, nt - 1);
		if (few < 0 || many < 0)
			return false;
		/* between them, in proportion to the threads */
		for (size_t t = 0; t < nt; t++) {
			double span =
			    nt > 1 ? p->threads.v[nt - 1] - p->threads.v[0] : 1;
			double at = (p->threads.v[t] - p->threads.v[0]) / span;

			e->cell_s[w * nt + t] = few + at * (many - few);
		}
	}
	return true;
}

double
sl_estimate_cell_s(const struct sl_estimate *e, const struct sl_cell *c)
{
	return e->cell_s[c->workload * e->plan->threads.n + c->threads];
}

double
sl_estimate_round_s(const struct sl_estimate *e)
{
	size_t n = e->plan->workloads.n * e->plan->threads.n;
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += e->cell_s[i];
	return sum * (double)e->plan->allocators.n;
}

void
sl_estimate_learn(struct sl_estimate *e, const struct sl_cell *c, double wall_s)
{
	e->expected_s += sl_estimate_cell_s(e, c);
	e->took_s += wall_s + STORE_S;
}

double
sl_estimate_corrected(const struct sl_estimate *e, double seconds)
{
	/* A few seconds' worth of the first guess steadies the beginning. */
	return seconds * (e->took_s + 3) / (e->expected_s + 3);
}
