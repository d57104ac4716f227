/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * htm.c - variant htm: one list per class, changed in transactions of the
 * hardware, with a lock to fall back on.
 * Called by core through the seam (core/mcentral.h).
 *
 * The list is that of mutex.  An operation changes it in a transaction, which
 * first looks whether the lock is held, so that whoever takes the lock undoes
 * it.  After TRIES failures, or one that will not do better the next time, it
 * takes the lock.  A transaction that failed because the lock was held waits
 * until it is free, lest one fallback be followed by another.
 *
 * Whether there are transactions is asked of the CPU when the program starts,
 * and then some are tried: a CPU may say yes and abort them all.  Where there
 * are none each operation takes the lock, and this is mutex
 * (sl_variant_mode() says which it is).
 *
 *             insert   claim    walk
 *   insert    tx       tx       X        tx: at once, unless they touch; then
 *   claim              tx       X        one is undone.  X: not while others
 *                                        are inside
 *
 * Progress: none by the transactions, which may all fail; blocking by the
 * lock.  A claim of an empty class does neither.  Order: LIFO.
 * ABA: none, nothing happens between a transaction's look and its change.
 * Reclamation: none, the links lie in the spans' own descriptors, which are
 * type-stable.
 * Fork: locks are taken; a transaction happened in the child wholly or not.
 * Herlihy and Moss, ISCA 1993; Rajwar and Goodman, MICRO 2001 (the word of the
 * lock, read by each).
 */
#include "core/die.h"
#include "core/htm.h"
#include "core/mcentral.h"
#include "variants/spanlist.h"

enum { TRIES = 6 };

const struct sl_variant_info sl_set_info = {
    .name = SL_VARIANT_NAME,
    .progress = "transactions; blocking when they fail",
    .order = "LIFO",
    .reclamation = "none needed: links in type-stable descriptors",
    .aba = "none: a transaction, or a lock",
    .paper = "Herlihy and Moss, ISCA 1993; Rajwar and Goodman, MICRO 2001",
    .claim_leaves_listed = false,
    .insert = SL_BLOCKING,
    .claim = SL_BLOCKING,
    .miss = SL_MISS_NEVER,
    .counts = SL_COUNTS_LOCKS,
};

/* What transactions read and write is one line, and the lock another: a try of
 * the lock undoes none. */
struct list {
	alignas(SL_CACHELINE) _Atomic(uint32_t) is_locked;
	struct spanlist spans;
	alignas(SL_CACHELINE) struct sl_mutex lock;
};

static struct list lists[SL_NUM_BAGS];

static const char *why_not; /* there are no transactions; constant after init */

/* --- transactions ------------------------------------------------------ */

/* Insert s, or, if it is NULL, claim a span.  Not SL_HTM_STARTED: nothing was
 * done, and why. */
SL_HTM_TARGET static unsigned
transaction(struct list *l, struct sl_mspan *s, struct sl_mspan **claimed)
{
	unsigned status = sl_htm_begin();

	if (status != SL_HTM_STARTED)
		return status;
	/* pairs(htm.lock): the lock is free, and so remains until the end. */
	if (sl_load_sc(&l->is_locked) != 0) {
		sl_htm_abort();
		return SL_HTM_EXPLICIT; /* what the begin then says */
	}
	if (s != NULL)
		spanlist_push(&l->spans, s); /* LP: insert, at the end */
	else
		*claimed = spanlist_pop(&l->spans); /* LP: claim, likewise */
	sl_htm_end();
	return SL_HTM_STARTED;
}

/* The same.  False: take the lock. */
static bool
try_transactions(struct list *l, struct sl_mspan *s, struct sl_mspan **claimed)
{
	struct sl_backoff backoff = sl_backoff_start();

	for (unsigned i = 0; i < TRIES; i++) {
		unsigned status = transaction(l, s, claimed);

		if (status == SL_HTM_STARTED)
			return true;
		if ((status & (SL_HTM_EXPLICIT | SL_HTM_RETRY)) == 0)
			return false;
		/* Another thread changed the list, or has the lock. */
		sl_backoff_pause(&backoff);
	}
	return false;
}

static void
lock(struct list *l)
{
	sl_set_lock(&l->lock);
	if (why_not == NULL)
		sl_htm_bar(&l->is_locked);
}

static void
unlock(struct list *l)
{
	if (why_not == NULL)
		sl_htm_unbar(&l->is_locked);
	sl_mutex_unlock(&l->lock);
}

/* --- the seam ---------------------------------------------------------- */

void
sl_set_init(void)
{
	why_not = sl_htm_init();
	for (unsigned i = 0; i < sl_num_bags(); i++)
		sl_mutex_init(&lists[i].lock, SL_RANK_SET);
}

const char *
sl_set_mode(void)
{
	static char text[128];

	if (why_not == NULL)
		return "transactions";
	sl_format(text, sizeof(text), "one lock per class: %s", why_not);
	return text;
}

void
sl_set_insert(sl_bag bag, struct sl_mspan *s)
{
	struct list *l = &lists[bag];

	if (why_not != NULL || !try_transactions(l, s, NULL)) {
		lock(l);
		spanlist_push(&l->spans, s);
		unlock(l); /* LP: insert */
	}
	sl_count(&sl_set_tally->inserts);
}

struct sl_mspan *
sl_set_claim(sl_bag bag)
{
	struct list *l = &lists[bag];
	struct sl_mspan *s = NULL;

	if (spanlist_is_empty(&l->spans))
		return NULL;
	if (why_not != NULL || !try_transactions(l, NULL, &s)) {
		lock(l);
		s = spanlist_pop(&l->spans);
		unlock(l); /* LP: claim */
	}
	if (s != NULL)
		sl_mspan_take(s);
	return s;
}

void
sl_set_fork_prepare(void)
{
	for (unsigned i = 0; i < sl_num_bags(); i++)
		sl_mutex_lock_for_fork(&lists[i].lock);
}

void
sl_set_fork_parent(void)
{
	for (unsigned i = sl_num_bags(); i-- > 0;)
		sl_mutex_unlock_after_fork(&lists[i].lock);
}

void
sl_set_walk(sl_bag bag, void (*visit)(struct sl_mspan *, void *), void *arg)
{
	spanlist_walk(&lists[bag].spans, visit, arg);
}
