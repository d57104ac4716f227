/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mpagealloc.h - runs of free pages (Go: pageAlloc, and mheap's grow).
 *
 * Used by mheap alone, which holds its lock around every call.  Policy:
 * address-ordered first fit, over the whole heap: a run may cross arenas that
 * are neighbours.  With an alignment, the first fit of those that are
 * aligned.
 *
 * The heap grows by chunks of 4 MiB within arenas of 64 MiB; an arena is taken
 * next to the last one if that address is free, and elsewhere if not.
 */
#ifndef SL_MPAGEALLOC_H
#define SL_MPAGEALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The address of a run of npages pages, a multiple of align_pages pages (a
 * power of two); 0: none.  *needzero: some page of it was used before. */
uintptr_t sl_pages_alloc(size_t npages, size_t align_pages, bool *needzero);

/* Make room for such a run.  False: the OS has no memory. */
bool sl_pages_grow(size_t npages, size_t align_pages);

void sl_pages_free(uintptr_t base, size_t npages);

/* Give the contents of free pages back to the OS; in [base, base + npages)
 * or, if npages is 0, everywhere.  Returns bytes. */
size_t sl_pages_scavenge(uintptr_t base, size_t npages);

/* Visit each stretch of address space that was made usable, from low to high
 * addresses.  Between two of them there is a gap. */
void sl_pages_walk(
    void (*visit)(uintptr_t base, size_t npages, void *arg), void *arg);

/* Bytes of address space made usable so far. */
size_t sl_pages_mapped_bytes(void);

/* Are the summaries true, and is no free page below those that a search looks
 * at?  Slow; for tests, and for debug builds when the heap grows. */
bool sl_pages_check(void);

#endif /* SL_MPAGEALLOC_H */
