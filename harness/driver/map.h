/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * map.h - where each variant of the set wins: spans of a visit, time with them
 * in hand, threads.
 *
 * Used by report.c, for sweeps of the suite "map".
 */
#ifndef SL_DRIVER_MAP_H
#define SL_DRIVER_MAP_H

#include "harness/driver/results.h"

/* One variant at one place.  Medians over rounds; NAN where nothing is known.
 * Latencies are those of the slower call, claim or insert. */
struct sl_map_value {
	struct sl_spread mops; /* million spans a second; n == 0: none */
	double p50, p99, p999, p9999;
	double fairness; /* operations of the least busy thread by the most */
	double cas_failures, lock_waits; /* per 1000 operations */
	double backlog;
	bool timed_out; /* in every round: it hardly moves */
};

/* One place: a workload at a number of threads. */
struct sl_map_place {
	size_t workload, threads; /* indices into the plan */
	long batch, hold;
	bool is_over;
	struct sl_map_value *v; /* by allocator */
	size_t best;            /* allocator; SIZE_MAX: none has a value */
};

struct sl_map {
	const struct sl_results *r;
	struct sl_map_place *places;
	size_t n;
	bool *is_bound; /* by allocator: a limit, not a set */
	size_t *order;  /* of allocators, the best first, bounds last */
	double timer_ns;
};

bool sl_map_apply(const struct sl_results *r);
void sl_map_make(struct sl_map *m, const struct sl_results *r);
void sl_map_destroy(struct sl_map *m);

/* Whether allocator a is faster than b there, as far as can be said. */
bool sl_map_beats(const struct sl_map_place *p, size_t a, size_t b);
/* The geometric mean of a's throughput by that of the best set. */
double sl_map_mean(const struct sl_map *m, size_t a);

/* The caller frees. */
char *sl_map_markdown(const struct sl_map *m);
char *sl_map_csv(const struct sl_map *m);
char *sl_map_json(const struct sl_map *m);

/* A heat map of all places, as SVG and PNG.  False with one line in *why. */
enum sl_map_subject { SL_MAP_THROUGHPUT, SL_MAP_TAIL };
bool sl_map_plot(const struct sl_map *m, enum sl_map_subject subject,
    char **svg, char **png, size_t *png_len, char **why);

#endif /* SL_DRIVER_MAP_H */
