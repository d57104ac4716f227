/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * costs.c - what an operation costs with each allocator.
 *
 * Called by report.c.  The time of an operation is the makespan divided by
 * the operations of all threads: with two threads on two CPUs a perfect
 * allocator has half of what it has with one.
 */
#include "harness/driver/costs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/host.h"
#include "harness/driver/instructions.h"

bool
sl_costs_apply(const struct sl_results *r)
{
	const struct sl_workloads *l = &r->manifest.plan.workloads;

	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i].suite, "patterns"))
			return false;
	return true;
}

static struct sl_spread
nanoseconds(const struct sl_results *r, size_t w, size_t a, size_t t)
{
	double *v = sl_alloc_array(r->manifest.plan.rounds, sizeof *v);
	size_t n = sl_results_values(r, w, a, t, SL_M_OPS, v);
	struct sl_spread s;

	for (size_t i = 0; i < n; i++)
		v[i] = 1e9 / v[i];
	s = sl_stat_spread(v, n);
	free(v);
	return s;
}

/* How far the rounds of a row differ, at the allocator in the middle. */
static double
row_spread(const struct sl_cost_row *row, size_t n)
{
	double *v = sl_alloc_array(n, sizeof *v), middle;
	size_t k = 0;

	for (size_t a = 0; a < n; a++)
		if (row->ns[a].n)
			v[k++] = (row->ns[a].in.hi - row->ns[a].in.lo) / 2 /
				 row->ns[a].median;
	middle = sl_stat_median(v, k);
	free(v);
	return middle;
}

static void
make_row(
    struct sl_cost_row *row, const struct sl_results *r, size_t w, size_t t)
{
	const struct sl_plan *p = &r->manifest.plan;

	*row = (struct sl_cost_row){.workload = w,
	    .threads = t,
	    .is_over = p->threads.v[t] > sl_host_cpus(r->manifest.host),
	    .is_whole = true,
	    .ns = sl_alloc_array(p->allocators.n, sizeof *row->ns),
	    .best = NAN};
	for (size_t a = 0; a < p->allocators.n; a++) {
		row->ns[a] = nanoseconds(r, w, a, t);
		if (row->ns[a].n == 0)
			row->is_whole = false;
		else
			row->best = fmin(row->best, row->ns[a].median);
	}
	row->spread = row_spread(row, p->allocators.n);
}

static double *
instructions_at(const struct sl_costs *c, size_t workload, size_t allocator)
{
	return &c->instructions[workload * c->r->manifest.plan.allocators.n +
				allocator];
}

/* "scudo: killed by signal 6 (Aborted): what it said first" */
static char *
why_not(const char *name, const json_t *o)
{
	const char *said = sl_json_text(o, "stderr");
	size_t n = strcspn(said, "\n");

	return sl_printf("%s: %.60s%s%.*s", name, sl_json_text(o, "failed"),
	    n ? ": " : "", n < 160 ? (int)n : 160, said);
}

static void
read_instructions(struct sl_costs *c, const char *dir)
{
	const struct sl_plan *p = &c->r->manifest.plan;

	c->instructions = sl_alloc_array(
	    p->workloads.n * p->allocators.n, sizeof *c->instructions);
	for (size_t w = 0; w < p->workloads.n; w++) {
		for (size_t a = 0; a < p->allocators.n; a++) {
			json_t *o = sl_instructions_load(p, w, a, dir);
			double per = sl_json_number(o, "per_operation", NAN);

			*instructions_at(c, w, a) = per;
			c->any_instructions |= !isnan(per);
			if (o && isnan(per) && !c->why_no_instructions)
				c->why_no_instructions =
				    why_not(p->allocators.v[a].name, o);
			json_decref(o);
		}
	}
}

void
sl_costs_make(struct sl_costs *c, const struct sl_results *r, const char *dir)
{
	const struct sl_plan *p = &r->manifest.plan;

	*c = (struct sl_costs){.r = r};
	c->rows =
	    sl_alloc_array(p->workloads.n * p->threads.n, sizeof *c->rows);
	for (size_t t = 0; t < p->threads.n; t++)
		for (size_t w = 0; w < p->workloads.n; w++)
			if (p->threads.v[t] >= p->workloads.v[w].least_threads)
				make_row(&c->rows[c->n++], r, w, t);
	read_instructions(c, dir);
}

void
sl_costs_destroy(struct sl_costs *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->rows[i].ns);
	free(c->rows);
	free(c->instructions);
	free(c->why_no_instructions);
}

double
sl_costs_mean(
    const struct sl_costs *c, size_t allocator, size_t threads, size_t *n)
{
	double sum = 0;

	*n = 0;
	for (size_t i = 0; i < c->n; i++) {
		const struct sl_cost_row *row = &c->rows[i];

		if (!row->is_whole ||
		    (threads != SIZE_MAX && threads != row->threads))
			continue;
		sum += log(row->ns[allocator].median / row->best);
		++*n;
	}
	return *n ? exp(sum / (double)*n) : NAN;
}

double
sl_costs_instructions(
    const struct sl_costs *c, size_t workload, size_t allocator)
{
	return *instructions_at(c, workload, allocator);
}

double
sl_costs_least_instructions(const struct sl_costs *c, size_t workload)
{
	double least = NAN;

	for (size_t a = 0; a < c->r->manifest.plan.allocators.n; a++)
		least = fmin(least, *instructions_at(c, workload, a));
	return least;
}

double
sl_costs_mean_instructions(
    const struct sl_costs *c, size_t allocator, size_t *n)
{
	double sum = 0;

	*n = 0;
	for (size_t w = 0; w < c->r->manifest.plan.workloads.n; w++) {
		double x = *instructions_at(c, w, allocator);

		if (isnan(x))
			continue;
		sum += log(x / sl_costs_least_instructions(c, w));
		++*n;
	}
	return *n ? exp(sum / (double)*n) : NAN;
}
