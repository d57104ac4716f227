/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * curves.h - what was observed of a workload as curves at one thread count:
 * latency over percentiles by path, and memory over time.
 *
 * Used by curve_svg.c and the page.
 */
#ifndef SL_DRIVER_CURVES_H
#define SL_DRIVER_CURVES_H

#include "harness/driver/results.h"

enum sl_curves_kind { SL_CURVES_PERCENTILES, SL_CURVES_TIME };

/* One figure; one for each path, then those of memory. */
enum sl_curves_id {
	/* first the SL_SEEN_PATHS */
	SL_CURVES_RESIDENT = SL_SEEN_PATHS,
	SL_CURVES_LIVE,
	SL_CURVES_BLOW_UP,
	SL_N_CURVES
};

struct sl_curves {
	enum sl_curves_id id;
	enum sl_curves_kind kind;
	char *key;         /* "malloc-hit", "resident" */
	const char *title; /* without the call */
	const char *unit;
	bool is_log; /* the axis of values */
	size_t n;
	double *xs; /* percentiles as parts of 1, or ms */
	double *y;  /* by allocator, thread count and x; NAN: not known */
};

/* Medians over rounds, of those x that half of the rounds have at least.
 * False, and nothing to destroy, if no cell says anything about it. */
bool sl_curves_make(const struct sl_results *r, size_t workload,
    enum sl_curves_id id, struct sl_curves *c);
void sl_curves_destroy(struct sl_curves *c);

/* The n values of one curve. */
const double *sl_curves_at(const struct sl_results *r,
    const struct sl_curves *c, size_t allocator, size_t threads);

/* Whether point i has a marker; of those over time each series has its own,
 * so that curves that coincide can be told apart. */
bool sl_curves_is_marked(const struct sl_curves *c, size_t allocator, size_t i);

#endif /* SL_DRIVER_CURVES_H */
