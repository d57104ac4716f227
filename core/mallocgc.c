/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mallocgc.c - the path of an allocation (Go: mallocgc), and the map of the
 * whole allocator.  Called by malloc and by programs (sl_mallocgc).
 *
 * The rooms, top to bottom; each calls only rooms below it:
 *
 *   malloc      the C face: sizes, alignment, errno
 *   mreport     all counters in one text: JSON, a table, XML
 *   mtype       objects with a type: where their pointers are
 *   mallocgc    here: zero, tiny, small, large
 *   mfree       pointer -> span -> slot; owned or not; bad frees
 *   mheapcheck  is every span in one place, and does all add up?
 *   mstats      counters of all threads in one snapshot
 *   mthread     a thread's mcache from its first malloc to its end; fork
 *   mtiny       objects below 16 bytes that share a block
 *   mhook       what is done beside each allocation and free, on demand
 *   mtrace      a record in a file for each
 *   mprof       samples of who allocates
 *   mlarge      a span for a large object
 *   mbump       memory that is only taken
 *   mcache      one per thread: the current span of each span class
 *   mcentral    which span next: from the set, or from the page heap
 *   (the seam)  the set: a bag of partly free spans, one per class; variants/
 *   mspill      spans for which the set had no memory
 *   mepoch      the sweep generation, when frees wait for a sweep
 *   mheap       spans from pages
 *   mguard      pages without access behind spans
 *   mpagegrow   address space for the heap, and its maps
 *   mpagecache  the free pages that a thread keeps
 *   mretain     when memory of free pages goes back; the memory limit
 *   mscavenge   memory of free pages goes back to the OS
 *   mpagealloc  runs of free pages; the heap lock
 *   mpagetree   where the free runs are, summarized
 *   mpallocbits  the pages of a chunk, a bit each
 *   mpallocsum  the free runs of a piece, in one word
 *   marena      which span an address lies in
 *   mtally      what each thread counts
 *   maccount    the words that all threads share in Go
 *   mheld       spans that an mcache keeps beside that in use
 *   mspan       slots of one size, their bitmaps, the state word
 *   badfree     abort, report or ignore
 *   mstack      call stacks, each kept once; who allocated and freed what
 *   fixalloc    descriptors, of one size each
 *   persistent  metadata that lives for ever
 *   htm          transactions of the hardware, where it has them
 *   backoff      pauses after a try that lost
 *   file        reports to files, without stdio
 *   mrandom     random numbers, and the exponential distribution
 *   signals     keeps signal handlers out, on demand
 *   rseq         a small stack for each CPU, in restartable sequences
 *   worker       a thread of the library's own
 *   bits        words as sets of bits
 *   annotate    tells memcheck and AddressSanitizer what is in use
 *   usdt        probe points for tracers
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
#include "core/mbump.h"
#include "core/mfree.h"
#include "core/mhook.h"
#include "core/mlarge.h"
#include "core/mretain.h"
#include "core/mtiny.h"
#include "core/options.h"
#include "core/signals.h"

enum { ZERO_PIECE = 256 << 10 };

/* What is asked for, and the ways to get it. */
struct request {
	size_t size;
	size_t align;
	sl_spanclass spc;
	bool needzero;
	void *old; /* of a realloc */
};
typedef void *take_fn(struct sl_mcache *, const struct request *);

static void *
small_slot(struct sl_mcache *mc, const struct request *r)
{
	return sl_mcache_alloc(mc, r->spc, r->needzero);
}

/* Of any kind, with efence=1: aligned as C wants it. */
static void *
fenced_object(struct sl_mcache *mc, const struct request *r)
{
	size_t size = r->size == 0 ? 1 : r->size, align = size < 16 ? 8 : 16;
	struct sl_mspan *s = sl_mlarge_alloc_fenced(
	    mc, size, r->align > align ? r->align : align);

	return s == NULL ? NULL : (void *)sl_mlarge_object(s);
}

/* With hooks on.  They clear the memory, which may be poisoned until then. */
static SL_NOINLINE void *
take_with_hooks(struct sl_mcache *mc, const struct request *r, take_fn *take)
{
	struct request raw = *r;
	struct sl_hook_object o = {
	    .size = r->size, .align = r->align, .zero = r->needzero};

	if (sl_hooks(SL_HOOK_SBRK) != 0)
		return sl_bump_alloc(mc, r->size, r->align);
	if (sl_hooks(SL_HOOK_EFENCE) != 0)
		take = fenced_object;
	raw.needzero = false;
	o.p = take(mc, &raw);
	if (o.p != NULL) {
		o.span = sl_span_of((uintptr_t)o.p);
		o.usable = sl_object_size(o.span, (uintptr_t)o.p);
		sl_mhook_allocated(mc, &o);
	}
	return o.p;
}

static bool
is_outside(const struct sl_mcache *mc)
{
	return mc->central.inside + mc->central.nested == 0;
}

/* By this thread's mcache, or a borrowed one. */
static inline void *
take_now(const struct request *r, take_fn *fn)
{
	struct sl_mcache *mine = sl_thread_mcache();
	struct sl_mcache *mc = mine != NULL ? mine : sl_thread_borrow();
	void *p;

	sl_mhook_enter(mc);
	if (sl_unlikely(sl_hooks(SL_HOOK_ANY) != 0))
		p = take_with_hooks(mc, r, fn);
	else
		p = fn(mc, r);
	sl_mhook_leave(mc);
	if (mine == NULL)
		sl_thread_return();
	else if (sl_retain_is_wanted() && is_outside(mine))
		sl_retain_start();
	if (p == NULL)
		errno = ENOMEM;
	return p;
}

static SL_NOINLINE void *
take_without_signals(const struct request *r, take_fn *fn)
{
	sigset_t was;
	void *p;

	sl_signals_block(&was);
	p = take_now(r, fn);
	sl_signals_restore(&was);
	return p;
}

static inline void *
take(const struct request *r, take_fn *fn)
{
	if (sl_unlikely(sl_hooks(SL_HOOK_SIGNALS) != 0))
		return take_without_signals(r, fn);
	return take_now(r, fn);
}

void *
sl_alloc_slow(size_t size, size_t align, sl_spanclass spc, bool needzero)
{
	struct request r = {size, align, spc, needzero, NULL};

	return take(&r, small_slot);
}

/* Piece by piece, as Go does so that threads can be stopped between two: here
 * the count of pieces shows what was cleared, and what was not. */
static void
clear(struct sl_mcache *mc, char *p, size_t bytes)
{
	for (size_t n; bytes > 0; bytes -= n, p += n) {
		n = bytes < ZERO_PIECE ? bytes : ZERO_PIECE;
		memset(p, 0, n);
		sl_count(&mc->zero_pieces);
	}
}

static void *
large_span(struct sl_mcache *mc, const struct request *r)
{
	size_t npages = (r->size + SL_PAGE_SIZE - 1) >> SL_PAGE_SHIFT;
	size_t align_pages = (r->align + SL_PAGE_SIZE - 1) >> SL_PAGE_SHIFT;
	struct sl_mspan *s = sl_mlarge_alloc(mc, npages, align_pages);

	if (s == NULL)
		return NULL;
	if (r->needzero && s->needzero)
		clear(mc, (char *)s->base, npages << SL_PAGE_SHIFT);
	return (void *)s->base;
}

static void *
large_resized(struct sl_mcache *mc, const struct request *r)
{
	size_t npages = (r->size + SL_PAGE_SIZE - 1) >> SL_PAGE_SHIFT;
	struct sl_mspan *s =
	    sl_mlarge_resize(mc, sl_span_of((uintptr_t)r->old), npages);

	return s == NULL ? NULL : (void *)s->base;
}

static bool
is_too_large(size_t bytes)
{
	return bytes > PTRDIFF_MAX ||
	       (bytes - 1) >> SL_PAGE_SHIFT >= UINT32_MAX;
}

void *
sl_realloc_large(void *p, size_t size)
{
	struct request r = {.size = size, .align = 1, .old = p};

	if (is_too_large(size)) {
		errno = ENOMEM;
		return NULL;
	}
	return take(&r, large_resized);
}

void *
sl_alloc_large(size_t size, size_t align, bool needzero)
{
	struct request r = {size, align, 1, needzero, NULL};

	if (is_too_large(size) || align > PTRDIFF_MAX) {
		errno = ENOMEM;
		return NULL;
	}
	return take(&r, large_span);
}

static void *
tiny_object(struct sl_mcache *mc, const struct request *r)
{
	return sl_tiny_alloc(mc, r->size);
}

static void *
alloc_tiny(size_t size, bool needzero)
{
	struct request r = {size, 1, SL_SPANCLASS_TINY, needzero, NULL};

	/* Who borrows cannot hold a block, and memcheck knows none: a slot of
	 * its own. */
	if (sl_thread_mcache() == NULL || sl_hooks(SL_HOOK_ANNOTATE) != 0)
		return sl_alloc_slow(size, 1, SL_TINY_CLASS * 2 + 1, needzero);
	return take(&r, tiny_object);
}

void
sl_tell_hooks_resized(void *p, size_t size)
{
	struct sl_hook_object o = {.p = p, .size = size, .align = 1};
	struct sl_inside in;

	o.span = sl_span_of((uintptr_t)p);
	if (o.span == NULL)
		return; /* sbrk=1 */
	o.usable = sl_object_size(o.span, (uintptr_t)p);
	sl_thread_enter(&in);
	if (in.mc == NULL) {
		sl_mhook_resized(sl_thread_borrow(), &o);
		sl_thread_return();
	} else {
		sl_mhook_resized(in.mc, &o);
	}
	sl_thread_leave(&in);
}

void
sl_tell_hooks_moving(const void *p)
{
	struct sl_mcache *mc = sl_thread_mcache();

	/* A thread past its end has no state to keep this in. */
	if (mc != NULL && !mc->is_in_hook)
		sl_mhook_moving(mc, p);
}

SL_PUBLIC void *
sl_mallocgc(size_t size, bool noscan, bool needzero)
{
	if (size == 0)
		return sl_zerobase;
	if (noscan && size < SL_TINY_SIZE)
		return alloc_tiny(size, needzero);
	if (size > SL_MAX_SMALL)
		return sl_alloc_large(size, 1, needzero);
	return sl_alloc_small(
	    size, 1, (sl_spanclass)(sl_class_of(size) * 2 + noscan), needzero);
}

SL_PUBLIC bool
sl_epoch_advance(void)
{
	struct sl_inside in;
	bool done;

	sl_thread_enter(&in);
	done = in.mc != NULL && sl_mcentral_turn(&in.mc->central);
	sl_thread_leave(&in);
	return done;
}

SL_PUBLIC void
sl_free(void *p)
{
	sl_mfree(p);
}
