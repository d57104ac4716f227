/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_vmp_heap_refused.c - as t_vmp_heap.c, on a system that refuses memory,
 * twice in a run at most, at any request.
 * Run by make check, once.
 */
#define _GNU_SOURCE 1
#include <stdlib.h>

#define SL_VARIANT_NAME "mutex"
#define SL_VARIANT_BOUND 0
#include "variants/mutex.c"

#include "tests/vmp/heap_cases.h"

int
main(int argc, char **argv)
{
	/* Which ones the schedule says (guest_sys.c). */
	setenv("SPANLAB_OPTIONS", "refuse=1,refuse-count=2", 1);
	return heap_cases_main(argc, argv);
}
