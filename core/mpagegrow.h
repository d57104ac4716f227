/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mpagegrow.h - address space for the heap (Go: mheap's grow and sysAlloc).
 *
 * Used by mheap alone, under the heap lock.
 *
 * The heap grows by chunks of 4 MiB within arenas of 64 MiB; an arena is taken
 * next to the last one if that address is free, and elsewhere if not.  Where
 * the system has no addresses for a whole arena (RLIMIT_AS), so many chunks as
 * are needed will do.
 */
#ifndef SL_MPAGEGROW_H
#define SL_MPAGEGROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Make room for a run of npages pages at a multiple of align_pages.  False:
 * the OS has no memory. */
bool sl_pages_grow(size_t npages, size_t align_pages);

/* Take these pages, and let the heap grow if that is what it needs.  False:
 * some are in use or cannot be had. */
bool sl_pages_extend(uintptr_t from, size_t npages, bool *needzero);

/* Visit each stretch of address space that was made usable, from low to high
 * addresses.  Between two of them there is a gap. */
void sl_pages_walk(
    void (*visit)(uintptr_t base, size_t npages, void *arg), void *arg);

#endif /* SL_MPAGEGROW_H */
