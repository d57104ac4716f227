/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mutex_walk.c - variant mutex-walk: one lock and one list per class, walked
 * under the lock.  Called by core through the seam (core/mcentral.h).
 *
 * Go's mcentral up to 1.14 with what made it slow: a span that a thread caches
 * stays in the list, moved to its end, and a claim looks at span after span
 * from the front, all under the lock, until it finds one of use.  So the lock
 * is held for as long as there are cached and full spans to walk past, and the
 * more threads cache spans the more there are.  In Go these are the spans of
 * the list `empty` that are being swept; here a claim takes off what is full
 * and cached by nobody, and walks past the rest.
 *
 *             insert   claim    remove   walk
 *   insert    lock     lock     lock     X     lock: serialized, per class
 *   claim              lock     lock     X     X: quiescent only
 *   remove                      lock     X
 *
 * Progress: blocking; a claim of an empty list takes no lock.
 * Order: none; the span that was inserted or claimed longest ago comes first.
 * ABA: none, lists change under the lock; the span's word has a generation.
 * Reclamation: none, the links lie in the spans' own descriptors, which are
 * type-stable.
 */
#include "core/mcentral.h"

const struct sl_variant_info sl_set_info = {
    .name = SL_VARIANT_NAME,
    .progress = "blocking",
    .order = "none",
    .reclamation = "none needed: links in type-stable descriptors",
    .aba = "none: lists change under a lock; generation in the span",
    .paper = "Go 1.14 runtime, mcentral.go; golang/go issue 37487",
    .claim_leaves_listed = true,
    .insert = SL_BLOCKING,
    .claim = SL_BLOCKING,
    .miss = SL_MISS_NEVER,
    .counts = SL_COUNTS_LOCKS | SL_COUNTS_SCANNED,
};

struct list {
	alignas(SL_CACHELINE) struct sl_mutex lock;
	_Atomic(struct sl_mspan *) first; /* under lock; peeked at without */
	struct sl_mspan *last;            /* under lock; NULL: empty */
};

static struct list lists[SL_NUM_BAGS];

/* Under the lock of the list that the span is in. */
static struct sl_mspan **
next_of(struct sl_mspan *s)
{
	return (struct sl_mspan **)&s->set.w[0];
}

static struct sl_mspan **
prev_of(struct sl_mspan *s)
{
	return (struct sl_mspan **)&s->set.w[1];
}

/* A span that is to be inserted may still be on its way here. */
static bool
is_linked(struct sl_mspan *s)
{
	return s->set.w[2] != 0;
}

void
sl_set_init(void)
{
	for (unsigned i = 0; i < sl_num_bags(); i++)
		sl_mutex_init(&lists[i].lock, SL_RANK_SET);
}

static void
append_locked(struct list *l, struct sl_mspan *s)
{
	*next_of(s) = NULL;
	*prev_of(s) = l->last;
	s->set.w[2] = 1;
	if (l->last != NULL)
		*next_of(l->last) = s;
	else
		sl_store_rlx(&l->first, s); /* relaxed: under the lock */
	l->last = s;
}

static void
unlink_locked(struct list *l, struct sl_mspan *s)
{
	struct sl_mspan *next = *next_of(s), *prev = *prev_of(s);

	if (prev != NULL)
		*next_of(prev) = next;
	else
		sl_store_rlx(&l->first, next); /* relaxed: under the lock */
	if (next != NULL)
		*prev_of(next) = prev;
	else
		l->last = prev;
	s->set.w[2] = 0;
}

void
sl_set_insert(sl_bag bag, struct sl_mspan *s)
{
	struct list *l = &lists[bag];

	sl_set_lock(&l->lock);
	append_locked(l, s);
	sl_mutex_unlock(&l->lock); /* LP: insert */
	sl_count(&sl_set_tally->inserts);
}

/* The first span of use, at the end of the list now, or NULL. */
static struct sl_mspan *
walk_locked(struct list *l, sl_bag bag, uint64_t *passed)
{
	struct sl_mspan *s, *next;

	/* relaxed: under the lock */
	for (s = sl_load_rlx(&l->first); s != NULL; s = next) {
		next = *next_of(s);
		if (sl_mspan_try_claim(s, bag)) { /* LP: claim */
			unlink_locked(l, s);
			append_locked(l, s);
			return s;
		}
		if (!sl_mspan_is_cached(s) && sl_mspan_try_unlist(s, bag))
			unlink_locked(l, s);
		++*passed;
	}
	return NULL;
}

struct sl_mspan *
sl_set_claim(sl_bag bag)
{
	struct list *l = &lists[bag];
	struct sl_mspan *s;
	uint64_t passed = 0;

	/* relaxed: a peek; to see a span too late is to see an empty list */
	if (sl_load_rlx(&l->first) == NULL)
		return NULL;
	sl_set_lock(&l->lock);
	s = walk_locked(l, bag, &passed);
	sl_mutex_unlock(&l->lock);
	sl_count_add(&sl_set_tally->scanned, passed);
	return s;
}

bool
sl_set_remove(sl_bag bag, struct sl_mspan *s)
{
	struct list *l = &lists[bag];
	bool done = true;

	sl_set_lock(&l->lock);
	if (!sl_mspan_is_listed(s)) {
		/* A claim has taken it off: we hold its lock. */
	} else if (!is_linked(s)) {
		done = false; /* its inserter is on the way */
	} else {
		sl_mspan_unlist_owned(s);
		unlink_locked(l, s);
	}
	sl_mutex_unlock(&l->lock);
	return done;
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
	struct sl_mspan *s, *next;

	/* relaxed: no other thread is inside the allocator */
	for (s = sl_load_rlx(&lists[bag].first); s != NULL; s = next) {
		next = *next_of(s);
		visit(s, arg);
	}
}
