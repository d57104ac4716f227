/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map.c - where each variant of the set wins.
 *
 * Called by report.c.
 */
#include "harness/driver/map.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/host.h"
#include "harness/driver/verdict.h"

bool
sl_map_apply(const struct sl_results *r)
{
	const struct sl_workloads *l = &r->manifest.plan.workloads;

	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i].suite, "map"))
			return false;
	return true;
}

static double
median_of(const struct sl_results *r, const struct sl_map_place *p, size_t a,
    enum sl_metric metric)
{
	double *v = sl_alloc_array(r->manifest.plan.rounds, sizeof *v), x;
	size_t n = sl_results_values(r, p->workload, a, p->threads, metric, v);

	x = sl_stat_median(v, n);
	free(v);
	return x;
}

/* Of two medians the greater. */
static double
slower(const struct sl_results *r, const struct sl_map_place *p, size_t a,
    enum sl_metric claim, enum sl_metric insert)
{
	return fmax(median_of(r, p, a, claim), median_of(r, p, a, insert));
}

static bool
always_timed_out(
    const struct sl_results *r, const struct sl_map_place *p, size_t a)
{
	for (unsigned round = 1; round <= r->manifest.plan.rounds; round++) {
		const struct sl_result *x =
		    sl_results_at(r, p->workload, a, p->threads, round);

		if (x->state != SL_RESULT_FAILED ||
		    strcmp(x->status, "timeout"))
			return false;
	}
	return true;
}

static void
make_value(struct sl_map_value *v, const struct sl_results *r,
    const struct sl_map_place *p, size_t a)
{
	v->mops = sl_results_throughput(r, p->workload, a, p->threads);
	v->p50 = slower(r, p, a, SL_M_CLAIM_P50, SL_M_INSERT_P50);
	v->p99 = slower(r, p, a, SL_M_CLAIM_P99, SL_M_INSERT_P99);
	v->p999 = slower(r, p, a, SL_M_CLAIM_P999, SL_M_INSERT_P999);
	v->p9999 = slower(r, p, a, SL_M_CLAIM_P9999, SL_M_INSERT_P9999);
	v->fairness = median_of(r, p, a, SL_M_MIN_THREAD) /
		      median_of(r, p, a, SL_M_MAX_THREAD);
	v->cas_failures = sl_results_per_1000(
	    r, p->workload, a, p->threads, SL_M_CAS_FAILURES);
	v->lock_waits =
	    sl_results_per_1000(r, p->workload, a, p->threads, SL_M_LOCK_WAITS);
	v->backlog = median_of(r, p, a, SL_M_BACKLOG);
	v->timed_out = always_timed_out(r, p, a);
}

static void
make_place(struct sl_map *m, struct sl_map_place *p, size_t w, size_t t)
{
	const struct sl_plan *plan = &m->r->manifest.plan;

	*p = (struct sl_map_place){.workload = w,
	    .threads = t,
	    .batch = sl_workload_param(&plan->workloads.v[w], "batch", 1),
	    .hold = sl_workload_param(&plan->workloads.v[w], "hold", 0),
	    .is_over = plan->threads.v[t] > sl_host_cpus(m->r->manifest.host),
	    .v = sl_alloc_array(plan->allocators.n, sizeof *p->v),
	    .best = SIZE_MAX};
	for (size_t a = 0; a < plan->allocators.n; a++) {
		make_value(&p->v[a], m->r, p, a);
		if (p->v[a].mops.n && !m->is_bound[a] &&
		    (p->best == SIZE_MAX ||
			p->v[a].mops.median > p->v[p->best].mops.median))
			p->best = a;
	}
}

bool
sl_map_beats(const struct sl_map_place *p, size_t a, size_t b)
{
	const struct sl_spread *x = &p->v[a].mops, *y = &p->v[b].mops;
	enum sl_verdict verdict;

	if (x->n == 0)
		return false;
	if (y->n == 0)
		return p->v[b].timed_out;
	verdict = sl_stat_compare(x, y, SL_MIN_EFFECT);
	/* with one or two rounds the medians are all there is */
	if (verdict == SL_TOO_FEW)
		return x->median > y->median * (1 + SL_MIN_EFFECT);
	return verdict == SL_FASTER;
}

double
sl_map_mean(const struct sl_map *m, size_t a)
{
	/* What timed out counts as a thousandth of the best. */
	static const double timed_out = 1e-3;
	double sum = 0;
	size_t n = 0;

	for (size_t i = 0; i < m->n; i++) {
		const struct sl_map_place *p = &m->places[i];
		double ratio = timed_out;

		if (p->best == SIZE_MAX ||
		    (p->v[a].mops.n == 0 && !p->v[a].timed_out))
			continue;
		if (p->v[a].mops.n)
			ratio = p->v[a].mops.median / p->v[p->best].mops.median;
		sum += log(ratio);
		n++;
	}
	return n ? exp(sum / (double)n) : NAN;
}

static void
make_order(struct sl_map *m)
{
	size_t n = m->r->manifest.plan.allocators.n;

	m->order = sl_alloc_array(n, sizeof *m->order);
	for (size_t i = 0; i < n; i++) {
		double mean = sl_map_mean(m, i);
		size_t at = i;

		/* before the first that is worse; a NAN is never better */
		while (at > 0) {
			size_t other = m->order[at - 1];

			if (m->is_bound[other] == m->is_bound[i]
				? !(mean > sl_map_mean(m, other))
				: m->is_bound[i])
				break;
			m->order[at] = other;
			at--;
		}
		m->order[at] = i;
	}
}

void
sl_map_make(struct sl_map *m, const struct sl_results *r)
{
	const struct sl_plan *p = &r->manifest.plan;

	*m = (struct sl_map){.r = r, .timer_ns = NAN};
	m->places =
	    sl_alloc_array(p->workloads.n * p->threads.n, sizeof *m->places);
	m->is_bound = sl_alloc_array(p->allocators.n, sizeof *m->is_bound);
	for (size_t a = 0; a < p->allocators.n; a++)
		m->is_bound[a] = sl_results_reference(r, a) != NULL;
	for (size_t w = 0; w < p->workloads.n; w++)
		for (size_t t = 0; t < p->threads.n; t++)
			make_place(m, &m->places[m->n++], w, t);
	for (size_t i = 0; i < m->n && isnan(m->timer_ns); i++)
		if (m->places[i].best != SIZE_MAX)
			m->timer_ns = median_of(
			    r, &m->places[i], m->places[i].best, SL_M_TIMER);
	make_order(m);
}

void
sl_map_destroy(struct sl_map *m)
{
	for (size_t i = 0; i < m->n; i++)
		free(m->places[i].v);
	free(m->places);
	free(m->is_bound);
	free(m->order);
}
