/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lock.h - the one kind of mutex that core and the variants use.
 *
 * A thin layer over pthread_mutex_t, so that a build can replace it.  Each
 * lock has a rank: a thread takes locks only in rising rank (checked in debug
 * builds), except the class locks of a set, which fork takes in index order.
 * The thread that forks holds every lock while the handlers of others run,
 * and these may call malloc: for that thread all operations here do nothing
 * (sl_lock_fork_owner).
 */
#ifndef SL_LOCK_H
#define SL_LOCK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/switches.h"

/* From the outermost to the innermost. */
enum sl_lock_rank {
	SL_RANK_THREADS = 1, /* the list of mcaches */
	SL_RANK_ORPHAN,      /* the mcache of threads that are dying */
	SL_RANK_EPOCH,       /* the list of users of the generation */
	SL_RANK_SET,         /* a class of a span set */
	SL_RANK_SET_INNER,   /* what a set shares between its classes */
	SL_RANK_SPILL,       /* spans for which a set had no memory */
	SL_RANK_HOOKS,       /* the threads that hooks know */
	SL_RANK_TRACE,       /* a thread's part of the trace */
	SL_RANK_PROFILE,     /* its samples and buckets */
	SL_RANK_STACKS,      /* call stacks of hooks */
	SL_RANK_SCAVENGE,    /* who gives memory back to the OS */
	SL_RANK_HEAP,        /* the page heap */
	SL_RANK_PERSISTENT,  /* metadata */
};

struct sl_mutex {
	pthread_mutex_t m;
	enum sl_lock_rank rank;
};

#define SL_MUTEX_INIT(r)                                                       \
	{                                                                      \
		PTHREAD_MUTEX_INITIALIZER, (r)                                 \
	}

void sl_mutex_init(struct sl_mutex *l, enum sl_lock_rank rank);
void sl_mutex_lock(struct sl_mutex *l);
bool sl_mutex_trylock(struct sl_mutex *l);
void sl_mutex_unlock(struct sl_mutex *l);

/* Let another thread have the CPU, in a loop that waits for one. */
void sl_yield(void);

/* Around fork, by the thread that forks. */
void sl_mutex_lock_for_fork(struct sl_mutex *l);
void sl_mutex_unlock_after_fork(struct sl_mutex *l);
void sl_lock_set_fork_owner(bool is_owner);

/*
 * The C library's lock of the list of streams, which fork takes after all
 * handlers have run.  Its users wait for streams, and users of streams for
 * us; so who would hold our locks across fork must hold that one first.
 */
void sl_stdio_lock_for_fork(void);
void sl_stdio_unlock_in_parent(void);
void sl_stdio_reset_in_child(void);
bool sl_lock_is_fork_owner(void);

/* Around a call of a library that may be a cancellation point: a thread that
 * was cancelled there would leave locked what it holds. */
struct sl_cancel {
	int state;
	uint64_t signals;
};
void sl_cancel_disable(struct sl_cancel *was);
void sl_cancel_restore(const struct sl_cancel *was);

#endif /* SL_LOCK_H */
