/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mpagealloc.h - runs of free pages (Go: pageAlloc).
 *
 * Used by mheap alone, which holds its lock around every call.  Policy:
 * address-ordered first fit.  The heap is a list of regions, each one or more
 * whole arenas, and a run lies in one region; a bitmap says which pages are in
 * use, another which may hold garbage.
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

/* Visit each stretch of address space that was made usable. */
void sl_pages_walk(
    void (*visit)(uintptr_t base, size_t npages, void *arg), void *arg);

/* Bytes of address space made usable so far. */
size_t sl_pages_mapped_bytes(void);

#endif /* SL_MPAGEALLOC_H */
