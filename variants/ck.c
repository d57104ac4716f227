/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ck.c - variant ck: one Concurrency Kit stack of spans per class.
 * Called by core through the seam (core/mcentral.h).
 *
 * Only push and pop of ck_stack's MPMC form are used.  batch_pop is not: in
 * ck up to 0.7.2 it leaves the generation as it is, and a pop in flight then
 * succeeds on a stack that was taken away and pushed again.
 *
 *             insert   claim    walk
 *   insert    -        -        X        -: any threads at once
 *   claim              -        X        X: not while others are inside
 *
 * Fork: nothing to do, a lock-free stack is whole at every instant.
 * Progress: lock-free; a try that fails means that another thread's push or
 * pop succeeded.  Order: LIFO.
 * ABA: pop swaps the head together with a generation that every pop advances
 * (cmpxchg16b).  Reclamation: none; a pop may read the link of a span that
 * another has just taken, which type-stable descriptors make harmless: the
 * swap then fails.
 * Treiber, IBM RJ 5118, 1986; ck_stack of Concurrency Kit.
 */
#include <ck_stack.h>

#include "core/mcentral.h"

const struct sl_variant_info sl_set_info = {
    .name = SL_VARIANT_NAME,
    .progress = "lock-free",
    .order = "LIFO",
    .reclamation = "none needed: links in type-stable descriptors",
    .aba = "generation beside the head, double-width swap",
    .paper = "Treiber, IBM RJ 5118, 1986; Concurrency Kit ck_stack",
    .claim_leaves_listed = false,
    .insert = SL_LOCK_FREE,
    .claim = SL_LOCK_FREE,
    .miss = SL_MISS_NEVER,
    .counts = SL_COUNTS_CAS_FAILURES,
};

/* ck_stack asks for less alignment than cmpxchg16b does. */
struct stack {
	alignas(SL_CACHELINE) ck_stack_t s;
};

static struct stack stacks[SL_NUM_BAGS];

_Static_assert(sizeof(ck_stack_entry_t) <= sizeof(struct sl_set_link),
    "the entry lies in the span's link");

static ck_stack_entry_t *
entry_of(struct sl_mspan *s)
{
	return (ck_stack_entry_t *)s->set.w;
}

static struct sl_mspan *
span_of(ck_stack_entry_t *e)
{
	return (struct sl_mspan *)((char *)e - offsetof(struct sl_mspan, set));
}

void
sl_set_init(void)
{
	for (unsigned i = 0; i < sl_num_bags(); i++)
		ck_stack_init(&stacks[i].s);
}

void
sl_set_insert(sl_bag bag, struct sl_mspan *s)
{
	struct sl_backoff backoff = sl_backoff_start();

	while (!ck_stack_trypush_mpmc(&stacks[bag].s, entry_of(s)))
		sl_set_lost(&backoff);
	sl_count(&sl_set_tally->inserts);
}

struct sl_mspan *
sl_set_claim(sl_bag bag)
{
	struct sl_backoff backoff = sl_backoff_start();
	ck_stack_t *stack = &stacks[bag].s;
	ck_stack_entry_t *e;

	while (ck_pr_load_ptr(&stack->head) != NULL) {
		if (ck_stack_trypop_mpmc(stack, &e)) {
			sl_mspan_take(span_of(e));
			return span_of(e);
		}
		sl_set_lost(&backoff);
	}
	return NULL;
}

void
sl_set_walk(sl_bag bag, void (*visit)(struct sl_mspan *, void *), void *arg)
{
	ck_stack_entry_t *e, *next;

	CK_STACK_FOREACH_SAFE(&stacks[bag].s, e, next)
	visit(span_of(e), arg);
}
