/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stats.h - the statistics of a report, each small enough to check by hand.
 *
 * Used by the report's rooms.  Nothing here knows of allocators.  Values are
 * never changed in place.  An empty sample has the statistics NAN.
 */
#ifndef SL_DRIVER_STATS_H
#define SL_DRIVER_STATS_H

#include <stdbool.h>
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

/*
 * Two series measured in the same rounds (stats_paired.c): a[i] and b[i] are
 * of round i.  The ratio a / b by Hodges and Lehmann, its interval (95 %, or
 * the widest there is with fewer than six pairs) and the chance of so large a
 * difference if there is none, by Wilcoxon's signed ranks, exact.
 */
struct sl_paired {
	double ratio;
	struct sl_interval in;
	double p; /* both sides */
	size_t n;
	struct sl_interval early; /* for a look before the last */
};
struct sl_paired sl_stat_paired(const double *a, const double *b, size_t n);

/* With five pairs the least p is 1/16. */
enum { SL_STAT_PAIRED_FROM = 6 };

/* Different if p <= 0.05 and the ratio is off by more than min_effect. */
enum sl_verdict sl_stat_judge(const struct sl_paired *r, double min_effect);

/* The whole interval is within min_effect of 1: there is no difference that
 * matters, which is more than that none was shown. */
bool sl_stat_is_same(const struct sl_paired *r, double min_effect);
/* What the interval says before the last look, see below. */
bool sl_stat_is_same_early(const struct sl_paired *r, double min_effect);

/*
 * Whether more rounds are worth while, asked after each.  A look before the
 * last must be surer (Haybittle and Peto), so that many looks neither make
 * differences nor make them go away: that takes ten pairs at least.  After the
 * last round without an answer it gives up: that is a state of its own.
 */
#define SL_STAT_EARLY_LEVEL 0.003
enum sl_verdict sl_stat_judge_early(
    const struct sl_paired *r, double min_effect);
enum sl_stop { SL_STOP_GO_ON, SL_STOP_CERTAIN, SL_STOP_GAVE_UP };
enum sl_stop sl_stat_stop(
    const struct sl_paired *r, double min_effect, bool is_last);

/* The chance that the sum of a random subset of 1..n is at most w. */
double sl_stat_signed_rank(size_t n, size_t w);

#endif /* SL_DRIVER_STATS_H */
