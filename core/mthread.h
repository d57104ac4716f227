/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mthread.h - each thread's mcache: its birth, its end, and fork.
 *
 * Used by malloc, mallocgc, mfree, mstats and mheapcheck.
 */
#ifndef SL_MTHREAD_H
#define SL_MTHREAD_H

#include <signal.h>

#include "core/mcache.h"

/* This thread's mcache.  Never NULL: a thread that has none points to one
 * whose spans are all sl_mspan_none, and so takes the slow path. */
extern _Thread_local struct sl_mcache *sl_mc;
extern struct sl_mcache sl_mcache_none;

/* This thread's mcache, made if need be.  NULL: out of memory, or the thread
 * has passed its last destructor and must borrow. */
struct sl_mcache *sl_thread_mcache(void);

/* The mcache that threads share which have passed their last destructor, or
 * have no memory for one of their own; locked until it is returned.  Its
 * users never call the set's claim(). */
struct sl_mcache *sl_thread_borrow(void);
void sl_thread_return(void);

/* Around what takes locks of core and is neither malloc nor free: keeps signal
 * handlers out of it as the option `signals` says. */
struct sl_inside {
	struct sl_mcache *mc;
	bool is_blocked; /* and the mask of this thread was: */
	sigset_t was;
};
void sl_thread_enter(struct sl_inside *in);
void sl_thread_leave(const struct sl_inside *in);

/* Visit every mcache, and add up the counters of those that are gone. */
void sl_thread_walk(void (*visit)(struct sl_mcache *, void *), void *arg);
void sl_thread_add_retired(struct sl_stats *stats);

/* Take a snapshot of what all threads have counted, and call use() with the
 * sums, of which there is one for each span class.  Under a lock: use() copies,
 * and calls nothing of core. */
void sl_thread_snapshot(
    void (*use)(const struct sl_tally_sum *sums, void *arg), void *arg);

/* The words of Go's accounting; what this thread has pending is flushed. */
void sl_thread_read_account(struct sl_stats *st);

#endif /* SL_MTHREAD_H */
