/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mheap.h - spans from pages, and the span of an address (Go: mheap).
 *
 * Used by mcentral, mfree, mallocgc, mstats and mheapcheck.  Calls take the
 * heap lock themselves, and any threads may make them at once.
 */
#ifndef SL_MHEAP_H
#define SL_MHEAP_H

#include "core/marena.h"

void sl_mheap_init(void);

/*
 * A span of npages pages, its address a multiple of align_pages pages (a
 * power of two), owned by `owner`, all slots free.  NULL: there is no such
 * run of free pages, and may_grow is false or the OS has no memory.
 */
struct sl_mspan *sl_mheap_alloc_span(size_t npages, size_t align_pages,
    sl_spanclass spc, struct sl_mcache *owner, bool may_grow);

/* Take back a span whose slots are all free, owned by the caller and on no
 * list (sl_mspan_retire() is done here). */
void sl_mheap_free_span(struct sl_mspan *s);

/* Give free pages back to the OS.  Returns bytes. */
size_t sl_mheap_scavenge(void);

/* Visit every span in use, under the heap lock. */
void sl_mheap_walk(void (*visit)(struct sl_mspan *, void *), void *arg);

/* Now: bytes of address space taken, bytes in spans, and their number. */
struct sl_mheap_stats {
	uint64_t mapped_bytes;
	uint64_t inuse_bytes;
	uint64_t spans_inuse;
};
void sl_mheap_stats(struct sl_mheap_stats *out);

void sl_mheap_fork_prepare(void);
void sl_mheap_fork_done(void);

#endif /* SL_MHEAP_H */
