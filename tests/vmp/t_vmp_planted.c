/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_vmp_planted.c - faults that the virtual multiprocessor must find, each
 * within a stated number of runs, and their twins without the fault, of which
 * it must explore all schedules and find none.
 * Run by make check, once.
 */
#include "tests/vmp/planted.h"

#include <stdio.h>
#include <string.h>

/* Runs of each way, and the bound of the search. */
#define PLANTED(name, runs, stores)                                            \
	{                                                                      \
		.scenario = &name,                                             \
		.bounds = {.tso = stores,                                      \
		    .random = runs,                                            \
		    .pct = runs,                                               \
		    .depth = 3,                                                \
		    .deviations = 2,                                           \
		    .dfs = runs,                                               \
		    .steps_max = 5000},                                        \
		.within = runs,                                                \
	}
#define SOUND(name, bound, stores)                                             \
	{                                                                      \
		.scenario = &name,                                             \
		.bounds = {.tso = stores,                                      \
		    .random = 500,                                             \
		    .pct = 500,                                                \
		    .depth = 3,                                                \
		    .deviations = bound,                                       \
		    .dfs = 1000000,                                            \
		    .steps_max = 5000},                                        \
		.must_be_exhausted = true,                                     \
	}

static const struct vmp_case cases[] = {
    PLANTED(planted_no_tag, 2000, false),
    SOUND(sound_tag, 2, false),
    PLANTED(planted_forgotten_span, 100, false),
    SOUND(sound_span, 4, false),
    SOUND(sound_span, 4, true),
    SOUND(planted_no_fence, 4, false), /* by itself it is sound */
    PLANTED(planted_no_fence, 100, true),
    PLANTED(planted_lost_wakeup, 100, false),
    SOUND(sound_wakeup, 4, false),
    PLANTED(planted_double_listing, 100, false),
    SOUND(sound_listing, 4, true),
    PLANTED(planted_early_reuse, 500, false),
    SOUND(sound_reuse, 3, true),
    PLANTED(planted_lost_update, 100, false),
    PLANTED(planted_deadlock, 100, false),
};

/* For replay.sh: what is not found must be said. */
static const struct vmp_case not_there[] = {
    PLANTED(sound_tag, 50, false),
};

int
main(int argc, char **argv)
{
	const char *why = vmp_init();

	if (why != NULL) {
		printf("Bail out! %s\n", why);
		return 1;
	}
	if (argc == 2 && strcmp(argv[1], "not-there") == 0)
		return vmp_cases_main(1, argv, not_there, 1);
	return vmp_cases_main(
	    argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
