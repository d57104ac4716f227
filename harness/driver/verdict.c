/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verdict.c - what the numbers of a sweep say, and where they must not be
 * believed.
 *
 * Called by the page and the exports.
 */
#include "harness/driver/verdict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/host.h"

size_t
sl_verdict_baseline(const struct sl_plan *p)
{
	const struct sl_allocators *l = &p->allocators;

	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->v[i].name, "mutex"))
			return i;
	for (size_t i = 0; i < l->n; i++)
		if (sl_allocator_is_ours(&l->v[i]))
			return i;
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].kind == SL_KIND_SYSTEM)
			return i;
	return 0;
}

/* The rounds in which both have a result, which ran within seconds of each
 * other; x and y have room for plan.rounds. */
static size_t
pairs_at(const struct sl_results *r, size_t workload, size_t a, size_t base,
    size_t threads, double *x, double *y)
{
	size_t n = 0;

	for (unsigned round = 1; round <= r->manifest.plan.rounds; round++) {
		const struct sl_result *p =
		    sl_results_at(r, workload, a, threads, round);
		const struct sl_result *q =
		    sl_results_at(r, workload, base, threads, round);

		if (p->state != SL_RESULT_OK || q->state != SL_RESULT_OK)
			continue;
		x[n] = p->m[SL_M_OPS];
		y[n++] = q->m[SL_M_OPS];
	}
	return n;
}

struct sl_paired
sl_verdict_paired(const struct sl_results *r, size_t workload, size_t a,
    size_t base, size_t threads)
{
	unsigned rounds = r->manifest.plan.rounds;
	double *x = sl_alloc_array(rounds, sizeof *x);
	double *y = sl_alloc_array(rounds, sizeof *y);
	struct sl_paired pair =
	    sl_stat_paired(x, y, pairs_at(r, workload, a, base, threads, x, y));

	free(x);
	free(y);
	return pair;
}

/* With a range of rounds there was a look after each, so what is said before
 * the last must be surer (stats.h). */
static bool
may_go_on(const struct sl_results *r, size_t workload, size_t threads)
{
	const struct sl_plan *p = &r->manifest.plan;

	return sl_plan_may_stop(p) &&
	       sl_results_rounds(r, workload, threads) < p->rounds;
}

struct sl_compared
sl_verdict_compare_to(const struct sl_results *r, size_t workload,
    size_t allocator, size_t base, size_t threads)
{
	struct sl_spread b = sl_results_throughput(r, workload, base, threads);
	struct sl_compared c = {
	    .spread = sl_results_throughput(r, workload, allocator, threads)};
	struct sl_paired pair =
	    sl_verdict_paired(r, workload, allocator, base, threads);

	c.ratio = c.spread.median / b.median;
	c.verdict = sl_stat_compare(&c.spread, &b, SL_MIN_EFFECT);
	if (pair.n < SL_STAT_PAIRED_FROM || allocator == base)
		return c;
	c.ratio = pair.ratio;
	c.verdict = may_go_on(r, workload, threads)
			? sl_stat_judge_early(&pair, SL_MIN_EFFECT)
			: sl_stat_judge(&pair, SL_MIN_EFFECT);
	return c;
}

struct sl_compared
sl_verdict_compare(const struct sl_results *r, size_t workload,
    size_t allocator, size_t threads)
{
	return sl_verdict_compare_to(r, workload, allocator,
	    sl_verdict_baseline(&r->manifest.plan), threads);
}

double
sl_verdict_traffic(const struct sl_results *r, size_t workload,
    size_t allocator, size_t threads)
{
	return sl_results_per_1000(
		   r, workload, allocator, threads, SL_M_CLAIMS) +
	       sl_results_per_1000(r, workload, allocator, threads, SL_M_GROWS);
}

enum sl_touch
sl_verdict_touch(const struct sl_results *r, size_t workload)
{
	const struct sl_plan *p = &r->manifest.plan;
	size_t known = 0, touched = 0;

	/* there is nothing else in it */
	if (!strcmp(p->workloads.v[workload].suite, "map") ||
	    !strcmp(p->workloads.v[workload].suite, "rcu"))
		return SL_TOUCH_ALL;

	for (size_t a = 0; a < p->allocators.n; a++) {
		for (size_t t = 0; t < p->threads.n; t++) {
			double traffic = sl_verdict_traffic(r, workload, a, t);

			if (isnan(traffic))
				continue;
			known++;
			touched += traffic >= 1;
		}
	}
	if (known == 0)
		return SL_TOUCH_UNKNOWN;
	return touched == 0      ? SL_TOUCH_NONE
	       : touched < known ? SL_TOUCH_SOME
				 : SL_TOUCH_ALL;
}

size_t
sl_verdict_full_machine(const struct sl_results *r)
{
	const struct sl_counts *threads = &r->manifest.plan.threads;
	unsigned cpus = sl_host_cpus(r->manifest.host);
	size_t best = 0;

	for (size_t t = 0; t < threads->n; t++)
		if (threads->v[t] <= cpus)
			best = t;
	return best;
}

/* log(a / base) of all rounds and thread counts in which both have a
 * result. */
static size_t
paired_logs(const struct sl_results *r, size_t workload, size_t a, size_t base,
    double *out)
{
	const struct sl_plan *p = &r->manifest.plan;
	double *y = sl_alloc_array(p->rounds, sizeof *y);
	size_t n = 0, k;

	for (size_t t = 0; t < p->threads.n; t++) {
		k = pairs_at(r, workload, a, base, t, out + n, y);
		for (size_t i = 0; i < k; i++)
			out[n + i] = log(out[n + i] / y[i]);
		n += k;
	}
	free(y);
	return n;
}

/* All thread counts together: a difference that no single point shows. */
static void
differs_overall(const struct sl_results *r, size_t workload, size_t a,
    size_t base, struct sl_text *how)
{
	const struct sl_plan *p = &r->manifest.plan;
	double *v = sl_alloc_array(p->threads.n * p->rounds, sizeof *v);
	size_t n = paired_logs(r, workload, a, base, v);
	struct sl_interval in = sl_stat_bootstrap_median(v, n, 0.95, 2000, 1);
	double middle = exp(sl_stat_median(v, n)) - 1;

	if (n >= 6 && (in.lo > 0 || in.hi < 0) && fabs(middle) > 0.05)
		sl_text_addf(how,
		    " by %+.0f %% over all thread counts (95 %% interval "
		    "%+.0f to %+.0f %%, %zu pairs)",
		    100 * middle, 100 * (exp(in.lo) - 1),
		    100 * (exp(in.hi) - 1), n);
	free(v);
}

/* Single thread counts. */
static void
differs_at_points(
    const struct sl_results *r, size_t workload, size_t a, struct sl_text *how)
{
	const struct sl_plan *p = &r->manifest.plan;
	bool any = false;

	for (size_t t = 0; t < p->threads.n; t++) {
		struct sl_compared c = sl_verdict_compare(r, workload, a, t);

		/* with fewer rounds, ranges fall apart by chance too often */
		if (c.spread.n < SL_STAT_BOOTSTRAP_FROM ||
		    (c.verdict != SL_FASTER && c.verdict != SL_SLOWER) ||
		    fabs(c.ratio - 1) < 0.1)
			continue;
		sl_text_addf(how, "%s%s at %u threads by %+.0f %%",
		    how->len && !any ? ";" : "", any ? "," : "",
		    p->threads.v[t], 100 * (c.ratio - 1));
		any = true;
	}
}

/* One variant on one control. */
static void
check_control(const struct sl_results *r, size_t workload, size_t a,
    size_t base, struct sl_names *lines)
{
	const struct sl_plan *p = &r->manifest.plan;
	struct sl_text how = {0};
	char *line;

	differs_overall(r, workload, a, base, &how);
	differs_at_points(r, workload, a, &how);
	if (how.len) {
		line = sl_printf(
		    "On the control workload '%s', %s differs from %s%s. "
		    "Variants must not differ there: suspect the harness or "
		    "the machine before you believe other differences of "
		    "this size.",
		    p->workloads.v[workload].name, p->allocators.v[a].name,
		    p->allocators.v[base].name, how.s);
		sl_names_add(lines, line);
		free(line);
	}
	sl_text_destroy(&how);
}

static void
check_controls(const struct sl_results *r, struct sl_names *lines)
{
	const struct sl_plan *p = &r->manifest.plan;
	size_t base = sl_verdict_baseline(p);

	if (!sl_allocator_is_ours(&p->allocators.v[base]))
		return;
	for (size_t w = 0; w < p->workloads.n; w++) {
		if (!p->workloads.v[w].control)
			continue;
		for (size_t a = 0; a < p->allocators.n; a++) {
			/* other options may well make a difference */
			if (a != base &&
			    sl_allocator_is_ours(&p->allocators.v[a]) &&
			    !strcmp(p->allocators.v[a].options,
				p->allocators.v[base].options))
				check_control(r, w, a, base, lines);
		}
	}
}

char *
sl_verdict_observed(const struct sl_plan *p)
{
	const struct sl_observe *o = &p->observe;
	struct sl_names given = {0};
	char *text;

	if (o->latency) {
		text = sl_printf("--latency %u", o->latency);
		sl_names_add(&given, text);
		free(text);
	}
	if (o->memory_ms > 0) {
		text = sl_printf("--memory %g", o->memory_ms);
		sl_names_add(&given, text);
		free(text);
	}
	if (o->counters)
		sl_names_add(&given, "--counters");
	text = sl_names_join(&given, " and ");
	sl_names_destroy(&given);
	return text;
}

void
sl_verdict_warnings(const struct sl_results *r, struct sl_names *lines)
{
	char *observed = sl_verdict_observed(&r->manifest.plan), *line;

	if (*observed) {
		line = sl_printf("Observed with %s, which slows each cell and "
				 "not each allocator alike: take throughput "
				 "from a sweep that does not observe.",
		    observed);
		sl_names_add(lines, line);
		free(line);
	}
	free(observed);
	check_controls(r, lines);
}
