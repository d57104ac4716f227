/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * panels.c - what is shown of a workload side by side, each over threads.
 *
 * Called by the page.  A panel is a row of the table; one
 * that no cell has numbers for is not drawn.
 */
#include "harness/driver/panels.h"

#include <math.h>
#include <stdlib.h>

#include "harness/driver/host.h"

#define NONE (-1)
#define MIB 1048576.0

const struct sl_panel sl_panels[SL_PANELS] = {
    [SL_PANEL_THROUGHPUT] = {"throughput", "Throughput", NULL, 1e-6, SL_M_OPS,
	NONE, NONE, false},
    [SL_PANEL_RESIDUALS] = {"residuals",
	"Residuals of the universal scalability law", "above the fit, %", 1,
	NONE, NONE, NONE, false},
    {"traffic", "Claims and grows", "per 1000 mallocs", 1000, SL_M_CLAIMS,
	SL_M_GROWS, SL_M_MALLOCS, false},
    {"contention", "Failed swaps and waits for locks", "per 1000 mallocs", 1000,
	SL_M_CAS_FAILURES, SL_M_LOCK_WAITS, SL_M_MALLOCS, false},
    {"transfers", "Cache lines moved between cores", "per 1000 mallocs", 1000,
	SL_M_VMP_TRANSFERS, NONE, SL_M_MALLOCS, false},
    {"claim-p99", "Latency of a claim, 99th percentile", "ns", 1,
	SL_M_CLAIM_P99, NONE, NONE, true},
    {"insert-p99", "Latency of an insertion, 99th percentile", "ns", 1,
	SL_M_INSERT_P99, NONE, NONE, true},
    {"memory", "Resident memory at most", "MiB", 1.0 / 1024, SL_M_RSS_PEAK,
	NONE, NONE, false},
    {"fairness", "Fairness", "slowest thread to fastest, in operations", 1,
	SL_M_MIN_THREAD, NONE, SL_M_MAX_THREAD, false},
    {"switches", "Context switches", "per second of the makespan", 1,
	SL_M_VOL_SWITCHES, SL_M_INVOL_SWITCHES, SL_M_MAKESPAN, false},
    {"malloc-p50", "Latency of malloc, median", "ns", 1, SL_M_MALLOC_P50, NONE,
	NONE, true},
    {"free-p50", "Latency of free, median", "ns", 1, SL_M_FREE_P50, NONE, NONE,
	true},
    {"malloc-p99", "Latency of malloc, 99th percentile", "ns", 1,
	SL_M_MALLOC_P99, NONE, NONE, true},
    {"free-p99", "Latency of free, 99th percentile", "ns", 1, SL_M_FREE_P99,
	NONE, NONE, true},
    {"malloc-p999", "Latency of malloc, 99.9th percentile", "ns", 1,
	SL_M_MALLOC_P999, NONE, NONE, true},
    {"free-p999", "Latency of free, 99.9th percentile", "ns", 1, SL_M_FREE_P999,
	NONE, NONE, true},
    {"live", "Live bytes at most", "MiB", 1 / MIB, SL_M_LIVE_PEAK, NONE, NONE,
	false},
    {"blow-up", "Blow-up", "resident at most to live at most", 1,
	SL_M_RESIDENT_PEAK, NONE, SL_M_LIVE_PEAK, false},
};

/* What one cell says of it, or NAN. */
static double
value_of(const struct sl_panel *p, const double *m)
{
	double x = p->a == NONE ? (double)NAN : m[p->a];

	if (p->b != NONE)
		x += m[p->b];
	if (p->per != NONE)
		x = m[p->per] > 0 ? x / m[p->per] : (double)NAN;
	return p->scale * x;
}

static struct sl_spread
spread_of(const struct sl_results *r, const struct sl_panel *p, size_t workload,
    size_t allocator, size_t threads)
{
	unsigned rounds = r->manifest.plan.rounds;
	double *v = sl_alloc_array(rounds, sizeof *v), x;
	struct sl_spread s;
	size_t n = 0;

	for (unsigned k = 1; k <= rounds; k++) {
		const struct sl_result *res =
		    sl_results_at(r, workload, allocator, threads, k);

		if (res->state != SL_RESULT_OK)
			continue;
		x = value_of(p, res->m);
		if (isfinite(x))
			v[n++] = x;
	}
	s = sl_stat_spread(v, n);
	free(v);
	return s;
}

struct sl_panel_curve
sl_panel_curve(const struct sl_results *r, size_t workload, size_t allocator)
{
	const struct sl_counts *threads = &r->manifest.plan.threads;
	unsigned cpus = sl_host_cpus(r->manifest.host);
	struct sl_panel_curve c = {sl_alloc_array(threads->n, sizeof *c.n),
	    sl_alloc_array(threads->n, sizeof *c.x), 0};

	for (size_t t = 0; t < threads->n && threads->v[t] <= cpus; t++) {
		struct sl_spread s =
		    sl_results_throughput(r, workload, allocator, t);

		if (s.n == 0 || !(s.median > 0))
			continue;
		c.n[c.count] = threads->v[t];
		c.x[c.count++] = s.median;
	}
	return c;
}

void
sl_panel_curve_destroy(struct sl_panel_curve *c)
{
	free(c->n);
	free(c->x);
}

bool
sl_panel_fit(const struct sl_results *r, size_t workload, size_t allocator,
    struct sl_panel_laws *laws)
{
	struct sl_panel_curve c = sl_panel_curve(r, workload, allocator);
	bool good = sl_model_usl(c.n, c.x, c.count, &laws->usl) &&
		    sl_model_amdahl(c.n, c.x, c.count, &laws->amdahl);

	if (good) {
		laws->first = c.n[0];
		laws->last = c.n[c.count - 1];
	}
	sl_panel_curve_destroy(&c);
	return good;
}

/* The median and its interval against the law, in percent. */
static struct sl_spread
residual_of(const struct sl_results *r, const struct sl_model *usl,
    size_t workload, size_t allocator, size_t threads)
{
	unsigned n = r->manifest.plan.threads.v[threads];
	struct sl_spread s = {0};
	double law = sl_model_at(usl, n);

	if (n > sl_host_cpus(r->manifest.host))
		return s;
	s = sl_results_throughput(r, workload, allocator, threads);
	s.median = 100 * (s.median / law - 1);
	s.in.lo = 100 * (s.in.lo / law - 1);
	s.in.hi = 100 * (s.in.hi / law - 1);
	return s;
}

static void
fill(const struct sl_results *r, size_t workload, size_t allocator,
    enum sl_panel_id id, struct sl_spread *at)
{
	struct sl_panel_laws laws;

	if (id == SL_PANEL_RESIDUALS &&
	    !sl_panel_fit(r, workload, allocator, &laws))
		return;
	for (size_t t = 0; t < r->manifest.plan.threads.n; t++)
		if (id == SL_PANEL_RESIDUALS)
			at[t] =
			    residual_of(r, &laws.usl, workload, allocator, t);
		else if (id == SL_PANEL_THROUGHPUT)
			at[t] =
			    sl_results_throughput(r, workload, allocator, t);
		else
			at[t] = spread_of(
			    r, &sl_panels[id], workload, allocator, t);
}

bool
sl_panel_make(const struct sl_results *r, size_t workload, enum sl_panel_id id,
    struct sl_panel_data *d)
{
	const struct sl_plan *p = &r->manifest.plan;
	size_t n = p->allocators.n * p->threads.n;

	*d = (struct sl_panel_data){.panel = &sl_panels[id],
	    .lo = INFINITY,
	    .hi = -INFINITY,
	    .least = INFINITY};
	d->at = sl_alloc_array(n, sizeof *d->at);
	for (size_t a = 0; a < p->allocators.n; a++)
		fill(r, workload, a, id, d->at + a * p->threads.n);
	for (size_t i = 0; i < n; i++) {
		if (d->at[i].n == 0)
			continue;
		d->lo = fmin(d->lo, d->at[i].in.lo);
		d->hi = fmax(d->hi, d->at[i].in.hi);
		if (d->at[i].median > 0)
			d->least = fmin(d->least, d->at[i].median);
		if (d->at[i].in.lo > 0)
			d->least = fmin(d->least, d->at[i].in.lo);
	}
	if (d->hi >= d->lo)
		return true;
	free(d->at);
	return false;
}

void
sl_panel_destroy(struct sl_panel_data *d)
{
	free(d->at);
}

const struct sl_spread *
sl_panel_at(const struct sl_results *r, const struct sl_panel_data *d,
    size_t allocator, size_t threads)
{
	return &d->at[allocator * r->manifest.plan.threads.n + threads];
}

char *
sl_panel_unit(const struct sl_results *r, const struct sl_panel *panel)
{
	if (panel->unit)
		return sl_strdup(panel->unit);
	return sl_printf("million %s per second",
	    sl_workloads_unit(&r->manifest.plan.workloads));
}
