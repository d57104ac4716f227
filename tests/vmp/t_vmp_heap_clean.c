/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_vmp_heap_clean.c - a scavenger that takes pages for clean of which the
 * system has not taken the memory, which is found where memory is refused on
 * virtual threads.  Run by make check, once.
 */
#define _GNU_SOURCE 1
#include <stdlib.h>

#include "core/sys.h"

static bool
hopeful_unused(void *p, size_t bytes)
{
	(void)sl_sys_unused(p, bytes);
	return true;
}

#define sl_sys_unused(p, bytes) hopeful_unused(p, bytes)
#include "core/mscavenge.c"

#define SL_VARIANT_NAME "mutex"
#define SL_VARIANT_BOUND 0
#include "variants/mutex.c"

#include "tests/vmp/heap_cases.h"

int
main(int argc, char **argv)
{
	setenv("SPANLAB_OPTIONS", "refuse=1,refuse-count=1", 1);
	return heap_cases_planted_main(argc, argv, "scavenge-stays", 20000);
}
