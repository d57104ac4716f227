/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mcentral_epoch.c - mcentral in epoch mode: frees take effect in a sweep (Go:
 * mcentral.cacheSpan, mspan.sweep, finishsweep_m, with a collector that has no
 * roots).  Called by mcentral.c, mcache and mlarge; mepoch.h has the
 * generation and the states of a span.
 *
 * Each class has four bags: partly free and full spans, swept and not.  A free
 * sets the slot's bit in remote_bits and nothing else.  A turn makes all spans
 * unswept, and the swept bags the unswept ones.  A refill takes a partly free
 * span that was swept; else sweeps one that was not; else sweeps full ones, up
 * to a budget; else grows.  Sweeping a span is to harvest it: what the freers'
 * bits say is free from now on.
 *
 * A span that nobody owns is always listed, large ones too.  So its owner
 * lists it in one step (sl_mspan_list_in), and freers leave the list alone.
 *
 * What the turning thread does, while others run:
 *   1  sweeps what is left, as any other thread may at the same time
 *   2  keeps others away from the unswept bags (DRAINED), and waits until
 *      those inside have left
 *   3  sweeps what others put back meanwhile; now these bags are empty
 *   4  advances the generation
 * Only one thread turns.  Others go on, and help if they are far ahead; who
 * finds nothing since they are kept away waits a little before it grows.
 */
#include "core/mcentral_epoch.h"

#include "core/mheap.h"
#include "core/usdt.h"

enum {
	REPORT_BYTES = 64 << 10, /* allocated by a thread before it says so */
};

/* Allocated since the last turn, roughly. */
static alignas(SL_CACHELINE) _Atomic(uint64_t) allocated;

/* If threads may keep spans for themselves, what a turn could not find is swept
 * when it comes up. */
static bool
is_strict(void)
{
	return sl_set_info.miss != SL_MISS_ANY;
}

/* --- one span ------------------------------------------------------------ */

/*
 * A span out of a bag, owned and not listed; NULL: there is none, or it could
 * not be taken off the list, and is there as before: *refused.
 */
static struct sl_mspan *
take(struct sl_mcentral_user *u, sl_bag bag, bool *refused)
{
	struct sl_mspan *s = sl_mcentral_claim(u, bag, false);

	if (s == NULL)
		return NULL;
	if (!sl_mcentral_remove(u, s, bag)) {
		if (sl_mspan_release(s))
			sl_mcentral_insert(u, s, bag, false);
		*refused = true;
		return NULL;
	}
	/* Now, so that a child after fork finds it. */
	sl_mspan_set_owner(s, u->mcache);
	return s;
}

/* What was freed in the span becomes free.  Owner only. */
static void
sweep(struct sl_mcentral_user *u, struct sl_mspan *s, uint64_t view)
{
	int32_t state = sl_epoch_state(s, view);

	if (state < SL_UNSWEPT && state % 2 == 0 && !is_strict())
		s->sweepgen += (uint32_t)(SL_UNSWEPT - state);
	sl_epoch_go(s, view, SL_SWEEPING);
	if (s->spanclass >= 2)
		sl_mspan_harvest(s);
	else
		/* The freer's bit stays until the descriptor serves again:
		 * another free is found out.  pairs(span.object): what the
		 * freer did with the object is over.  relaxed: ours */
		sl_store_rlx(
		    &s->free_bits[0], sl_load_acq(&s->remote_bits[0]) & 1);
	sl_epoch_go(s, view, SL_SWEPT);
	sl_tally_count(u->tally, s->spanclass, sweeps);
}

/* Where a swept span belongs.  Returns pages that went to the heap. */
static size_t
place(struct sl_mcentral_user *u, struct sl_mspan *s, uint64_t view)
{
	size_t npages = s->npages;
	sl_bag bag;

	if (sl_mspan_is_empty(s)) {
		sl_mcentral_to_heap(u, s);
		return npages;
	}
	bag = sl_epoch_bag(s->spanclass, view, !sl_mspan_next_word(s), true);
	sl_mspan_list_in(s, bag);
	sl_mcentral_insert(u, s, bag, false);
	return 0;
}

/* --- turn ---------------------------------------------------------------- */

struct sweeper {
	struct sl_mcentral_user *user;
	size_t pages; /* given back */
	bool refused; /* some are still there */
};

/* Sweep one span of an unswept bag, unless it is the turning thread's. */
static bool
sweep_next(struct sweeper *w, sl_spanclass spc, bool is_full)
{
	struct sl_mcentral_user *u = w->user;
	uint64_t view = sl_epoch_enter(&u->epoch);
	struct sl_mspan *s = NULL;

	if ((view & SL_EPOCH_DRAINED) == 0 || sl_epoch_is_turning(&u->epoch))
		s = take(
		    u, sl_epoch_bag(spc, view, is_full, false), &w->refused);
	if (s != NULL) {
		sweep(u, s, view);
		w->pages += place(u, s, view);
	}
	sl_epoch_leave(&u->epoch);
	return s != NULL;
}

/* All that is unswept; others may be at it too. */
static void
sweep_all(struct sweeper *w)
{
	for (unsigned i = 0; i < 2 * SL_NUM_SPANCLASSES; i++)
		while (sweep_next(w, (sl_spanclass)(i / 2), i % 2 == 0))
			;
}

static void
reset_bags(void)
{
	uint64_t now = sl_epoch_now();

	for (unsigned i = 0; i < 2 * SL_NUM_SPANCLASSES; i++)
		sl_set_drained(sl_epoch_bag(
		    (sl_spanclass)(i / 2), now, i % 2 == 0, false));
}

/* By the turning thread. */
static bool
turn(struct sweeper *w)
{
	sweep_all(w);
	if (!sl_epoch_drain())
		return false;
	w->refused = false;
	sweep_all(w);
	if (w->refused) {
		sl_epoch_undrain();
		return false;
	}
	if (is_strict())
		reset_bags();
	sl_epoch_step();
	SL_USDT1(epoch_turn, sl_epoch_now());
	sl_count(&sl_tally_hints(w->user->tally, 0)->turns);
	return true;
}

static bool
try_turn(struct sweeper *w)
{
	bool done;

	if (!sl_mcentral_may_use_set(w->user) ||
	    !sl_epoch_try_begin(&w->user->epoch))
		return false;
	done = turn(w);
	/* relaxed: a number.  If it was not done, not at once again */
	sl_store_rlx(&allocated, 0);
	sl_epoch_end();
	return done;
}

bool
sl_mcentral_turn(struct sl_mcentral_user *u)
{
	struct sweeper w = {.user = u};

	return sl_options.epoch != 0 && try_turn(&w);
}

bool
sl_mcentral_has_turned(struct sl_mcentral_user *u)
{
	uint64_t now = sl_epoch_now();

	if (u->epoch.flushed == now || !sl_mcentral_may_use_set(u))
		return false;
	u->epoch.flushed = now;
	return true;
}

size_t
sl_epoch_reclaim(struct sl_mcentral_user *u)
{
	struct sweeper w = {.user = u};

	if (!sl_mcentral_may_use_set(u))
		return 0;
	(void)try_turn(&w);
	sweep_all(&w);
	return w.pages;
}

/* Report what this thread has allocated, and turn if it is time.  If another
 * thread is at that and it is high time, help. */
static void
report(struct sl_mcentral_user *u)
{
	uint64_t due = (uint64_t)sl_options.epoch << 20, sum;
	struct sweeper w = {.user = u};

	if (u->epoch.bytes < REPORT_BYTES)
		return;
	/* relaxed: a number */
	sum = sl_fetch_add_rlx(&allocated, u->epoch.bytes) + u->epoch.bytes;
	u->epoch.bytes = 0;
	if (sum < due || !sl_mcentral_may_use_set(u))
		return;
	if (!try_turn(&w) && sum >= 2 * due)
		sweep_all(&w);
}

/* --- what core calls ----------------------------------------------------- */

/* A full span that has free slots when it is swept. */
static struct sl_mspan *
sweep_for_slots(struct sl_mcentral_user *u, sl_spanclass spc, uint64_t view)
{
	bool refused = false;
	struct sl_mspan *s;

	s = take(u, sl_epoch_bag(spc, view, false, false), &refused);
	if (s != NULL) {
		sweep(u, s, view);
		return s;
	}
	for (int budget = SL_SWEEP_BUDGET; budget >= 0; budget--) {
		s = take(u, sl_epoch_bag(spc, view, true, false), &refused);
		if (s == NULL)
			return NULL;
		sweep(u, s, view);
		if (sl_mspan_next_word(s))
			return s;
		place(u, s, view);
	}
	return NULL;
}

static struct sl_mspan *
find(struct sl_mcentral_user *u, sl_spanclass spc, uint64_t view)
{
	bool refused = false;
	struct sl_mspan *s;

	s = take(u, sl_epoch_bag(spc, view, false, true), &refused);
	if (s == NULL)
		return (view & SL_EPOCH_DRAINED) != 0
			   ? NULL
			   : sweep_for_slots(u, spc, view);
	if (!is_strict() && sl_epoch_state(s, view) != SL_SWEPT)
		sweep(u, s, view);
	return s;
}

/* Count a span's free slots as allocated. */
static void
will_allocate(struct sl_mcentral_user *u, const struct sl_mspan *s)
{
	u->epoch.bytes += (uint64_t)sl_mspan_count_free(s) * s->elemsize;
}

static struct sl_mspan *
claim(struct sl_mcentral_user *u, sl_spanclass spc, bool *kept_away)
{
	uint64_t view = sl_epoch_enter(&u->epoch);
	struct sl_mspan *s = find(u, spc, view);

	*kept_away = (view & SL_EPOCH_DRAINED) != 0;
	if (s != NULL) {
		sl_epoch_go(s, view, SL_CACHED);
		will_allocate(u, s);
		sl_tally_count(u->tally, spc, claims);
	}
	sl_epoch_leave(&u->epoch);
	return s;
}

struct sl_mspan *
sl_epoch_claim(struct sl_mcentral_user *u, sl_spanclass spc)
{
	struct sl_mspan *s;
	bool kept_away;

	report(u);
	s = claim(u, spc, &kept_away);
	if (s == NULL && kept_away && sl_epoch_wait_undrained())
		s = claim(u, spc, &kept_away);
	return s;
}

void
sl_epoch_grown(struct sl_mcentral_user *u, struct sl_mspan *s)
{
	uint64_t view = sl_epoch_enter(&u->epoch);

	s->sweepgen = (uint32_t)(view & ~SL_EPOCH_DRAINED);
	sl_epoch_go(s, view, SL_CACHED);
	will_allocate(u, s);
	sl_epoch_leave(&u->epoch);
}

void
sl_epoch_uncache_span(struct sl_mcentral_user *u, struct sl_mspan *s)
{
	uint64_t view = sl_epoch_enter(&u->epoch);

	if (sl_epoch_state(s, view) == SL_CACHED)
		sl_epoch_go(s, view, SL_SWEPT);
	else
		sweep(u, s, view);
	place(u, s, view);
	sl_epoch_leave(&u->epoch);
}

void
sl_mcentral_list_large(struct sl_mcentral_user *u, struct sl_mspan *s)
{
	size_t bytes = (size_t)s->npages << SL_PAGE_SHIFT;

	sl_epoch_uncache_span(u, s);
	u->epoch.bytes += bytes;
	report(u);
}

void
sl_mcentral_adopt(struct sl_mspan *s)
{
	s->sweepgen = (uint32_t)sl_epoch_now() + (uint32_t)SL_STALE;
}
