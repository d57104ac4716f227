/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wait.h - the clock of the harness, and how its threads wait briefly.
 *
 * Used by harness/ only; nothing here allocates.  Everything that reads time
 * or waits in a workload goes through these calls, so that another engine
 * can take their place at build time.
 */
#ifndef SL_WAIT_H
#define SL_WAIT_H

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/atomic.h"

enum {
	/* Pauses before the first yield.  Where every thread has a processor
	 * the partner runs, so waiting is cheaper than a turn of the
	 * scheduler: 1000 pauses are some 40 us.  Where threads share one,
	 * the partner may be waiting for this very processor. */
	SL_WAIT_SPINS = 1000,
	SL_WAIT_SPINS_SHARED = 32,
	/* Yields before the first sleep.  A yield lets a stranger's thread
	 * have its whole time slice, and two partners that yield in turn to
	 * strangers stay in step for good; who sleeps is woken in time. */
	SL_WAIT_YIELDS = 2,
	SL_WAIT_YIELDS_SHARED = 32,
	SL_WAIT_SLEEP_NS = 20000,
};

/* One wait: calls of sl_wait_once() between two looks at the condition. */
struct sl_wait {
	unsigned spins;  /* left, before the first yield */
	unsigned yields; /* left, before the first sleep */
};

/* A wait among threads that share processors, or do not. */
static inline struct sl_wait
sl_wait_begin(bool is_shared)
{
	return (struct sl_wait){
	    .spins = is_shared ? SL_WAIT_SPINS_SHARED : SL_WAIT_SPINS,
	    .yields = is_shared ? SL_WAIT_YIELDS_SHARED : SL_WAIT_YIELDS,
	};
}

void sl_wait_sleep(void);

static inline void
sl_wait_once(struct sl_wait *w)
{
	if (w->spins > 0) {
		w->spins--;
		sl_cpu_relax();
	} else if (w->yields > 0) {
		w->yields--;
		sched_yield();
	} else {
		sl_wait_sleep();
	}
}

/* Private work that touches no memory. */
static inline void
sl_wait_pauses(uint64_t n)
{
	while (n-- > 0)
		sl_cpu_relax();
}

/* Nanoseconds on the monotonic clock, the same for all threads. */
uint64_t sl_clock_ns(void);

#endif /* SL_WAIT_H */
