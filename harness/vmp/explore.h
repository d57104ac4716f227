/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * explore.h - many runs of a scenario, and what came of them.
 *
 * Used by main.c and by tests.
 */
#ifndef SL_VMP_EXPLORE_H
#define SL_VMP_EXPLORE_H

#include "harness/vmp/vmp.h"

/* How much is run. */
struct explore_bounds {
	bool tso;
	unsigned random, pct; /* runs, of the seeds from 1 */
	unsigned depth;       /* PCT */
	unsigned deviations;  /* DFS: first those with 0, then with 1, ... */
	unsigned long dfs;    /* runs at most; 0: no such search */
	uint64_t steps_max;
};

struct explore_verdict {
	bool failed;
	enum vmp_mode mode; /* that found it */
	uint64_t seed;      /* RANDOM, PCT */
	unsigned long runs; /* until then, or in all */
	unsigned long steps;
	int explored; /* DFS went through all schedules with so many
			 deviations; -1: through none */
	struct vmp_result
	    result; /* of the shortest schedule found that fails */
};

/* Random, PCT, then DFS; ends with the first run that fails. */
void explore(const struct vmp_scenario *sc, const struct explore_bounds *b,
    struct explore_verdict *v);

/* One run again, with a trace on stdout. */
void explore_replay(const struct vmp_scenario *sc, const struct vmp_run *how,
    struct vmp_result *result);

/* A run in words: "random=SEED", "pct=SEED,LENGTH", or a schedule as
 * "12>1.15~0", each with "tso:" before it if it is so.  `events` is for the
 * schedule.  False: that is none. */
bool explore_parse(
    const char *text, struct vmp_run *how, struct vmp_schedule *events);
void explore_print_schedule(const struct vmp_schedule *s, bool tso);

/* Say what was found, with how to repeat it. */
void explore_report(const struct vmp_scenario *sc,
    const struct explore_bounds *b, struct explore_verdict *v,
    const char *program);

#endif /* SL_VMP_EXPLORE_H */
