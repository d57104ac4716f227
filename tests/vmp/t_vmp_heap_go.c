/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_vmp_heap_go.c - as t_vmp_heap.c, with Go's accounting: it counts in words
 * that all threads share, and in records that a reader turns.
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
	setenv("SPANLAB_OPTIONS", "accounting=go", 1);
	return heap_cases_main(argc, argv);
}
