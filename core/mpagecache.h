/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mpagecache.h - the free pages that a thread keeps for itself (Go:
 * pageCache).
 *
 * Used by mheap alone.
 *
 *   who            owner                     under the heap lock
 *   ------------------------------------------------------------
 *   alloc, free    yes; no lock, no atomic   -
 *   refill, flush  yes                       yes
 *
 * A block is 64 pages, at a multiple of as many.  The thread has those of them
 * that were free when it took the block, and those that it has freed since
 * (the latter is not so in Go).  For the page heap they are in use.
 *
 * Fork: a thread that is lost in a child was at most between two stores here.
 * The pages it was about to hand out are lost with it; all others are good,
 * for refill and flush are under the lock that fork takes.
 */
#ifndef SL_MPAGECACHE_H
#define SL_MPAGECACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	SL_PAGECACHE_PAGES = 64,
	SL_PAGECACHE_LIMIT = SL_PAGECACHE_PAGES / 4, /* of a run, too many */
};

struct sl_pagecache {
	uintptr_t base; /* of the block; 0: none yet */
	uint64_t free;  /* a bit for each page */
	uint64_t clean; /* read as zero, and take no memory */
};

/* A run of fewer than SL_PAGECACHE_LIMIT pages; 0: none.  *needzero: not all
 * are clean. */
uintptr_t sl_pagecache_alloc(
    struct sl_pagecache *c, size_t npages, bool *needzero);

/* Pages that were in use.  False: they are not of this block. */
bool sl_pagecache_free(struct sl_pagecache *c, uintptr_t base, size_t npages);

/* Give back what is left, and take a block with a run of npages.  False: there
 * is none. */
bool sl_pagecache_refill(struct sl_pagecache *c, size_t npages);

void sl_pagecache_flush(struct sl_pagecache *c);

#endif /* SL_MPAGECACHE_H */
