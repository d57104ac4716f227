/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mepoch.h - the sweep generation of epoch mode (Go: mheap_.sweepgen,
 * sweep.active).
 *
 * Used by mcentral, mthread and mheapcheck, and only with the option epoch.
 *
 * A free takes effect when its span is swept, and a span is swept once in a
 * generation.  The generation h is even and advances by 2 (a turn).  A span's
 * sweepgen, which whoever owns the span writes, says relative to h:
 *
 *   h-2  needs to be swept; it is in a bag of the parity before
 *   h-1  its owner is sweeping it
 *   h    swept; in a bag of this parity, or about to be
 *   h+1  was cached when the generation advanced: its mcache must sweep it
 *   h+3  swept and then cached
 *
 * A turn changes h alone, and so every span's state at once.  Go stops the
 * world for it.  Here threads run on, so each says by its `view` which
 * generation it believes in while it is inside mcentral:
 *
 *   operation | by              | what                          | then
 *   ----------+-----------------+-------------------------------+-------------
 *   enter     | any             | view = h; is h still that?    |
 *   leave     | who entered     | view = 0                      |
 *   drain     | the turning one | h |= DRAINED                  | wait for all
 *   advance   | the turning one | h += 2, no more DRAINED       | views
 *
 * Who has a view with DRAINED keeps away from the bags of unswept spans.  So
 * when no view is older than the drained h, nobody but the turning thread is
 * inside the set with such a bag, nor will be before h advances: it can be
 * found empty for certain.  (Go: sweep.active, with its bit "drained".)
 *
 * enter and drain are a Dekker pair (tag epoch.view): the one stores its view
 * and then loads h, the other stores h and then loads the views.
 *
 * Progress: enter tries again only if h changed; drain waits for threads that
 * are inside, and the caller gives up when it has waited enough.
 * ABA: h never comes again.  Reclamation: a user is taken off the list of
 * users, under its lock, before its memory is used again.
 *
 * Source: Go, mgcsweep.go and mheap.go (the table of sweepgen).
 */
#ifndef SL_MEPOCH_H
#define SL_MEPOCH_H

#include "core/die.h"
#include "core/mspan.h"

#define SL_EPOCH_DRAINED UINT64_C(1)

/* One thread's part; embedded in its mcache. */
struct sl_epoch_user {
	_Atomic(uint64_t) view; /* 0: outside.  The thread's own */
	unsigned depth;         /* entered so often; the thread's own */
	uint64_t flushed;       /* generation of the last flush; same */
	uint64_t bytes;         /* allocated and not yet reported; same */
	struct sl_epoch_user *next, *prev; /* under the lock of users */
};

/* A new user; one that is about to go. */
void sl_epoch_register(struct sl_epoch_user *u);
void sl_epoch_unregister(struct sl_epoch_user *u);

/* The generation, perhaps with DRAINED, until the thread leaves.  May be
 * nested. */
uint64_t sl_epoch_enter(struct sl_epoch_user *u);
void sl_epoch_leave(struct sl_epoch_user *u);

/* The generation now, without DRAINED. */
uint64_t sl_epoch_now(void);

/* Wait until DRAINED is off, outside.  False: it took too long. */
bool sl_epoch_wait_undrained(void);

/* --- the turning thread; outside ----------------------------------------- */

/* Become the turning thread; false: another is. */
bool sl_epoch_try_begin(struct sl_epoch_user *u);
void sl_epoch_end(void);
bool sl_epoch_is_turning(const struct sl_epoch_user *u);

/* Set DRAINED, and wait until everybody has seen it.  False: it took too long;
 * DRAINED is off again. */
bool sl_epoch_drain(void);

/* DRAINED off again; or h += 2. */
void sl_epoch_undrain(void);
void sl_epoch_step(void);

/* --- fork ---------------------------------------------------------------- */

void sl_epoch_fork_prepare(void);
void sl_epoch_fork_parent(void);
void sl_epoch_fork_child(void);

/* --- a span's state ------------------------------------------------------ */

enum sl_sweep {
	SL_UNSWEPT = -2,
	SL_SWEEPING = -1,
	SL_SWEPT = 0,
	SL_STALE = 1,
	SL_CACHED = 3,
};

/* Relative to the caller's view. */
static inline int32_t
sl_epoch_state(const struct sl_mspan *s, uint64_t view)
{
	return (int32_t)(s->sweepgen - (uint32_t)(view & ~SL_EPOCH_DRAINED));
}

/* May a span go from one state to another?  For debug builds and the test.
 * An odd state before h+3 is that of a span that was cached in an earlier
 * generation, or was in the hands of a thread that a fork lost. */
bool sl_epoch_may_go(int32_t from, enum sl_sweep to);

/* The owner's step. */
static inline void
sl_epoch_go(struct sl_mspan *s, uint64_t view, enum sl_sweep to)
{
	sl_assert(sl_epoch_may_go(sl_epoch_state(s, view), to));
	s->sweepgen =
	    (uint32_t)(view & ~SL_EPOCH_DRAINED) + (uint32_t)(int32_t)to;
}

/* The bag of a class that swept spans of this view go to, and the one where
 * those are that it has still to sweep (Go: mcentral.partialSwept and so
 * on). */
static inline sl_bag
sl_epoch_bag(sl_spanclass spc, uint64_t view, bool is_full, bool is_swept)
{
	unsigned parity = (view / 2 + !is_swept) % 2;

	return (sl_bag)((parity + 2u * is_full) * (unsigned)SL_NUM_SPANCLASSES +
			spc);
}

#endif /* SL_MEPOCH_H */
