/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mcache.c - refill and release of a thread's spans; see mcache.h.
 * Called by malloc, mallocgc, mtiny and mthread.
 */
#include "core/mcache.h"

#include <string.h>

#include "core/die.h"
#include "core/mrandom.h"
#include "core/options.h"
#include "core/usdt.h"

/* The span of a class from now on. */
static void
set_span(struct sl_mcache *mc, sl_spanclass spc, struct sl_mspan *s)
{
	unsigned cls = spc / 2u, end;

	mc->spans[spc] = s;
	if (sl_hooks(SL_HOOK_ANY) != 0) /* nothing is for the fast paths */
		return;
	if (spc % 2 == 0 || cls > SL_CLASS_SMALL_MAX)
		return;
	end = sl_class_to_size[cls] / SL_SMALL_DIV + 1;
	for (unsigned i = end - sl_class_sizes8_c[cls]; i < end; i++)
		mc->direct[i] = s;
}

void
sl_mcache_init(struct sl_mcache *mc)
{
	for (unsigned i = 0; i < SL_NUM_DIRECT; i++)
		mc->direct[i] = &sl_mspan_none;
	for (unsigned i = 0; i < SL_NUM_SPANCLASSES; i++)
		mc->alloc[i] = mc->hidden[i] = &sl_mspan_none;
	mc->spans = sl_hooks(SL_HOOK_ANY) != 0 ? mc->hidden : mc->alloc;
	mc->central.inside = 0;
	mc->hook = NULL;
	mc->is_in_hook = false;
	mc->random = sl_options.random != 0 ? sl_random_seed((uintptr_t)mc) : 0;
	mc->bump = mc->bump_end = 0;
	memset(mc->held, 0, sizeof(mc->held));
	mc->is_lost = false;
	mc->tiny = 0;
	mc->tiny_span = NULL;
	mc->tiny_offset = 0;
	mc->central.mcache = mc;
	mc->central.heap = &mc->heap;
	mc->central.nested = 0;
}

void
sl_mcache_zero(struct sl_mspan *s, void *slot)
{
	if (s->needzero)
		memset(slot, 0, s->elemsize);
}

enum { LOOKS = 2 }; /* at held spans, before mcentral is asked */

/* --- held spans ---------------------------------------------------------- */

/*
 * The span is full.  Keep it, and give up the oldest if there are more than
 * hold=N allows.
 */
static void
put_aside(struct sl_mcache *mc, struct sl_mspan *s)
{
	struct sl_held *h = &mc->held[s->spanclass];

	/* relaxed: only the owner compares it with itself */
	sl_store_rlx(&s->owner, NULL);
	sl_ring_add(&h->full, s);
	sl_tally_count(mc->central.tally, s->spanclass, holds);
	while (h->full.npages + h->usable.npages > sl_options.hold) {
		s = h->full.first;
		if (s != NULL) {
			sl_ring_remove(&h->full, s);
			sl_mcentral_detach_span(&mc->central, s);
		} else {
			s = h->usable.first;
			sl_ring_remove(&h->usable, s);
			sl_mcentral_uncache_span(&mc->central, s);
		}
	}
}

/* The first of a ring, if it has enough free slots. */
static struct sl_mspan *
take_first(struct sl_ring *ring)
{
	struct sl_mspan *s = ring->first;

	if (s == NULL || !sl_mspan_is_claimable(s))
		return NULL;
	sl_ring_remove(ring, s);
	return s;
}

/*
 * A held span with enough free slots, or NULL.  Only so many are looked at:
 * of those the owner freed in, the ones that have waited longest; of the full
 * ones the oldest, which others have had most time to free in.
 */
static struct sl_mspan *
take_held(struct sl_mcache *mc, sl_spanclass spc)
{
	struct sl_held *h = &mc->held[spc];
	struct sl_mspan *s = NULL;

	for (unsigned n = 0; n < LOOKS && h->usable.first != NULL; n++) {
		s = take_first(&h->usable);
		if (s != NULL)
			break;
		h->usable.first = h->usable.first->next;
	}
	if (s == NULL)
		s = take_first(&h->full);
	if (s != NULL) {
		sl_mspan_harvest(s);
		(void)sl_mspan_next_word(s); /* there is one */
	}
	return s;
}

void
sl_mcache_unfull(struct sl_mcache *mc, struct sl_mspan *s)
{
	struct sl_held *h = &mc->held[s->spanclass];

	sl_ring_remove(&h->full, s);
	sl_ring_add(&h->usable, s);
	sl_mspan_open(s, mc);
	if (h->usable.npages <= sl_held_most_usable())
		return;
	/* More than enough: give one back if all of it is idle. */
	s = h->usable.first;
	h->usable.first = s->next;
	sl_mspan_harvest(s);
	if (sl_mspan_is_empty(s)) {
		sl_ring_remove(&h->usable, s);
		sl_mcentral_uncache_span(&mc->central, s);
	}
}

void
sl_mcache_adopt(struct sl_mcache *mc, struct sl_mspan *s)
{
	if (sl_options.epoch != 0)
		sl_mcentral_adopt(s);
	sl_ring_add(&mc->held[s->spanclass].usable, s);
}

static void
release_ring(struct sl_mcache *mc, struct sl_ring *ring)
{
	struct sl_mspan *s;

	while ((s = ring->first) != NULL) {
		sl_ring_remove(ring, s);
		sl_mcentral_uncache_span(&mc->central, s);
	}
}

void
sl_mcache_release_usable(struct sl_mcache *mc)
{
	/* Which those are shows when they are swept. */
	if (sl_options.epoch != 0) {
		sl_mcache_release_all(mc);
		return;
	}
	for (unsigned i = 2; i < SL_NUM_SPANCLASSES; i++)
		release_ring(mc, &mc->held[i].usable);
}

static void
use_span(struct sl_mcache *mc, sl_spanclass spc, struct sl_mspan *s)
{
	sl_mspan_set_owner(s, mc);
	set_span(mc, spc, s);
}

/* --- refill -------------------------------------------------------------- */

/* From mcentral.  False: out of memory. */
static bool
cache_span(struct sl_mcache *mc, sl_spanclass spc)
{
	struct sl_mspan *s = sl_mcentral_cache_span(&mc->central, spc);

	if (s == NULL)
		return false;
	if (!sl_mspan_next_word(s))
		sl_throw(
		    "mcentral gave a full span of class %u", (unsigned)spc);
	use_span(mc, spc, s);
	return true;
}

/* Epoch mode: of what was freed nothing can be had before a sweep.  After a
 * turn all spans are given up, and swept (Go: refill, prepareForSweep). */
static bool
refill_in_epoch(struct sl_mcache *mc, sl_spanclass spc)
{
	struct sl_mspan *s = mc->spans[spc];

	if (sl_mcentral_has_turned(&mc->central)) {
		sl_mcache_release_all(mc);
	} else if (s != &sl_mspan_none) {
		set_span(mc, spc, &sl_mspan_none);
		sl_mcentral_uncache_span(&mc->central, s);
	}
	return cache_span(mc, spc);
}

/*
 * The span has no free slot in the owner's hands.  If others freed enough of
 * it, go on with it; otherwise put it aside or give it up, and get another
 * (Go: refill).  Returns false: out of memory, and the span class is left
 * without a span.
 */
static bool
refill_span(struct sl_mcache *mc, sl_spanclass spc)
{
	struct sl_mspan *s = mc->spans[spc], *next;

	sl_count(&sl_tally_hints(mc->central.tally, spc)->refills);
	SL_USDT2(refill, spc, s);
	if (sl_options.epoch != 0)
		return refill_in_epoch(mc, spc);
	if (s != &sl_mspan_none) {
		if (sl_mspan_is_claimable(s) && sl_mspan_harvest(s) != 0) {
			sl_tally_count(mc->central.tally, spc, harvests);
			return sl_mspan_next_word(s);
		}
	}
	next = take_held(mc, spc);
	if (next != NULL) {
		sl_tally_count(mc->central.tally, spc, reuses);
		use_span(mc, spc, next);
	} else {
		/* Others may claim s from now on. */
		set_span(mc, spc, &sl_mspan_none);
	}
	if (s != &sl_mspan_none)
		put_aside(mc, s);
	if (next != NULL)
		return true;
	return cache_span(mc, spc);
}

static inline void *
next_free(struct sl_mcache *mc, struct sl_mspan *s)
{
	if (sl_unlikely(sl_hooks(SL_HOOK_RANDOM) != 0) && s != &sl_mspan_none)
		return sl_mspan_random_free(s, &mc->random);
	return sl_mspan_next_free_fast(s);
}

static bool
refill(struct sl_mcache *mc, sl_spanclass spc)
{
	bool done = refill_span(mc, spc);

	if (sl_unlikely(sl_account_is_go()))
		sl_account_refill(&mc->central.tally->account, spc,
		    done ? mc->spans[spc] : NULL);
	return done;
}

void *
sl_mcache_alloc_slow(struct sl_mcache *mc, sl_spanclass spc, bool needzero)
{
	struct sl_mspan *s = mc->spans[spc];
	/* With hooks on the word at hand was not seen yet. */
	void *slot = next_free(mc, s);

	if (slot == NULL) {
		if (!sl_mspan_next_word(s) && !refill(mc, spc))
			return NULL;
		s = mc->spans[spc];
		slot = next_free(mc, s);
	}
	if (needzero)
		sl_mcache_zero(s, slot);
	return slot;
}

void
sl_mcache_release_all(struct sl_mcache *mc)
{
	for (unsigned i = 2; i < SL_NUM_SPANCLASSES; i++) {
		struct sl_mspan *s = mc->spans[i];

		release_ring(mc, &mc->held[i].usable);
		release_ring(mc, &mc->held[i].full);
		if (s == &sl_mspan_none)
			continue;
		set_span(mc, (sl_spanclass)i, &sl_mspan_none);
		sl_mcentral_uncache_span(&mc->central, s);
	}
	if (sl_unlikely(sl_account_is_go()))
		sl_account_flush(&mc->central.tally->account);
}

void
sl_mcache_walk(const struct sl_mcache *mc,
    void (*visit)(struct sl_mspan *, sl_spanclass, void *), void *arg)
{
	for (unsigned i = 0; i < SL_NUM_SPANCLASSES; i++) {
		const struct sl_mspan *const rings[] = {
		    mc->held[i].full.first, mc->held[i].usable.first};

		if (mc->spans[i] != &sl_mspan_none)
			visit(mc->spans[i], (sl_spanclass)i, arg);
		for (unsigned k = 0; k < 2; k++) {
			const struct sl_mspan *s = rings[k];

			for (; s != NULL;
			     s = s->next != rings[k] ? s->next : NULL)
				visit(
				    (struct sl_mspan *)s, (sl_spanclass)i, arg);
		}
	}
}

/* What it counts itself. */
#define COUNTERS(X)                                                            \
	X(large_resizes, large_resizes)                                        \
	X(large_moves, large_moves)                                            \
	X(zero_pieces, zero_pieces)                                            \
	X(scan_bytes, scan_bytes)                                              \
	X(spans_taken, heap.spans_taken)                                       \
	X(spans_given, heap.spans_given)                                       \
	X(pages_taken, heap.pages_taken)                                       \
	X(pages_given, heap.pages_given)                                       \
	X(pagecache_hits, heap.pagecache_hits)                                 \
	X(pagecache_refills, heap.pagecache_refills)                           \
	X(pagecache_frees, heap.pagecache_frees)

void
sl_mcache_add_stats(const struct sl_mcache *mc, struct sl_stats *sum)
{
/* relaxed: counters, see sl_count() */
#define ADD(to, from) sum->to += sl_load_rlx(&mc->from);
	COUNTERS(ADD)
#undef ADD
}

void
sl_stats_add(struct sl_stats *sum, const struct sl_stats *more)
{
#define ADD(to, from) sum->to += more->to;
	COUNTERS(ADD)
#undef ADD
}
