/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cases.h - a program that explores scenarios, or repeats one run.
 *
 * Used by tests/vmp: each is such a program.
 */
#ifndef SL_VMP_CASES_H
#define SL_VMP_CASES_H

#include <stddef.h>

#include "harness/vmp/explore.h"

struct vmp_case {
	const struct vmp_scenario *scenario;
	struct explore_bounds bounds;
	/* 0: it must not fail.  Else a fault is planted in it, and each of the
	 * ways to explore that the bounds ask for must find it within so many
	 * runs. */
	unsigned long within;
	bool must_be_exhausted; /* the search must go through all schedules */
};

/* c has a planted fault, which search alone must find, up to two deviations,
 * within so many runs. */
void vmp_case_plant(struct vmp_case *c, unsigned long within);

/* How much is asked for by SL_CHECK. */
enum vmp_effort { VMP_QUICK, VMP_NORMAL, VMP_LONG, VMP_EFFORTS };
enum vmp_effort vmp_cases_effort(void);

/*
 *	PROGRAM                           all cases, as TAP
 *	PROGRAM list                      their names
 *	PROGRAM SCENARIO [tso]            one case
 *	PROGRAM replay SCENARIO SCHEDULE  a run again, with a trace
 */
int vmp_cases_main(
    int argc, char **argv, const struct vmp_case *cases, size_t n);

#endif /* SL_VMP_CASES_H */
