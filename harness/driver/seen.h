/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * seen.h - what a cell observed, made small enough to keep for all cells:
 * percentiles of latency by path, and memory over time.
 *
 * Used by results.c and the page.
 */
#ifndef SL_DRIVER_SEEN_H
#define SL_DRIVER_SEEN_H

#include <jansson.h>
#include <stddef.h>

/* All mallocs and each path of them, all frees and theirs. */
enum sl_seen_path {
	SL_SEEN_MALLOC,
	SL_SEEN_HIT,
	SL_SEEN_REFILL,
	SL_SEEN_GROW,
	SL_SEEN_LARGE,
	SL_SEEN_FREE,
	SL_SEEN_OWN,
	SL_SEEN_REMOTE,
	SL_SEEN_LIST,
	SL_SEEN_HEAP,
	SL_SEEN_PATHS
};

struct sl_seen_name {
	const char *call;  /* "malloc" */
	const char *path;  /* "hit", as in the cell; "all" */
	const char *words; /* what that is, to a reader */
};
extern const struct sl_seen_name sl_seen_names[SL_SEEN_PATHS];

/* Where a curve of percentiles has its points. */
enum { SL_SEEN_QUANTILES = 14 };
extern const double sl_seen_quantiles[SL_SEEN_QUANTILES];

/* A percentile with fewer timed calls than so many beyond it is not given:
 * it would be an accident. */
enum { SL_SEEN_BEYOND = 10 };

struct sl_seen {
	double count[SL_SEEN_PATHS];
	double max[SL_SEEN_PATHS];
	double ns[SL_SEEN_PATHS][SL_SEEN_QUANTILES]; /* NAN: too few */
	double timed_ns; /* what a timed nothing takes there; NAN */
	size_t samples;
	double *at_ms, *rss, *live; /* bytes; live NAN where not known */
};

/* Of a cell's file; NULL if nothing was observed of latency or memory. */
struct sl_seen *sl_seen_read(const json_t *observed);
void sl_seen_destroy(struct sl_seen *s);

/* One percentile; NAN if there are too few, or it is no point of curves. */
double sl_seen_at(const struct sl_seen *s, enum sl_seen_path path, double q);

/* At some moment, between two samples linearly; NAN outside of them. */
double sl_seen_when(const struct sl_seen *s, const double *of, double ms);

#endif /* SL_DRIVER_SEEN_H */
