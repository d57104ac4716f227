/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stats.c - the statistics of a report, each small enough to check by hand.
 *
 * Called by the report's rooms; tests/unit/t_stats.c has known answers.
 */
#include "harness/driver/stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/util.h"

static int
by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* v is sorted and not empty. */
static double
quantile_sorted(const double *v, size_t n, double q)
{
	double at = q * (double)(n - 1);
	size_t below = (size_t)at;
	double part = at - (double)below;

	if (below + 1 >= n)
		return v[n - 1];
	return v[below] + part * (v[below + 1] - v[below]);
}

double
sl_stat_quantile(const double *v, size_t n, double q)
{
	double *copy, result;

	if (n == 0)
		return NAN;
	copy = sl_alloc_array(n, sizeof *copy);
	memcpy(copy, v, n * sizeof *copy);
	qsort(copy, n, sizeof *copy, by_value);
	result = quantile_sorted(copy, n, q);
	free(copy);
	return result;
}

double
sl_stat_median(const double *v, size_t n)
{
	return sl_stat_quantile(v, n, 0.5);
}

double
sl_stat_min(const double *v, size_t n)
{
	return sl_stat_quantile(v, n, 0);
}

double
sl_stat_max(const double *v, size_t n)
{
	return sl_stat_quantile(v, n, 1);
}

struct sl_interval
sl_stat_bootstrap_median(
    const double *v, size_t n, double level, unsigned resamples, uint64_t seed)
{
	struct sl_rng rng = {seed};
	struct sl_interval in = {NAN, NAN};
	double *sample, *medians, tail = (1 - level) / 2;

	if (n == 0 || resamples == 0)
		return in;
	sample = sl_alloc_array(n, sizeof *sample);
	medians = sl_alloc_array(resamples, sizeof *medians);
	for (unsigned r = 0; r < resamples; r++) {
		for (size_t i = 0; i < n; i++)
			sample[i] = v[sl_rng_below(&rng, n)];
		medians[r] = sl_stat_median(sample, n);
	}
	qsort(medians, resamples, sizeof *medians, by_value);
	in.lo = quantile_sorted(medians, resamples, tail);
	in.hi = quantile_sorted(medians, resamples, 1 - tail);
	free(medians);
	free(sample);
	return in;
}

struct sl_spread
sl_stat_spread(const double *v, size_t n)
{
	struct sl_spread s = {.median = sl_stat_median(v, n), .n = n};

	if (n < SL_STAT_BOOTSTRAP_FROM) {
		s.in.lo = sl_stat_min(v, n);
		s.in.hi = sl_stat_max(v, n);
	} else {
		s.in = sl_stat_bootstrap_median(v, n, 0.95, 2000, 1);
	}
	return s;
}

double
sl_stat_ranges_apart_chance(size_t n, size_t m)
{
	double chance = 2;

	if (n == 0 || m == 0)
		return 1;
	/* n! m! / (n + m)! = product of i / (n + i) for i = 1..m */
	for (size_t i = 1; i <= m; i++)
		chance *= (double)i / (double)(n + i);
	return chance;
}

enum sl_verdict
sl_stat_compare(
    const struct sl_spread *a, const struct sl_spread *b, double min_effect)
{
	if (a->n < 3 || b->n < 3)
		return SL_TOO_FEW;
	if (a->in.lo > b->in.hi && a->median > b->median * (1 + min_effect))
		return SL_FASTER;
	if (a->in.hi < b->in.lo && a->median < b->median * (1 - min_effect))
		return SL_SLOWER;
	return SL_NO_DIFFERENCE;
}
