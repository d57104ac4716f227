/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfree.c - pointer to span to slot, and the slot's bit; see mfree.h.
 * Called by malloc and mallocgc.
 *
 * Every free finds the span by the page map, divides the offset by the slot
 * size, and so refuses what is not the start of a slot; a bit that is already
 * set is a double free.  The owner sets its own bit without a locked
 * instruction; anybody else goes through mcentral.  Large objects go straight
 * back to the page heap.
 */
#include "core/mfree.h"

#include <errno.h>

#include "core/annotate.h"
#include "core/badfree.h"
#include "core/die.h"
#include "core/marena.h"
#include "core/mbump.h"
#include "core/mhook.h"
#include "core/mlarge.h"
#include "core/mretain.h"
#include "core/mthread.h"
#include "core/mtiny.h"
#include "core/signals.h"

alignas(16) char sl_zerobase[16];

static const char not_start[] = "invalid free: not the start of an object";

static void
free_outside(uintptr_t p)
{
	if (p == 0 || p == (uintptr_t)sl_zerobase ||
	    sl_hooks(SL_HOOK_SBRK) != 0)
		return;
	sl_bad_pointer(
	    p, "invalid free: %p is not an object of this heap", (void *)p);
}

/* Whose counters to use; a thread past its end shares. */
static struct sl_mcache *
mcache_for_free(void)
{
	struct sl_mcache *mc = sl_thread_mcache();

	return mc != NULL ? mc : sl_thread_borrow();
}

static void
mcache_done(struct sl_mcache *mc)
{
	if (mc != sl_mc)
		sl_thread_return();
}

static void
free_large(struct sl_mcache *mc, struct sl_mspan *s, uintptr_t p)
{
	int saved = errno;

	if (p != sl_mlarge_object(s)) {
		sl_mspan_bad_free(s, p, not_start);
		return;
	}
	if (!sl_mlarge_free(mc, s))
		sl_mspan_bad_free(s, p, "double free");
	errno = saved;
}

/* In a span that was full, and is held. */
static bool
free_held(struct sl_mcache *mc, struct sl_mspan *s, unsigned slot)
{
	if (!sl_mfree_own(s, slot))
		return false;
	mc->central.inside++; /* see sl_mcentral_freed() */
	sl_mcache_unfull(mc, s);
	mc->central.inside--;
	return true;
}

/* A slot of a small span.  False: it was free. */
static inline bool
free_small(struct sl_mcache *mc, struct sl_mspan *s, unsigned slot)
{
	/* relaxed: only who uses mc can have stored it there */
	if (sl_load_rlx(&s->holder) != mc || sl_options.epoch != 0)
		return sl_mcentral_free_slot(&mc->central, s, slot);
	if (sl_mspan_is_open(s)) /* closed to the fast path by hooks */
		return sl_mfree_own(s, slot);
	return free_held(mc, s, slot);
}

static void
free_at(struct sl_mcache *mc, struct sl_mspan *s, uintptr_t p)
{
	uint64_t q = sl_mspan_divide(s, p);

	if (!sl_mspan_is_start(s, p, q))
		sl_mspan_bad_free(s, p, not_start);
	else if (!free_small(mc, s, (unsigned)(q >> 32)))
		sl_mspan_bad_free(s, p, "double free");
}

static void
free_in(struct sl_mcache *mc, struct sl_mspan *s, uintptr_t p)
{
	if (s->spanclass < 2)
		free_large(mc, s, p);
	else if (s->tiny == NULL)
		free_at(mc, s, p);
	else if (sl_tiny_free(s, p))
		sl_mcentral_free_slot(
		    &mc->central, s, sl_mspan_slot(s, p - s->base));
}

/* The same with hooks on.  What is no live object goes on to be refused. */
static SL_NOINLINE void
free_with_hooks(struct sl_mcache *mc, struct sl_mspan *s, uintptr_t p)
{
	struct sl_hook_object o = {.p = (void *)p, .align = 1, .span = s};

	o.usable = sl_object_size(s, p);
	if (o.usable != 0)
		sl_mhook_freeing(mc, &o);
	free_in(mc, s, p);
}

static inline void
free_now(struct sl_mspan *s, uintptr_t p)
{
	struct sl_mcache *mc = mcache_for_free();
	bool is_large = s->spanclass < 2, is_outside;

	sl_mhook_enter(mc);
	if (sl_unlikely(sl_hooks(SL_HOOK_ANY) != 0))
		free_with_hooks(mc, s, p);
	else
		free_in(mc, s, p);
	sl_mhook_leave(mc);
	is_outside = mc->central.inside + mc->central.nested == 0;
	mcache_done(mc);
	if (is_large && sl_retain_is_wanted() && is_outside)
		sl_retain_start();
}

static SL_NOINLINE void
free_without_signals(struct sl_mspan *s, uintptr_t p)
{
	sigset_t was;

	sl_signals_block(&was);
	free_now(s, p);
	sl_signals_restore(&was);
}

/* Everything but a first free of a small object. */
static SL_NOINLINE void
free_rest(uintptr_t p)
{
	struct sl_mspan *s = sl_span_of(p);

	if (s == NULL)
		free_outside(p);
	else if (sl_unlikely(sl_hooks(SL_HOOK_SIGNALS) != 0))
		free_without_signals(s, p);
	else
		free_now(s, p);
}

void
sl_mfree_slow(uintptr_t p)
{
	struct sl_mspan *s = sl_span_fast(p);
	struct sl_mcache *mc = sl_mc;
	uint64_t q;

	/* What is frequent comes first: a free in a span of another, or in one
	 * of this thread's that was full.  (As if inside: a thread without an
	 * mcache.) */
	if (sl_likely(s != NULL && s->divmul != 0 && s->tiny == NULL &&
		      mc->central.inside == 0 && sl_hooks(SL_HOOK_ANY) == 0)) {
		q = sl_mspan_divide(s, p);
		if (sl_likely(sl_mspan_is_start(s, p, q) &&
			      free_small(mc, s, (unsigned)(q >> 32))))
			return;
	}
	free_rest(p);
}

/* Does a live small object start at p? */
static bool
is_live_slot(const struct sl_mspan *s, uintptr_t p)
{
	uintptr_t off = p - s->base;
	unsigned slot = sl_mspan_slot(s, off);
	uint64_t free;

	if (off != (uintptr_t)slot * s->elemsize || p >= s->limit)
		return false;
	/* relaxed: a live object's bits are clear, and nobody sets them */
	free = sl_load_rlx(&s->free_bits[slot / 64]) |
	       sl_load_rlx(&s->remote_bits[slot / 64]);
	return (free >> (slot % 64) & 1) == 0;
}

size_t
sl_object_size(struct sl_mspan *s, uintptr_t p)
{
	if (s->tiny != NULL)
		return sl_tiny_size(s, p);
	if (s->spanclass < 2)
		return sl_mlarge_size(s, p);
	return is_live_slot(s, p) ? s->elemsize : 0;
}

static void
refuse(const struct sl_mspan *s, uintptr_t p, const char *what)
{
	char text[96];

	sl_format(text, sizeof(text),
	    "invalid %s: not the start of a live object (double free or inside "
	    "of one)",
	    what);
	sl_mspan_bad_free(s, p, text);
}

size_t
sl_usable_size(const void *ptr, const char *what)
{
	uintptr_t p = (uintptr_t)ptr;
	struct sl_mspan *s = sl_span_of(p);
	size_t n = 0;

	if (p == 0 || p == (uintptr_t)sl_zerobase)
		return 0;
	if (sl_unlikely(sl_hooks(SL_HOOK_SBRK) != 0))
		return sl_bump_size(p);
	if (s == NULL)
		sl_bad_pointer(p,
		    "invalid %s: %p is not an object of this heap", what, ptr);
	else if ((n = sl_object_size(s, p)) == 0)
		refuse(s, p, what);
	else if (sl_hooks(SL_HOOK_ANNOTATE) != 0)
		return sl_annotated_size((void *)p, n);
	return n;
}
