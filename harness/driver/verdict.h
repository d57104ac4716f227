/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * verdict.h - what the numbers of a sweep say, and where they must not be
 * believed.
 *
 * Used by the page and the exports.
 */
#ifndef SL_DRIVER_VERDICT_H
#define SL_DRIVER_VERDICT_H

#include "harness/driver/results.h"

/* Differences below this part are not called differences. */
#define SL_MIN_EFFECT 0.03

/* Who the others are compared with: mutex, else the first variant, else the
 * C library, else the first.  An index into the plan's allocators. */
size_t sl_verdict_baseline(const struct sl_plan *p);

struct sl_compared {
	struct sl_spread spread;
	double ratio; /* to the baseline's; NAN if one lacks */
	enum sl_verdict verdict;
};
/* By pairs of the same round, where there are enough; else by medians and
 * whether the intervals are apart. */
struct sl_compared sl_verdict_compare(const struct sl_results *r,
    size_t workload, size_t allocator, size_t threads);
/* The same against another than the baseline. */
struct sl_compared sl_verdict_compare_to(const struct sl_results *r,
    size_t workload, size_t allocator, size_t base, size_t threads);

/* One allocator to another at one point, over the rounds that both have. */
struct sl_paired sl_verdict_paired(const struct sl_results *r, size_t workload,
    size_t a, size_t base, size_t threads);

/* Whether a workload exercises what is compared here: claims and grows per
 * 1000 mallocs, over all variants and thread counts. */
enum sl_touch { SL_TOUCH_UNKNOWN, SL_TOUCH_NONE, SL_TOUCH_SOME, SL_TOUCH_ALL };
enum sl_touch sl_verdict_touch(const struct sl_results *r, size_t workload);
/* At one point; NAN if no counters. */
double sl_verdict_traffic(const struct sl_results *r, size_t workload,
    size_t allocator, size_t threads);

/* One line for each reason not to believe what is measured: that it was
 * observed, and each variant that differs on a control, where none must. */
void sl_verdict_warnings(const struct sl_results *r, struct sl_names *lines);

/* "--latency 8 and --counters", what slowed the cells; "": nothing.  The
 * caller frees. */
char *sl_verdict_observed(const struct sl_plan *p);

/* The largest thread count that is not oversubscribed, or the least there
 * is; an index into the plan's. */
size_t sl_verdict_full_machine(const struct sl_results *r);

#endif /* SL_DRIVER_VERDICT_H */
