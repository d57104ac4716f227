/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stats.h - the statistics of a report, each small enough to check by hand.
 *
 * Used by the report's rooms.  Nothing here knows of allocators.  Values are
 * never changed in place.  An empty sample has the statistics NAN.
 */
#ifndef SL_DRIVER_STATS_H
#define SL_DRIVER_STATS_H

#include <stddef.h>
#include <stdint.h>

/* The middle value, or the mean of the two middle ones. */
double sl_stat_median(const double *v, size_t n);

/* q in [0, 1]; between two values, linearly (R's type 7). */
double sl_stat_quantile(const double *v, size_t n, double q);

double sl_stat_min(const double *v, size_t n);
double sl_stat_max(const double *v, size_t n);

struct sl_interval {
	double lo, hi;
};

/* Percentile bootstrap of the median: `level` of the medians of `resamples`
 * samples drawn with replacement lie within.  Same seed, same answer. */
struct sl_interval sl_stat_bootstrap_median(
    const double *v, size_t n, double level, unsigned resamples, uint64_t seed);

/* Below this many values an interval for the median is just their range. */
enum { SL_STAT_BOOTSTRAP_FROM = 5 };

/* A median and how far it may be off: the 95 % bootstrap interval, or the
 * range from least to greatest when there are few values. */
struct sl_spread {
	double median;
	struct sl_interval in;
	size_t n;
};
struct sl_spread sl_stat_spread(const double *v, size_t n);

/*
 * The chance that the ranges of two samples, n and m values drawn from one
 * distribution, do not overlap: 2 n! m! / (n + m)!.
 */
double sl_stat_ranges_apart_chance(size_t n, size_t m);

enum sl_verdict {
	SL_TOO_FEW,       /* fewer than three values on one side */
	SL_NO_DIFFERENCE, /* none shown */
	SL_FASTER,        /* a is above b */
	SL_SLOWER,
};

/* a against b: different if their intervals do not overlap and the medians
 * differ by more than min_effect (0.03: 3 % of b's). */
enum sl_verdict sl_stat_compare(
    const struct sl_spread *a, const struct sl_spread *b, double min_effect);

#endif /* SL_DRIVER_STATS_H */
