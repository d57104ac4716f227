/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_vmp_heap_epoch.c - as t_vmp_heap.c, with the option epoch: turns, and
 * sweeps that others do.
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
	/* Turns are the scenarios' own: none comes by itself. */
	setenv("SPANLAB_OPTIONS", "epoch=1000000", 1);
	return heap_cases_main(argc, argv);
}
