/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * backoff.h - how long to wait after a try that lost to another thread's.
 *
 * Used by the variants that try again: bounded exponential backoff.  How much
 * is right depends on the platform, so it is nobody's constant: switches.h has
 * the defaults, the options backoff and backoff-max change them.  0 is none.
 */
#ifndef SL_BACKOFF_H
#define SL_BACKOFF_H

#include "core/atomic.h"
#include "core/options.h"

/* Of one operation: made before its first try, by the thread that tries. */
struct sl_backoff {
	unsigned pauses; /* to make after the next failure */
};

static inline struct sl_backoff
sl_backoff_start(void)
{
	return (struct sl_backoff){sl_options.backoff};
}

/* How many pauses are due now; the next time they are twice as many. */
static inline unsigned
sl_backoff_next(struct sl_backoff *b)
{
	unsigned n = b->pauses;

	if (n > sl_options.backoff_max)
		n = sl_options.backoff_max;
	b->pauses = 2 * n;
	return n;
}

/* Returns the number of pauses made. */
static inline unsigned
sl_backoff_pause(struct sl_backoff *b)
{
	unsigned n = sl_backoff_next(b);

	for (unsigned i = 0; i < n; i++)
		sl_cpu_relax();
	return n;
}

#endif /* SL_BACKOFF_H */
