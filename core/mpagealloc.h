/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mpagealloc.h - runs of free pages, and the heap lock (Go: pageAlloc).
 *
 * Used by mpagegrow, mpagecache, mscavenge and mheap, all under the heap lock,
 * which they take here.  Policy: address-ordered first fit, over the whole
 * heap: a run may cross arenas that are neighbours.  With an alignment, the
 * first fit of those that are aligned.
 *
 * A page is in use, or it is free, and then either clean (it reads as zero and
 * takes no memory) or garbage.
 */
#ifndef SL_MPAGEALLOC_H
#define SL_MPAGEALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/mspan.h"

/* The heap lock.  Returns whether it had to wait. */
bool sl_pages_lock(void);
void sl_pages_unlock(void);
void sl_pages_fork_prepare(void);
void sl_pages_fork_done(void);

/* The address of a run of npages pages, a multiple of align_pages pages (a
 * power of two), in use from now on; 0: none.  *needzero: not all are clean. */
uintptr_t sl_pages_alloc(size_t npages, size_t align_pages, bool *needzero);

/* These very pages.  False: some are in use, or not in the heap. */
bool sl_pages_are_free(uintptr_t base, size_t npages);
bool sl_pages_alloc_at(uintptr_t base, size_t npages, bool *needzero);

void sl_pages_free(uintptr_t base, size_t npages, bool clean);

/*
 * All free pages of an aligned block of 64, a bit each, with a run of npages
 * among them; they are in use from now on.  Returns the block's address; 0:
 * none.  The clean ones stay so, and take no memory, until the caller says
 * sl_sys_used().
 */
uintptr_t sl_pages_take_block(size_t npages, uint64_t *free, uint64_t *clean);
void sl_pages_give_block(uintptr_t base, uint64_t free, uint64_t clean);

/* The highest run of garbage, at most max_pages of it, or a huge page; in use
 * from now on.  0: there is no garbage.  Give it back by sl_pages_free(). */
uintptr_t sl_pages_take_garbage(size_t max_pages, size_t *npages);

/* Now. */
struct sl_pages_counts {
	size_t mapped;  /* pages of the heap */
	size_t free;    /* of these */
	size_t garbage; /* of these */
	size_t most;    /* that were in use since sl_pages_restart_most() */
	uint64_t locks; /* how often the heap lock was taken */
	uint64_t waits; /* ... and had to be waited for */
};
void sl_pages_counts(struct sl_pages_counts *out);

/* The most pages that were in use since it was last called. */
size_t sl_pages_restart_most(void);

/* Pages that did not exist are there, free and clean; for mpagegrow. */
void sl_pages_add(size_t page, size_t npages);

/* Are the summaries and counts true, and is no free page below those that a
 * search looks at?  Slow; for tests, and for debug builds when it grows. */
bool sl_pages_check(void);

#endif /* SL_MPAGEALLOC_H */
