/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_vmp_heap_no_mend.c - in the child of a fork new threads get the mcaches of
 * lost ones, but the heap is not asked which spans these held; which is found
 * on virtual threads.  Run by make check, once.
 */
#include "core/mheap.h"

#define sl_mheap_walk(visit, arg) ((void)(visit))
#include "core/mthread.c"

#define SL_VARIANT_NAME "mutex"
#define SL_VARIANT_BOUND 0
#include "variants/mutex.c"

#include "tests/vmp/heap_cases.h"

int
main(int argc, char **argv)
{
	return heap_cases_planted_main(argc, argv, "fork-child-held", 500);
}
