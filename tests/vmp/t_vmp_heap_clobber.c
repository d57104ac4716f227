/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_vmp_heap_clobber.c - the scenarios of t_vmp_heap.c whose threads stay, with
 * the hook that fills what is freed, and looks whether that is still there.
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
	setenv("SPANLAB_OPTIONS", "clobber=1", 1);
	return heap_cases_main(argc, argv);
}
