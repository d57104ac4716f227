/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mtally.h - what each thread counts, such that a snapshot is of one instant
 * (Go: consistentHeapStats).
 *
 * Used by mcentral, mcache, mlarge, mhook, mthread and mstats.
 *
 * Each thread has a tally of its own.  What belongs together is counted in a
 * section:
 *
 *	e = sl_tally_enter(t, spc);
 *	sl_count(&e->grows);
 *	sl_count_add(&e->pages_in, npages);
 *	sl_tally_leave(t);
 *
 * A tally has two records of events, and the turn says which of them all
 * threads write now.  A reader gives the turn to the other ones, waits until
 * nobody is left in a section that began before, adds the old records to the
 * totals and empties them.  So a section is in the snapshot whole or not at
 * all, and with it all sections that happened before it: what was counted
 * before an object was handed over is never missed when its free is seen.
 *
 *   operation | by                   | progress
 *   ----------+----------------------+------------------------------------
 *   enter     | the tally's owner    | wait-free, no locked instruction
 *   leave     | the tally's owner    | wait-free, no locked instruction
 *   turn      | under mthread's lock | waits for sections: some 10 instructions
 *
 * Writer and reader are Dekker's pattern (tag tally.dekker): a writer makes
 * `seq` odd, then loads the turn; a reader changes the turn, then loads `seq`.
 * One of them must see the other.  Both orders are of a store before a load,
 * which takes a full barrier on each side.  Readers are rare, so theirs is the
 * system call membarrier, which makes a barrier in every running thread of the
 * process; writers then need none of their own.  Without membarrier, and with
 * Go's accounting, writers change `seq` by locked instructions, as Go does
 * (sl_tally_locked).  t_tally.c has planted faults.
 *
 * Besides, a tally has hints: counters that belong to no section, each right
 * by itself but of no one instant.
 */
#ifndef SL_MTALLY_H
#define SL_MTALLY_H

#include "core/maccount.h"
#include "core/mspan.h"
#include "core/spanlab.h"

/*
 * What a set counts, per span class.  The thread's current record is where
 * sl_set_tally points (never NULL); core sees to that.  relaxed counters, one
 * writer each.
 */
struct sl_set_counters {
	_Atomic(uint64_t) inserts;
	_Atomic(uint64_t) cas_failures;
	_Atomic(uint64_t) lock_acquisitions;
	_Atomic(uint64_t) lock_waits;
	_Atomic(uint64_t) scanned;
	_Atomic(uint64_t) grace_periods;
	_Atomic(uint64_t) helped;
};
extern _Thread_local struct sl_set_counters *sl_set_tally;

/* Counted in sections: as struct sl_class_stats of spanlab.h says, and
 *   pages_in, pages_out   of the spans that grows, heap_returns speak of
 *   bytes_in, bytes_out   of the large objects that allocs, frees speak of
 *   listed, taken         spans that core put into the set and took out */
#define SL_TALLY_EVENTS(X)                                                     \
	X(allocs)                                                              \
	X(frees)                                                               \
	X(bytes_in)                                                            \
	X(bytes_out)                                                           \
	X(harvests)                                                            \
	X(detaches)                                                            \
	X(holds)                                                               \
	X(reuses)                                                              \
	X(claims)                                                              \
	X(grows)                                                               \
	X(relinks)                                                             \
	X(releases)                                                            \
	X(sweeps)                                                              \
	X(heap_returns)                                                        \
	X(pages_in)                                                            \
	X(pages_out)                                                           \
	X(listed)                                                              \
	X(taken)

/* Hints: the name, and where it is. */
#define SL_TALLY_HINTS(X)                                                      \
	X(refills, refills)                                                    \
	X(claims_empty, claims_empty)                                          \
	X(tiny_allocs, tiny_allocs)                                            \
	X(reaps, reaps)                                                        \
	X(turns, turns)                                                        \
	X(set_inserts, set.inserts)                                            \
	X(set_cas_failures, set.cas_failures)                                  \
	X(set_lock_acquisitions, set.lock_acquisitions)                        \
	X(set_lock_waits, set.lock_waits)                                      \
	X(set_scanned, set.scanned)                                            \
	X(set_grace_periods, set.grace_periods)                                \
	X(set_helped, set.helped)

#define SL_TALLY_FIELD(name) _Atomic(uint64_t) name;
struct sl_tally_events {
	SL_TALLY_EVENTS(SL_TALLY_FIELD)
};
#undef SL_TALLY_FIELD

struct sl_tally_hints {
	_Atomic(uint64_t) refills;
	_Atomic(uint64_t) claims_empty;
	_Atomic(uint64_t) tiny_allocs;
	_Atomic(uint64_t) reaps;
	_Atomic(uint64_t) turns;
	struct sl_set_counters set;
};

struct sl_tally {
	/* One writer. */
	alignas(SL_CACHELINE) _Atomic(uint64_t) seq; /* odd: in a section */
	/* Rows that are not all 0, a bit each: a snapshot passes over most. */
	_Atomic(uint64_t) rows[(SL_NUM_SPANCLASSES + 63) / 64];
	struct sl_tally_hints hints[SL_NUM_SPANCLASSES];
	/* One more hint, by span class, since it is counted most. */
	_Atomic(uint64_t) remote_frees[SL_NUM_SPANCLASSES];
	/* One writer; the record whose turn it is not is a reader's. */
	struct sl_tally_events events[2][SL_NUM_SPANCLASSES];
	struct sl_account account; /* with Go's accounting only */
	/* Under mthread's lock. */
	struct sl_tally *next;
};

/* The sum over all threads, of one span class. */
#define SL_TALLY_SUM(name) uint64_t name;
#define SL_TALLY_HINT_SUM(name, from) uint64_t name;
struct sl_tally_sum {
	SL_TALLY_EVENTS(SL_TALLY_SUM)
	SL_TALLY_HINTS(SL_TALLY_HINT_SUM)
	uint64_t remote_frees;
};
#undef SL_TALLY_SUM
#undef SL_TALLY_HINT_SUM

/* Whose turn it is: bit 0. */
extern _Atomic(uint64_t) sl_tally_turn;
/* Writers use locked instructions. */
extern _Atomic(bool) sl_tally_locked;

/* Where a class is in the arrays: those without pointers, which C programs
 * use alone, share few pages. */
static inline unsigned
sl_tally_row(sl_spanclass spc)
{
	return spc / 2u + (spc % 2u != 0 ? 0 : SL_NUM_SIZECLASSES);
}

/* The row, which is about to be written. */
static inline unsigned
sl_tally_touch(struct sl_tally *t, sl_spanclass spc)
{
	unsigned row = sl_tally_row(spc);
	_Atomic(uint64_t) *word = &t->rows[row / 64];
	uint64_t bits = sl_load_rlx(word); /* relaxed: one writer */

	if (sl_unlikely((bits >> row % 64 & 1) == 0))
		/* relaxed: published as what is counted in the row is */
		sl_store_rlx(word, bits | UINT64_C(1) << row % 64);
	return row;
}

static inline struct sl_tally_hints *
sl_tally_hints(struct sl_tally *t, sl_spanclass spc)
{
	return &t->hints[sl_tally_touch(t, spc)];
}

/* Begin a section, and the record to count in.  It must be short, wait for
 * nothing, and not be entered again. */
static inline struct sl_tally_events *
sl_tally_enter(struct sl_tally *t, sl_spanclass spc)
{
	unsigned row = sl_tally_touch(t, spc);
	uint64_t turn;

	if (sl_unlikely(sl_load_rlx(&sl_tally_locked))) /* relaxed: a switch */
		/* pairs(tally.dekker): then the turn. */
		sl_fetch_add_sc(&t->seq, 1);
	else
		/* relaxed: the reader's barrier is enough */
		sl_store_rlx(&t->seq, sl_load_rlx(&t->seq) + 1);
	/* For the compiler, so that the reader's barrier orders the two, too.
	 * pairs(tally.dekker) pairs(tally.empty): that record was emptied. */
	sl_signal_fence_sc();
	turn = sl_load_sc(&sl_tally_turn);
	return &t->events[turn & 1][row];
}

static inline void
sl_tally_leave(struct sl_tally *t)
{
	/* relaxed: a switch */
	if (sl_unlikely(sl_load_rlx(&sl_tally_locked)))
		/* pairs(tally.done): a reader finds all that was counted. */
		sl_fetch_add_sc(&t->seq, 1);
	else
		/* pairs(tally.done): as above.  relaxed: one writer */
		sl_store_rel(&t->seq, sl_load_rlx(&t->seq) + 1);
}

/* A section with one event. */
#define sl_tally_count(t, spc, event)                                          \
	do {                                                                   \
		struct sl_tally_events *events_ = sl_tally_enter(t, spc);      \
		sl_count(&events_->event);                                     \
		sl_tally_leave(t);                                             \
	} while (0)

/* Once, before any other call.  locked: see above. */
void sl_tally_init(bool locked);

/* --- under mthread's lock ------------------------------------------------ */

/* A tally that is all 0, or NULL; and back, when all was collected. */
struct sl_tally *sl_tally_alloc(void);
void sl_tally_free(struct sl_tally *t);

/* Change the turn.  Returns that which is over; then, for each tally, wait. */
unsigned sl_tally_change(void);
void sl_tally_wait(const struct sl_tally *t);

/* Add the events of a record to the sums, of which there is one for each span
 * class, and empty it.  Nobody writes it meanwhile. */
void sl_tally_collect(
    struct sl_tally *t, unsigned turn, struct sl_tally_sum *sums);
/* Add the hints; empty: and start them anew (the writer is gone). */
void sl_tally_add_hints(
    struct sl_tally *t, struct sl_tally_sum *sums, bool empty);

/* Add the sums to a struct sl_stats; show those of one class. */
void sl_tally_to_stats(const struct sl_tally_sum *sums, struct sl_stats *st);
void sl_tally_to_class(
    const struct sl_tally_sum *sum, unsigned spc, struct sl_class_stats *row);

/* The owner was lost in a fork, perhaps in a section. */
void sl_tally_mend(struct sl_tally *t);
/* In the child of a fork. */
void sl_tally_fork_child(void);

#endif /* SL_MTALLY_H */
