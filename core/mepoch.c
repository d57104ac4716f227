/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mepoch.c - the sweep generation; see mepoch.h.  Called by mcentral, mthread
 * and mheapcheck.
 */
#include "core/mepoch.h"

#include "core/backoff.h"
#include "core/lock.h"

enum {
	WAIT_PAUSES = 100,  /* for a thread that runs */
	WAIT_YIELDS = 1000, /* for one that does not */
};

/* So that each process passes the wrap of the spans' 32 bits soon. */
#define FIRST_EPOCH ((UINT64_C(1) << 32) - 8)

static struct {
	alignas(SL_CACHELINE) _Atomic(uint64_t) now; /* turning thread */
	_Atomic(struct sl_epoch_user *) turning;     /* or NULL */
	alignas(SL_CACHELINE) struct sl_mutex lock;
	struct sl_epoch_user *users; /* under lock */
} epoch = {
    .now = FIRST_EPOCH,
    .lock = SL_MUTEX_INIT(SL_RANK_EPOCH),
};

void
sl_epoch_register(struct sl_epoch_user *u)
{
	sl_mutex_lock(&epoch.lock);
	u->prev = NULL;
	u->next = epoch.users;
	if (u->next != NULL)
		u->next->prev = u;
	epoch.users = u;
	sl_mutex_unlock(&epoch.lock);
}

void
sl_epoch_unregister(struct sl_epoch_user *u)
{
	sl_mutex_lock(&epoch.lock);
	if (u->prev != NULL)
		u->prev->next = u->next;
	else
		epoch.users = u->next;
	if (u->next != NULL)
		u->next->prev = u->prev;
	sl_mutex_unlock(&epoch.lock);
}

uint64_t
sl_epoch_enter(struct sl_epoch_user *u)
{
	/* pairs(epoch.advance): what was done in the generation before. */
	uint64_t now = sl_load_acq(&epoch.now), seen;

	if (u->depth++ != 0)
		return sl_load_rlx(&u->view); /* relaxed: our own */
	for (;; now = seen) {
		/* pairs(epoch.view): the view, then the look at now; the
		 * turning thread does the opposite. */
		sl_store_sc(&u->view, now);
		/* pairs(epoch.view) */
		seen = sl_load_sc(&epoch.now);
		if (seen == now)
			return now;
	}
}

void
sl_epoch_leave(struct sl_epoch_user *u)
{
	if (--u->depth == 0)
		/* pairs(epoch.left): what we put into bags is there. */
		sl_store_rel(&u->view, 0);
}

uint64_t
sl_epoch_now(void)
{
	/* relaxed: a number to compare with; to see it late is to be late */
	return sl_load_rlx(&epoch.now) & ~SL_EPOCH_DRAINED;
}

bool
sl_epoch_try_begin(struct sl_epoch_user *u)
{
	struct sl_epoch_user *none = NULL;

	/* relaxed: a look before the swap */
	if (sl_load_rlx(&epoch.turning) != NULL)
		return false;
	/* pairs(epoch.turning): what the one before us did. */
	return sl_cas_acq(&epoch.turning, &none, u);
}

void
sl_epoch_end(void)
{
	/* pairs(epoch.turning) */
	sl_store_rel(&epoch.turning, NULL);
}

bool
sl_epoch_is_turning(const struct sl_epoch_user *u)
{
	/* relaxed: only u's thread stores u there */
	return sl_load_rlx(&epoch.turning) == u;
}

/* In a loop that waits for another thread: false when that is long enough. */
static bool
wait_step(unsigned i)
{
	if (i < WAIT_PAUSES)
		sl_cpu_relax();
	else
		sl_yield();
	return i < WAIT_PAUSES + WAIT_YIELDS;
}

bool
sl_epoch_wait_undrained(void)
{
	/* relaxed: a hint */
	for (unsigned i = 0; (sl_load_rlx(&epoch.now) & SL_EPOCH_DRAINED) != 0;
	     i++)
		if (!wait_step(i))
			return false;
	return true;
}

/* Is nobody inside with a view of another time than `now`? */
static bool
is_quiet(uint64_t now)
{
	struct sl_epoch_user *u;

	sl_mutex_lock(&epoch.lock);
	for (u = epoch.users; u != NULL; u = u->next) {
		/* pairs(epoch.view) pairs(epoch.left) */
		uint64_t view = sl_load_sc(&u->view);

		if (view != 0 && view != now)
			break;
	}
	sl_mutex_unlock(&epoch.lock);
	return u == NULL;
}

bool
sl_epoch_drain(void)
{
	/* relaxed: only the turning thread stores there */
	uint64_t now = sl_load_rlx(&epoch.now);

	/* pairs(epoch.view): DRAINED, then the look at the views. */
	sl_store_sc(&epoch.now, now | SL_EPOCH_DRAINED);
	for (unsigned i = 0; !is_quiet(now | SL_EPOCH_DRAINED); i++) {
		if (!wait_step(i)) {
			sl_epoch_undrain();
			return false;
		}
	}
	return true;
}

void
sl_epoch_undrain(void)
{
	/* pairs(epoch.advance): bags are as they were. */
	sl_store_rel(&epoch.now, sl_epoch_now());
}

void
sl_epoch_step(void)
{
	/* relaxed: only the turning thread stores there */
	uint64_t now = sl_load_rlx(&epoch.now);

	sl_assert((now & SL_EPOCH_DRAINED) != 0);
	/* pairs(epoch.advance): the bags are empty, and reset. */
	sl_store_rel(&epoch.now, now + 2 - SL_EPOCH_DRAINED);
}

void
sl_epoch_fork_prepare(void)
{
	sl_mutex_lock_for_fork(&epoch.lock);
}

void
sl_epoch_fork_parent(void)
{
	sl_mutex_unlock_after_fork(&epoch.lock);
}

/* The other threads are no more, and none of them is inside or turning. */
void
sl_epoch_fork_child(void)
{
	struct sl_epoch_user *u;

	for (u = epoch.users; u != NULL; u = u->next) {
		/* relaxed: one thread; that one is outside */
		sl_store_rlx(&u->view, 0);
		u->depth = 0;
	}
	/* relaxed: one thread */
	sl_store_rlx(&epoch.now, sl_epoch_now());
	sl_store_rlx(&epoch.turning, NULL); /* relaxed: as above */
	sl_mutex_unlock_after_fork(&epoch.lock);
}

bool
sl_epoch_may_go(int32_t from, enum sl_sweep to)
{
	switch (to) {
	case SL_SWEEPING: /* out of a bag, or by its mcache */
		return from == SL_UNSWEPT ||
		       (from % 2 != 0 && from < SL_CACHED);
	case SL_SWEPT: /* at the end of a sweep, or given up */
		return from == SL_SWEEPING || from == SL_CACHED;
	case SL_CACHED:
		return from == SL_SWEPT;
	case SL_UNSWEPT: /* these two come with a turn */
	case SL_STALE:
		break;
	}
	return false;
}
