/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mtally.c - the reader's side of the tallies; see mtally.h.
 * Called by mthread, under its lock.
 */
#include "core/mtally.h"

#include "core/die.h"
#include "core/lock.h"
#include "core/persistent.h"
#include "core/sys.h"

_Atomic(uint64_t) sl_tally_turn;
_Atomic(bool) sl_tally_locked;

enum { SECTION_PAUSES = 64 }; /* some 2 us: longer than a section that runs */

static struct sl_tally *unused; /* under mthread's lock */

void
sl_tally_init(bool locked)
{
	/* relaxed: no other thread is there */
	sl_store_rlx(&sl_tally_locked, locked || !sl_sys_barrier_init());
}

struct sl_tally *
sl_tally_alloc(void)
{
	struct sl_tally *t = unused;

	if (t != NULL)
		unused = t->next;
	else
		t = sl_persistent_alloc(sizeof(*t), alignof(struct sl_tally));
	return t;
}

void
sl_tally_free(struct sl_tally *t)
{
	t->next = unused;
	unused = t;
}

unsigned
sl_tally_change(void)
{
	/* relaxed: one reader at a time */
	uint64_t turn = sl_load_rlx(&sl_tally_turn);

	/* pairs(tally.dekker) pairs(tally.empty): then each seq; and what the
	 * last reader emptied is seen to be empty. */
	sl_store_sc(&sl_tally_turn, turn + 1);
	/* relaxed: a switch */
	if (!sl_load_rlx(&sl_tally_locked) && !sl_sys_barrier())
		/* Refused of late, by a filter perhaps: this snapshot may be
		 * off by what other threads do just now, later ones not.
		 * relaxed: as above */
		sl_store_rlx(&sl_tally_locked, true);
	return turn & 1;
}

static void
wait_a_little(unsigned n)
{
	if (n < SECTION_PAUSES)
		sl_cpu_relax();
	else
		sl_yield();
}

void
sl_tally_wait(const struct sl_tally *t)
{
	/* pairs(tally.dekker) pairs(tally.done) */
	uint64_t seen = sl_load_sc(&t->seq);

	if ((seen & 1) == 0)
		return; /* what begins now has seen the new turn */
	/* pairs(tally.done): all that the section counted is there. */
	for (unsigned n = 0; sl_load_acq(&t->seq) == seen; n++)
		wait_a_little(n);
}

static bool
is_touched(const struct sl_tally *t, unsigned row)
{
	/* relaxed: of a section that is over, seen with its end; of hints,
	 * sooner or later */
	return (sl_load_rlx(&t->rows[row / 64]) >> row % 64 & 1) != 0;
}

void
sl_tally_collect(struct sl_tally *t, unsigned turn, struct sl_tally_sum *sums)
{
	for (unsigned i = 0; i < SL_NUM_SPANCLASSES; i++) {
		struct sl_tally_sum *sum = &sums[i];
		unsigned row = sl_tally_row((sl_spanclass)i);
		struct sl_tally_events *e = &t->events[turn][row];

		if (!is_touched(t, row))
			continue;

/* relaxed: nobody writes this record now, see sl_tally_wait(); the turn's next
 * change publishes that it is empty */
#define COLLECT(name)                                                          \
	if (sl_load_rlx(&e->name) != 0) {                                      \
		sum->name += sl_load_rlx(&e->name);                            \
		sl_store_rlx(&e->name, 0);                                     \
	}
		SL_TALLY_EVENTS(COLLECT)
#undef COLLECT
	}
}

static void
add_row(struct sl_tally_hints *h, struct sl_tally_sum *sum, bool empty)
{
/* relaxed: counters, see sl_count() */
#define ADD(name, from)                                                        \
	sum->name += sl_load_rlx(&h->from);                                    \
	if (empty)                                                             \
		sl_store_rlx(&h->from, 0);
	SL_TALLY_HINTS(ADD)
#undef ADD
}

void
sl_tally_add_hints(struct sl_tally *t, struct sl_tally_sum *sums, bool empty)
{
	for (unsigned i = 0; i < SL_NUM_SPANCLASSES; i++) {
		unsigned row = sl_tally_row((sl_spanclass)i);

		if (is_touched(t, row))
			add_row(&t->hints[row], &sums[i], empty);
		/* relaxed: as above */
		sums[i].remote_frees += sl_load_rlx(&t->remote_frees[i]);
		if (empty)
			sl_store_rlx(&t->remote_frees[i], 0); /* relaxed: too */
	}
}

void
sl_tally_mend(struct sl_tally *t)
{
	/* relaxed: the writer is no more */
	uint64_t seq = sl_load_rlx(&t->seq);

	sl_store_rlx(&t->seq, seq + (seq & 1)); /* relaxed: as above */
}

void
sl_tally_fork_child(void)
{
	/* relaxed: no other thread is there */
	if (!sl_load_rlx(&sl_tally_locked))
		sl_tally_init(false);
}
