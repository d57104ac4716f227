/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ckspin.c - variants ck-fas, ck-ticket, ck-mcs: one spin lock and one list per
 * class.  Called by core through the seam (core/mcentral.h).
 *
 * The variant mutex with locks of Concurrency Kit in place of the C library's:
 *
 *   ck-fas     test-and-set with backoff: whoever comes first, unfair
 *   ck-ticket  in order of arrival; all who wait read one word
 *   ck-mcs     in order of arrival; each waits on a word of its own
 *
 * They wait by spinning and never sleep or yield.  Where threads outnumber
 * CPUs a waiter uses up the turn of the thread that it waits for, and with the
 * two fair ones the lock may be handed to a thread that does not run: there
 * they measure the scheduler, which is what they are here to show.
 *
 *             insert   claim    walk
 *   insert    lock     lock     X        lock: serialized by the class's lock
 *   claim              lock     X        X: not while others are inside
 *
 * Progress: blocking; a claim of an empty class takes no lock.  Order: LIFO.
 * ABA: none, lists change under the lock.  Reclamation: none, the links lie in
 * the spans' own descriptors, which are type-stable.
 * Fork: all locks are taken; in the child they are made anew, since threads
 * that waited for them are no more.
 * Mellor-Crummey and Scott, ACM TOCS 9(1), 1991 (tickets, queues); Anderson,
 * IEEE TPDS 1(1), 1990 (backoff); Boyd-Wickizer et al., OLS 2012 (collapse).
 */
#include <ck_spinlock.h>

#include "core/mcentral.h"
#include "variants/spanlist.h"

#ifndef SL_CKSPIN_FAS
#define SL_CKSPIN_FAS 0
#endif
#ifndef SL_CKSPIN_TICKET
#define SL_CKSPIN_TICKET 0
#endif

const struct sl_variant_info sl_set_info = {
    .name = SL_VARIANT_NAME,
    .progress = SL_CKSPIN_FAS ? "blocking, by spinning"
			      : "blocking, by spinning, in order of arrival",
    .order = "LIFO",
    .reclamation = "none needed: links in type-stable descriptors",
    .aba = "none: lists change under a lock",
    .paper =
	SL_CKSPIN_FAS
	    ? "Anderson, IEEE TPDS 1(1), 1990; Concurrency Kit ck_spinlock"
	    : "Mellor-Crummey and Scott, ACM TOCS 9(1), 1991; Concurrency Kit "
	      "ck_spinlock",
    .claim_leaves_listed = false,
    .spins = true,
    .in_turn = !SL_CKSPIN_FAS,
    .insert = SL_BLOCKING,
    .claim = SL_BLOCKING,
    .miss = SL_MISS_NEVER,
    .counts = SL_COUNTS_LOCKS,
};

/* --- the lock ---------------------------------------------------------- */

#if SL_CKSPIN_FAS
typedef ck_spinlock_fas_t lock_word;
struct place { /* of one that holds or waits */
	struct sl_backoff backoff;
};

static void
word_init(lock_word *w)
{
	ck_spinlock_fas_init(w);
}

static bool
word_trylock(lock_word *w, struct place *p)
{
	(void)p;
	return ck_spinlock_fas_trylock(w);
}

static void
word_lock(lock_word *w, struct place *p)
{
	p->backoff = sl_backoff_start();
	while (!ck_spinlock_fas_trylock(w))
		sl_backoff_pause(&p->backoff);
}

static void
word_unlock(lock_word *w, struct place *p)
{
	(void)p;
	ck_spinlock_fas_unlock(w);
}
#elif SL_CKSPIN_TICKET
typedef ck_spinlock_ticket_t lock_word;
struct place {
	char unused;
};

static void
word_init(lock_word *w)
{
	ck_spinlock_ticket_init(w);
}

static bool
word_trylock(lock_word *w, struct place *p)
{
	(void)p;
	return ck_spinlock_ticket_trylock(w);
}

static void
word_lock(lock_word *w, struct place *p)
{
	(void)p;
	ck_spinlock_ticket_lock(w);
}

static void
word_unlock(lock_word *w, struct place *p)
{
	(void)p;
	ck_spinlock_ticket_unlock(w);
}
#else
typedef ck_spinlock_mcs_t lock_word;
struct place {
	ck_spinlock_mcs_context_t context;
};

static void
word_init(lock_word *w)
{
	ck_spinlock_mcs_init(w);
}

static bool
word_trylock(lock_word *w, struct place *p)
{
	return ck_spinlock_mcs_trylock(w, &p->context);
}

static void
word_lock(lock_word *w, struct place *p)
{
	ck_spinlock_mcs_lock(w, &p->context);
}

static void
word_unlock(lock_word *w, struct place *p)
{
	ck_spinlock_mcs_unlock(w, &p->context);
}
#endif

struct list {
	alignas(SL_CACHELINE) lock_word lock;
	struct spanlist spans; /* under lock; peeked at without */
};

static struct list lists[SL_NUM_BAGS];

/* Of the thread that forks. */
static struct place fork_places[SL_NUM_BAGS];

/* While a thread forks it holds all locks, and lets itself pass. */
static void
lock(struct list *l, struct place *p)
{
	if (sl_unlikely(sl_lock_is_fork_owner()))
		return;
	if (!word_trylock(&l->lock, p)) {
		sl_count(&sl_set_tally->lock_waits);
		word_lock(&l->lock, p);
	}
	sl_count(&sl_set_tally->lock_acquisitions);
}

static void
unlock(struct list *l, struct place *p)
{
	if (sl_likely(!sl_lock_is_fork_owner()))
		word_unlock(&l->lock, p);
}

/* --- the seam ---------------------------------------------------------- */

void
sl_set_init(void)
{
	for (unsigned i = 0; i < sl_num_bags(); i++)
		word_init(&lists[i].lock);
}

void
sl_set_insert(sl_bag bag, struct sl_mspan *s)
{
	struct list *l = &lists[bag];
	struct place p;

	lock(l, &p);
	spanlist_push(&l->spans, s);
	unlock(l, &p); /* LP: insert */
	sl_count(&sl_set_tally->inserts);
}

struct sl_mspan *
sl_set_claim(sl_bag bag)
{
	struct list *l = &lists[bag];
	struct sl_mspan *s;
	struct place p;

	if (spanlist_is_empty(&l->spans))
		return NULL;
	lock(l, &p);
	s = spanlist_pop(&l->spans);
	unlock(l, &p); /* LP: claim */
	if (s != NULL)
		sl_mspan_take(s);
	return s;
}

void
sl_set_fork_prepare(void)
{
	for (unsigned i = 0; i < sl_num_bags(); i++)
		word_lock(&lists[i].lock, &fork_places[i]);
}

void
sl_set_fork_parent(void)
{
	for (unsigned i = sl_num_bags(); i-- > 0;)
		word_unlock(&lists[i].lock, &fork_places[i]);
}

void
sl_set_fork_child(void)
{
	for (unsigned i = 0; i < sl_num_bags(); i++)
		word_init(&lists[i].lock);
}

void
sl_set_walk(sl_bag bag, void (*visit)(struct sl_mspan *, void *), void *arg)
{
	spanlist_walk(&lists[bag].spans, visit, arg);
}
