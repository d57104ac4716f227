/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tagstack.c - variant tagstack: a stack of span numbers with a tag, one word
 * per class.  Called by core through the seam (core/mcentral.h).
 *
 * The control for ck: the same stack by a swap of 8 bytes, which every 64-bit
 * machine has, in place of 16.  How it works, why ABA cannot hurt, how its
 * memory is used and what it needs of it: variants/tagstack.h.
 *
 *             insert   claim    walk
 *   insert    -        -        X        -: any threads at once
 *   claim              -        X        X: not while others are inside
 *
 * Progress: lock-free; a try that fails means that another thread's succeeded.
 * But a descriptor's first insertion takes a lock to get its number.  Order:
 * LIFO.
 */
#include "variants/tagstack.h"

const struct sl_variant_info sl_set_info = {
    .name = SL_VARIANT_NAME,
    .progress = "lock-free; blocking when a span is inserted for the first "
		"time",
    .order = "LIFO",
    .reclamation = "none needed: links in a table that only grows",
    .aba = "tag of 32 bits beside the number of the span, one word",
    .paper = "Treiber, IBM RJ 5118, 1986",
    .claim_leaves_listed = false,
    .insert = SL_MOSTLY_LOCK_FREE,
    .claim = SL_LOCK_FREE,
    .miss = SL_MISS_NEVER,
    .counts = SL_COUNTS_CAS_FAILURES | SL_COUNTS_LOCKS,
};

static struct tagstack stacks[SL_NUM_BAGS];

void
sl_set_init(void)
{
	tagstack_init();
}

void
sl_set_insert(sl_bag bag, struct sl_mspan *s)
{
	struct sl_backoff backoff = sl_backoff_start();
	uint32_t n = tagstack_number(s);

	if (n == 0)
		sl_spill(bag, s);
	while (n != 0 && !tagstack_try_push(&stacks[bag], n))
		sl_set_lost(&backoff);
	sl_count(&sl_set_tally->inserts);
}

struct sl_mspan *
sl_set_claim(sl_bag bag)
{
	struct sl_backoff backoff = sl_backoff_start();
	struct sl_mspan *s;

	while (!tagstack_try_pop(&stacks[bag], &s))
		sl_set_lost(&backoff);
	if (s != NULL)
		sl_mspan_take(s);
	return s;
}

void
sl_set_fork_prepare(void)
{
	tagstack_fork_prepare();
}

void
sl_set_fork_parent(void)
{
	tagstack_fork_done();
}

void
sl_set_walk(sl_bag bag, void (*visit)(struct sl_mspan *, void *), void *arg)
{
	tagstack_walk(&stacks[bag], visit, arg);
}
