/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_vmp_no_reader_fence.c - grace periods that do not have the kernel make the
 * readers' barriers: a reader's counter waits in its store buffer, and nobody
 * waits for the reader.  Found only with store buffers.
 * Run by make check, once.
 */
#include <stdio.h>

#define vmp_barrier() ((void)0)
#include "harness/vmp/urcu.c"

#include "tests/vmp/planted.h"

#define BOUNDS(stores)                                                         \
	{                                                                      \
		.tso = stores, .random = 2000, .pct = 4000, .depth = 3,        \
		.deviations = 2, .dfs = 20000, .steps_max = 5000,              \
	}

static const struct vmp_case cases[] = {
    {.scenario = &sound_reuse, .bounds = BOUNDS(true), .within = 5000},
    {.scenario = &sound_reuse,
	.bounds = BOUNDS(false),
	.must_be_exhausted = true},
};

int
main(int argc, char **argv)
{
	const char *why = vmp_init();

	if (why != NULL) {
		printf("Bail out! %s\n", why);
		return 1;
	}
	return vmp_cases_main(
	    argc, argv, cases, sizeof(cases) / sizeof(cases[0]));
}
