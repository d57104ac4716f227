/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mallocgc.c - the path of an allocation (Go: mallocgc), and the map of the
 * whole allocator.  Called by malloc and by programs (sl_mallocgc).
 *
 * The rooms, top to bottom; each calls only rooms below it:
 *
 *   malloc      the C face: sizes, alignment, errno
 *   mallocgc    here: zero, tiny, small, large
 *   mfree       pointer -> span -> slot; owned or not; bad frees
 *   mheapcheck  is every span in one place, and does all add up?
 *   mstats      counters of all threads in one snapshot
 *   mthread     a thread's mcache from its first malloc to its end; fork
 *   mtiny       objects below 16 bytes that share a block
 *   mcache      one per thread: the current span of each span class
 *   mcentral    which span next: from the set, or from the page heap
 *   (the seam)  the set: a bag of partly free spans, one per class; variants/
 *   mheap       spans from pages
 *   mpagealloc  runs of free pages; the heap grows
 *   mpagetree   where the free runs are, summarized
 *   mpallocbits  the pages of a chunk, a bit each
 *   mpallocsum  the free runs of a piece, in one word
 *   marena      which span an address lies in
 *   mspan       slots of one size, their bitmaps, the state word
 *   fixalloc    descriptors, of one size each
 *   persistent  metadata that lives for ever
 *   options, lock, sys, die, sizeclass, atomic, switches: the ground floor
 *
 * An allocation of up to 32 KiB: size to size class by a table; the mcache's
 * span of that class; the lowest set bit of the word at hand in the span's
 * bitmap.  No lock, no atomic read-modify-write.  When the word is zero the
 * next word with a bit; when there is none, refill: slots that others have
 * freed in this span meanwhile, else a span from mcentral's set, else fresh
 * pages.  Larger sizes get a span of their own.
 *
 * A free: address to span by the page map; offset to slot by a multiplication;
 * if this thread owns the span, a bit in its bitmap.  If not, a bit in the
 * bitmap for others, by one atomic operation; whoever frees enough of a full
 * span that nobody owns puts it into the set.
 */
#include "core/mallocgc.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "core/marena.h"
#include "core/mfree.h"
#include "core/mtiny.h"

void *
sl_alloc_slow(sl_spanclass spc, bool needzero)
{
	struct sl_mcache *mc = sl_thread_mcache();
	void *p;

	if (mc != NULL) {
		p = sl_mcache_alloc(mc, spc, needzero);
	} else {
		p = sl_mcache_alloc(sl_thread_borrow(), spc, needzero);
		sl_thread_return();
	}
	if (p == NULL)
		errno = ENOMEM;
	return p;
}

static void *
large_span(
    struct sl_mcache *mc, size_t npages, size_t align_pages, bool needzero)
{
	struct sl_mspan *s =
	    sl_mcentral_grow(&mc->central, 1, npages, align_pages);

	if (s == NULL)
		return NULL;
	sl_count(&mc->large_allocs);
	/* Its one slot is taken, and no mcache keeps the span. relaxed: the
	 * span is ours until the address is returned */
	sl_store_rlx(&s->free_bits[0], 0);
	sl_mspan_set_owner(s, NULL);
	if (needzero && s->needzero)
		memset((void *)s->base, 0, npages << SL_PAGE_SHIFT);
	return (void *)s->base;
}

void *
sl_alloc_large(size_t size, size_t align, bool needzero)
{
	size_t npages = (size + SL_PAGE_SIZE - 1) >> SL_PAGE_SHIFT;
	size_t align_pages = (align + SL_PAGE_SIZE - 1) >> SL_PAGE_SHIFT;
	struct sl_mcache *mc;
	void *p = NULL;

	if (size <= PTRDIFF_MAX && align <= PTRDIFF_MAX &&
	    npages <= UINT32_MAX) {
		mc = sl_thread_mcache();
		if (mc != NULL) {
			p = large_span(mc, npages, align_pages, needzero);
		} else {
			p = large_span(
			    sl_thread_borrow(), npages, align_pages, needzero);
			sl_thread_return();
		}
	}
	if (p == NULL)
		errno = ENOMEM;
	return p;
}

static void *
alloc_tiny(size_t size)
{
	struct sl_mcache *mc = sl_thread_mcache();
	void *p;

	if (mc == NULL) /* cannot hold a block: take a slot of its own */
		return sl_alloc_slow(SL_TINY_CLASS * 2 + 1, true);
	p = sl_tiny_alloc(mc, size);
	if (p == NULL)
		errno = ENOMEM;
	return p;
}

SL_PUBLIC void *
sl_mallocgc(size_t size, bool noscan, bool needzero)
{
	if (size == 0)
		return sl_zerobase;
	if (noscan && size < SL_TINY_SIZE)
		return alloc_tiny(size);
	if (size > SL_MAX_SMALL)
		return sl_alloc_large(size, 1, needzero);
	return sl_alloc_small(
	    (sl_spanclass)(sl_class_of(size) * 2 + noscan), needzero);
}

SL_PUBLIC void
sl_free(void *p)
{
	sl_mfree(p);
}
