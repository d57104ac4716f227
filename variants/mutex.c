/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mutex.c - variants mutex and mutex-fifo: one lock and one list per class.
 * Called by core through the seam (core/mcentral.h).
 *
 * The shape of Go's mcentral up to 1.14, without its walk under the lock: the
 * baseline that the lock-free sets are measured against.  mutex-fifo is the
 * same with spans taken from the other end, so that an order of reuse is not
 * mistaken for the cost of a lock.
 *
 *             insert   claim    walk
 *   insert    lock     lock     X        lock: serialized by the class's mutex
 *   claim              lock     X        X: not while others are inside
 *
 * Progress: blocking; a claim of an empty class takes no lock.
 * ABA: none, lists change under the lock.  Reclamation: none, the links lie
 * in the spans' own descriptors, which are type-stable.
 */
#include "core/mcentral.h"
#include "variants/spanlist.h"

#ifndef SL_MUTEX_FIFO
#define SL_MUTEX_FIFO 0
#endif

const struct sl_variant_info sl_set_info = {
    .name = SL_VARIANT_NAME,
    .progress = "blocking",
    .order = SL_MUTEX_FIFO ? "FIFO" : "LIFO",
    .reclamation = "none needed: links in type-stable descriptors",
    .aba = "none: lists change under a lock",
    .paper = "Go 1.14 runtime, mcentral.go",
    .claim_leaves_listed = false,
    .insert = SL_BLOCKING,
    .claim = SL_BLOCKING,
    .miss = SL_MISS_NEVER,
    .counts = SL_COUNTS_LOCKS,
};

struct list {
	alignas(SL_CACHELINE) struct sl_mutex lock;
	struct spanlist spans; /* under lock; peeked at without */
	struct sl_mspan *tail; /* under lock; valid if spans is not empty */
};

static struct list lists[SL_NUM_BAGS];

void
sl_set_init(void)
{
	for (unsigned i = 0; i < sl_num_bags(); i++)
		sl_mutex_init(&lists[i].lock, SL_RANK_SET);
}

static void
insert_locked(struct list *l, struct sl_mspan *s)
{
	bool is_first = spanlist_is_empty(&l->spans);

	if (SL_MUTEX_FIFO && !is_first) {
		spanlist_set_next(s, NULL);
		spanlist_set_next(l->tail, s);
	} else {
		spanlist_push(&l->spans, s);
	}
	if (SL_MUTEX_FIFO || is_first)
		l->tail = s;
}

void
sl_set_insert(sl_bag bag, struct sl_mspan *s)
{
	struct list *l = &lists[bag];

	sl_set_lock(&l->lock);
	insert_locked(l, s);
	sl_mutex_unlock(&l->lock); /* LP: insert */
	sl_count(&sl_set_tally->inserts);
}

struct sl_mspan *
sl_set_claim(sl_bag bag)
{
	struct list *l = &lists[bag];
	struct sl_mspan *s;

	if (spanlist_is_empty(&l->spans))
		return NULL;
	sl_set_lock(&l->lock);
	s = spanlist_pop(&l->spans);
	sl_mutex_unlock(&l->lock); /* LP: claim */
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
