/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mlarge.c - a span for a large object, and a few kept after its free; see
 * mlarge.h.  Called by mallocgc, mfree and mcache.
 *
 * A thread keeps the spans of large objects that it freed last, up to an
 * eighth of hold=N pages of them, in the ring held[].usable of the span class
 * of large objects.  A span of as many pages as are asked for is used again,
 * without a lock and without a visit to the page heap.
 *
 * Such a span stays cached (C in its word).  Bit 0 of remote_bits says that
 * its object is free, from the free until the span serves again, so a second
 * free is found here as elsewhere.
 */
#include "core/mlarge.h"

#include <string.h>

#include "core/mheap.h"
#include "core/options.h"
#include "core/sys.h"
#include "core/usdt.h"

enum {
	LARGE_CLASS = 1, /* without pointers */
	LOOKS = 8,       /* at spans of the ring, the newest first */
	/* 256 KiB: the kernel takes about as long for page tables of any size
	 * as a copy of that much does. */
	MOVE_PAGES = 32,
};

/* --- what is counted ------------------------------------------------------ */

/* What a program may use of it. */
static uint64_t
bytes_of(const struct sl_mspan *s)
{
	return s->limit - s->base;
}

static void
count_alloc(struct sl_mcache *mc, uint64_t bytes)
{
	struct sl_tally_events *e =
	    sl_tally_enter(mc->central.tally, LARGE_CLASS);

	sl_count(&e->allocs);
	sl_count_add(&e->bytes_in, bytes);
	sl_tally_leave(mc->central.tally);
	if (sl_unlikely(sl_account_is_go()))
		sl_account_large_alloc(&mc->central.tally->account, 1, bytes);
}

static void
count_free(struct sl_mcache *mc, uint64_t bytes)
{
	struct sl_tally_events *e =
	    sl_tally_enter(mc->central.tally, LARGE_CLASS);

	sl_count(&e->frees);
	sl_count_add(&e->bytes_out, bytes);
	sl_tally_leave(mc->central.tally);
	if (sl_unlikely(sl_account_is_go()))
		sl_account_large_free(&mc->central.tally->account, 1, bytes);
}

static void
account_resize(struct sl_account *a, uint64_t in, uint64_t out)
{
	if (in != 0) {
		sl_account_pages_in(a, in >> SL_PAGE_SHIFT, false);
		sl_account_large_alloc(a, 0, in);
	}
	if (out != 0) {
		sl_account_large_free(a, 0, out);
		sl_account_pages_out(a, out >> SL_PAGE_SHIFT);
	}
}

/* An object of one size has another now, and its span as many pages more. */
static void
count_resize(struct sl_mcache *mc, uint64_t old, uint64_t now)
{
	struct sl_tally_events *e =
	    sl_tally_enter(mc->central.tally, LARGE_CLASS);
	uint64_t in = now > old ? now - old : 0,
		 out = old > now ? old - now : 0;

	sl_count_add(&e->bytes_in, in);
	sl_count_add(&e->bytes_out, out);
	sl_count_add(&e->pages_in, in >> SL_PAGE_SHIFT);
	sl_count_add(&e->pages_out, out >> SL_PAGE_SHIFT);
	sl_tally_leave(mc->central.tally);
	if (sl_unlikely(sl_account_is_go()))
		account_resize(&mc->central.tally->account, in, out);
}

/* --- spans that are kept -------------------------------------------------- */

static struct sl_ring *
kept_by(struct sl_mcache *mc)
{
	return &mc->held[LARGE_CLASS].usable;
}

static void
unkeep(struct sl_mcache *mc, struct sl_mspan *s)
{
	sl_ring_remove(kept_by(mc), s);
	sl_mspan_set_owner(s, NULL);
}

static void
to_heap(struct sl_mcache *mc, struct sl_mspan *s)
{
	sl_store_rlx(&s->free_bits[0], 1); /* relaxed: ours alone */
	sl_mcentral_to_heap(&mc->central, s);
}

static struct sl_mspan *
take_kept(struct sl_mcache *mc, size_t npages, size_t align_pages)
{
	struct sl_mspan *oldest = kept_by(mc)->first, *s = oldest;

	for (unsigned n = 0; s != NULL && n < LOOKS; n++) {
		s = s->prev; /* of the oldest: the newest */
		if (s->npages == npages &&
		    (s->base & ((align_pages << SL_PAGE_SHIFT) - 1)) == 0) {
			unkeep(mc, s);
			return s;
		}
		if (s == oldest)
			break;
	}
	return NULL;
}

struct sl_mspan *
sl_mlarge_alloc(struct sl_mcache *mc, size_t npages, size_t align_pages)
{
	struct sl_mspan *s = take_kept(mc, npages, align_pages);

	if (s != NULL) {
		s->needzero = 1;
		/* relaxed: the span is ours until its address is known */
		sl_store_rlx(&s->remote_bits[0], 0);
	} else {
		s = sl_mcentral_grow(
		    &mc->central, LARGE_CLASS, npages, align_pages);
		if (s == NULL)
			return NULL;
		/* relaxed: as above */
		sl_store_rlx(&s->free_bits[0], 0);
		sl_mspan_set_owner(s, NULL);
		if (sl_options.epoch != 0)
			sl_mcentral_list_large(&mc->central, s);
	}
	count_alloc(mc, bytes_of(s));
	SL_USDT2(large_alloc, s->base, bytes_of(s));
	return s;
}

struct sl_mspan *
sl_mlarge_alloc_fenced(struct sl_mcache *mc, size_t size, size_t align)
{
	size_t npages = (size + SL_PAGE_SIZE - 1) >> SL_PAGE_SHIFT;
	size_t align_pages = (align + SL_PAGE_SIZE - 1) >> SL_PAGE_SHIFT;
	struct sl_mspan *s = sl_mlarge_alloc(mc, npages, align_pages);

	if (s != NULL)
		s->cur_base = (s->limit - size) & ~(uintptr_t)(align - 1);
	return s;
}

/* If the kernel refuses, there is access still; but never for anybody else. */
static void
fence(struct sl_mspan *s)
{
	(void)sl_sys_fault(
	    (void *)s->base, (size_t)s->npages << SL_PAGE_SHIFT, SL_SYS_READY);
}

bool
sl_mlarge_free(struct sl_mcache *mc, struct sl_mspan *s)
{
	struct sl_ring *kept = kept_by(mc);
	uint64_t bytes = bytes_of(s);
	uintptr_t base = s->base;

	/* In epoch mode the span may be another's from here on.  Of two that
	 * free it at once, one sees the other's bit, which stays until the
	 * descriptor serves again.  pairs(span.dekker) */
	if ((sl_fetch_or_sc(&s->remote_bits[0], 1) & 1) != 0)
		return false;
	count_free(mc, bytes);
	SL_USDT2(large_free, base, bytes);
	if (sl_unlikely(sl_hooks(SL_HOOK_EFENCE) != 0)) {
		fence(s);
		return true;
	}
	if (sl_options.epoch != 0)
		return true; /* a sweep will find the bit */
	if (s->npages > sl_held_most_usable() || sl_hooks(SL_HOOK_ANY) != 0 ||
	    sl_mheap_is_over_limit(0)) {
		to_heap(mc, s);
		return true;
	}
	while (kept->npages + s->npages > sl_held_most_usable()) {
		struct sl_mspan *oldest = kept->first;

		unkeep(mc, oldest);
		to_heap(mc, oldest);
	}
	sl_mspan_set_owner(s, mc);
	sl_ring_add(kept, s);
	return true;
}

struct sl_mspan *
sl_mlarge_resize(struct sl_mcache *mc, struct sl_mspan *s, size_t npages)
{
	size_t old = s->npages;
	struct sl_mspan *t;

	/* An eighth that is idle is not worth the trouble. */
	if (npages <= old && old - npages <= old / 8)
		return s;
	if (sl_mheap_resize_span(&mc->heap, s, npages)) {
		count_resize(mc, (uint64_t)old << SL_PAGE_SHIFT, bytes_of(s));
		sl_count(&mc->large_resizes);
		return s;
	}
	t = sl_mlarge_alloc(mc, npages, 1);
	if (t == NULL)
		return NULL;
	if (old >= MOVE_PAGES && npages >= old) {
		enum sl_sys_move done;

		sl_store_rlx(&s->free_bits[0], 1); /* relaxed: ours alone */
		done = sl_mheap_move_span(&mc->heap, s, t);
		if (done == SL_SYS_MOVED) {
			count_free(mc, (uint64_t)old << SL_PAGE_SHIFT);
			sl_mcentral_count_return(
			    &mc->central, LARGE_CLASS, old);
			sl_count(&mc->large_moves);
			return t;
		}
		sl_store_rlx(&s->free_bits[0], 0); /* relaxed: as above */
		if (done == SL_SYS_LOST)
			return NULL;
	}
	memcpy((void *)t->base, (void *)s->base,
	    (old < npages ? old : npages) << SL_PAGE_SHIFT);
	(void)sl_mlarge_free(mc, s);
	return t;
}

void
sl_mlarge_release(struct sl_mcache *mc)
{
	struct sl_mspan *s;

	while ((s = kept_by(mc)->first) != NULL) {
		unkeep(mc, s);
		to_heap(mc, s);
	}
}
