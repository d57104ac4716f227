/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * step.h - code whose threads can be delayed or stopped between any two of
 * its steps.
 *
 * Included by the compiler before the source of a variant or of core's policy,
 * for tests of the kind `step`, which have control.h.  A step is an atomic
 * operation of core/atomic.h or of Concurrency Kit (include/ck_pr.h), or a
 * lock that is taken or left.
 */
#ifndef TESTS_STEP_H
#define TESTS_STEP_H

#include <stdbool.h>

/* What the compiled code calls. */
void step_take(void);  /* before each step */
void step_pause(void); /* in a loop that waits for another thread */
void step_hold(void); /* from here on others may have to wait for this thread */
void step_let_go(void);

#define SL_STEP step_take()
#define SL_SET_SMALL 1

#include "core/atomic.h"
#include "core/lock.h"

#undef sl_cpu_relax
#define sl_cpu_relax() step_pause()

static inline void
step_mutex_lock(struct sl_mutex *l)
{
	step_take();
	step_hold();
	sl_mutex_lock(l);
}

static inline bool
step_mutex_trylock(struct sl_mutex *l)
{
	bool taken;

	step_take();
	step_hold();
	taken = sl_mutex_trylock(l);
	if (!taken)
		step_let_go();
	return taken;
}

static inline void
step_mutex_unlock(struct sl_mutex *l)
{
	step_take();
	sl_mutex_unlock(l);
	step_let_go();
}

#define sl_mutex_lock(l) step_mutex_lock(l)
#define sl_mutex_trylock(l) step_mutex_trylock(l)
#define sl_mutex_unlock(l) step_mutex_unlock(l)

#endif /* TESTS_STEP_H */
