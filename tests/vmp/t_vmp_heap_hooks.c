/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_vmp_heap_hooks.c - as t_vmp_heap.c, with hooks on: each allocation and
 * each free is counted by its thread.  Hooks close the fast paths.
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
	setenv("SPANLAB_OPTIONS", "accounting=thread", 1);
	return heap_cases_main(argc, argv);
}
