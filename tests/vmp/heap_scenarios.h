/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * heap_scenarios.h - small concurrent scenarios with all of core but the C
 * face: a table, of which each row has two or three threads.
 *
 * Used by heap_cases.c.
 */
#ifndef TESTS_VMP_HEAP_SCENARIOS_H
#define TESTS_VMP_HEAP_SCENARIOS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/mspan.h"

enum {
	HEAP_THREADS_MAX = 3,
	HEAP_LARGE = 160 * SL_PAGE_SIZE, /* more than a scavenger begins for */
};

struct heap_case {
	const char *name;
	unsigned nthreads;
	unsigned hold, scavenge; /* the options */
	bool is_child;           /* a fork: only one thread is left */
	bool forks;
	bool is_long;  /* walks over all classes */
	bool is_epoch; /* for epoch mode alone */
	bool is_large; /* not where all objects are filled */
	/* All schedules with one deviation are searched. */
	bool is_searched;
	/* Not 0: those with so many, and the threads are still there at the
	 * end; a thread's end looks at all classes, which is most of a run. */
	unsigned deep;
	/* Of each thread, one after the other, and then at once. */
	void (*enter[HEAP_THREADS_MAX])(void);
	void (*body[HEAP_THREADS_MAX])(void);
};

extern const struct heap_case heap_cases[];
extern const size_t heap_cases_count;

/* Free what the bodies have left. */
void heap_give_rest(void);

#endif /* TESTS_VMP_HEAP_SCENARIOS_H */
