/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_vmp_heap.c - scenarios of mcaches, the page heap, threads' ends, forks and
 * the scavenger over the set of one variant, on virtual threads.
 * Run by make check, once per variant.
 */
#include <stdio.h>

#include "core/mcentral.h"
#include "tests/vmp/heap_cases.h"

int
main(int argc, char **argv)
{
	printf("# variant %s: %s\n", sl_set_info.name, sl_set_info.progress);
	return heap_cases_main(argc, argv);
}
