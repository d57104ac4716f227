/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * set_sums.h - the counters of a span class add up: between begin and end, at
 * both of which no thread is inside, threads used its spans through mcentral.
 *
 * Included by set_sums.c and set_threads.c.
 */
#ifndef TESTS_SET_SUMS_H
#define TESTS_SET_SUMS_H

#include "core/mcentral.h"

struct set_sums {
	sl_spanclass spc;
	struct sl_class_stats before;
	uint64_t listed;  /* in the set then */
	uint64_t outside; /* of the page heap then */
};

void set_sums_begin(struct set_sums *d, sl_spanclass spc);

/* A fault unless all add up.  The threads asked so often for a span, and freed
 * so many slots of those that they had given up. */
void set_sums_end(const struct set_sums *d, uint64_t caches, uint64_t frees);

#endif /* TESTS_SET_SUMS_H */
