/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mspill.c - spans for which a set had no memory; see mspill.h.
 * Called by variants, mcentral, mheapcheck and mthread.
 */
#include "core/mspill.h"

#include "core/lock.h"

static struct sl_mutex lock = SL_MUTEX_INIT(SL_RANK_SPILL);
/* Changed under the lock, linked by `next`; peeked at without. */
static _Atomic(struct sl_mspan *) heads[SL_NUM_BAGS];

void
sl_spill(sl_bag bag, struct sl_mspan *s)
{
	sl_mutex_lock(&lock);
	s->next = sl_load_rlx(&heads[bag]); /* relaxed: under the lock */
	sl_store_rlx(&heads[bag], s);       /* relaxed: as above */
	sl_mutex_unlock(&lock);             /* LP: insert */
}

struct sl_mspan *
sl_spill_claim(sl_bag bag)
{
	struct sl_mspan *s;

	/* relaxed: a peek; to see a span too late is to see an empty list */
	if (sl_likely(sl_load_rlx(&heads[bag]) == NULL))
		return NULL;
	sl_mutex_lock(&lock);
	s = sl_load_rlx(&heads[bag]); /* relaxed: under the lock */
	if (s != NULL)
		sl_store_rlx(&heads[bag], s->next); /* relaxed: as above */
	sl_mutex_unlock(&lock);                     /* LP: claim */
	if (s != NULL)
		sl_mspan_take(s);
	return s;
}

void
sl_spill_walk(sl_bag bag, void (*visit)(struct sl_mspan *, void *), void *arg)
{
	/* relaxed: no other thread is inside the allocator */
	for (struct sl_mspan *s = sl_load_rlx(&heads[bag]); s != NULL;
	     s = s->next)
		visit(s, arg);
}

void
sl_spill_fork_prepare(void)
{
	sl_mutex_lock_for_fork(&lock);
}

void
sl_spill_fork_done(void)
{
	sl_mutex_unlock_after_fork(&lock);
}
