/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_vmp_heap_early.c - a scavenger that frees pages before the system has taken
 * their memory, and not after: another thread may have them by then, which is
 * found on virtual threads.  Run by make check, once.
 */
#include "core/mpagealloc.h"

static uintptr_t
take_and_free(size_t max_pages, size_t *npages)
{
	uintptr_t base = sl_pages_take_garbage(max_pages, npages);

	if (base != 0)
		sl_pages_free(base, *npages, true);
	return base;
}

#define sl_pages_take_garbage(max_pages, npages)                               \
	take_and_free(max_pages, npages)
#define sl_pages_free(base, npages, clean) ((void)0)
#include "core/mscavenge.c"

#define SL_VARIANT_NAME "mutex"
#define SL_VARIANT_BOUND 0
#include "variants/mutex.c"

#include "tests/vmp/heap_cases.h"

int
main(int argc, char **argv)
{
	return heap_cases_planted_main(argc, argv, "alloc-scavenge", 1500);
}
