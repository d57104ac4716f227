/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * urcu_lfs.c - variant urcu-lfs: one lock-free stack of liburcu per class, from
 * which one thread at a time takes.  Called by core through the seam
 * (core/mcentral.h).
 *
 * liburcu's stack knows three ways to pop: one thread at a time, under a lock;
 * or in a read section, and then a node must wait for a grace period before it
 * is pushed again.  Spans come back at once, so it is the lock.  What remains
 * lock-free is the insertion, and so the free that lists a span.
 *
 *             insert   claim    walk
 *   insert    -        -        X        -: any threads at once
 *   claim              lock     X        lock: serialized, per class
 *                                        X: not while others are inside
 *
 * Progress: insert lock-free, claim blocking; a claim of an empty class takes
 * no lock.  Order: LIFO.
 * ABA: none, nobody else can take the span on top, and put it back, between a
 * claim's look and its swap: that takes the lock.  Reclamation: none, the
 * links lie in the spans' own descriptors, which are type-stable.
 * Fork: locks are taken; a stack is whole at every instant.
 * Treiber, IBM RJ 5118, 1986; liburcu, urcu/lfstack.h.
 */
#include <urcu/lfstack.h>

#include "core/mcentral.h"

const struct sl_variant_info sl_set_info = {
    .name = SL_VARIANT_NAME,
    .progress = "insert lock-free, claim blocking",
    .order = "LIFO",
    .reclamation = "none needed: links in type-stable descriptors",
    .aba = "none: one thread at a time takes spans",
    .paper = "Treiber, IBM RJ 5118, 1986; liburcu lfstack",
    .claim_leaves_listed = false,
    .insert = SL_LOCK_FREE,
    .claim = SL_BLOCKING,
    .miss = SL_MISS_NEVER,
    .counts = SL_COUNTS_LOCKS,
};

/* Inserters write one line, claimers that too and another. */
struct stack {
	alignas(SL_CACHELINE) struct __cds_lfs_stack s;
	alignas(SL_CACHELINE) struct sl_mutex lock; /* of claims */
};

static struct stack stacks[SL_NUM_BAGS];

_Static_assert(sizeof(struct cds_lfs_node) <= sizeof(struct sl_set_link),
    "the node lies in the span's link");

static struct cds_lfs_node *
node_of(struct sl_mspan *s)
{
	return (struct cds_lfs_node *)s->set.w;
}

static struct sl_mspan *
span_of(struct cds_lfs_node *n)
{
	return (struct sl_mspan *)((char *)n - offsetof(struct sl_mspan, set));
}

void
sl_set_init(void)
{
	for (unsigned i = 0; i < sl_num_bags(); i++) {
		__cds_lfs_init(&stacks[i].s);
		sl_mutex_init(&stacks[i].lock, SL_RANK_SET);
	}
}

void
sl_set_insert(sl_bag bag, struct sl_mspan *s)
{
	/* The library's swaps are full barriers. */
	cds_lfs_node_init(node_of(s));
	cds_lfs_push(&stacks[bag].s, node_of(s)); /* LP: insert */
	sl_count(&sl_set_tally->inserts);
}

struct sl_mspan *
sl_set_claim(sl_bag bag)
{
	struct stack *k = &stacks[bag];
	struct cds_lfs_node *n;

	if (cds_lfs_empty(&k->s))
		return NULL;
	sl_set_lock(&k->lock);
	n = __cds_lfs_pop(&k->s); /* LP: claim */
	sl_mutex_unlock(&k->lock);
	if (n == NULL)
		return NULL;
	sl_mspan_take(span_of(n));
	return span_of(n);
}

void
sl_set_fork_prepare(void)
{
	for (unsigned i = 0; i < sl_num_bags(); i++)
		sl_mutex_lock_for_fork(&stacks[i].lock);
}

void
sl_set_fork_parent(void)
{
	for (unsigned i = sl_num_bags(); i-- > 0;)
		sl_mutex_unlock_after_fork(&stacks[i].lock);
}

void
sl_set_walk(sl_bag bag, void (*visit)(struct sl_mspan *, void *), void *arg)
{
	/* No other thread is inside the allocator. */
	struct cds_lfs_head *head = stacks[bag].s.head;
	struct cds_lfs_node *n = head == NULL ? NULL : &head->node, *next;

	for (; n != NULL; n = next) {
		next = n->next;
		visit(span_of(n), arg);
	}
}
