/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * set_delays.h - a set whose threads lose the CPU between any two steps.
 *
 * Included by the tests t_delayed_*.c, before they take in the source of a
 * variant: the atomic operations by which threads meet first give the others
 * a turn, now and then many turns.
 */
#ifndef TESTS_SET_DELAYS_H
#define TESTS_SET_DELAYS_H

#include <sched.h>

#include "core/atomic.h"
#include "core/mcentral.h"
#include "tests/unit/set_checks.h"
#include "tests/unit/unit.h"

static inline void
set_delay(void)
{
	static _Thread_local uint64_t dice;
	unsigned turns = 0;

	if (dice == 0)
		dice = unit_seed((uintptr_t)&dice);
	if (unit_random(&dice, 16) == 0)
		turns = unit_random(&dice, 256) == 0 ? 200 : 1;
	for (; turns > 0; turns--)
		sched_yield();
}

#undef sl_load_acq
#undef sl_fetch_add_rlx
#undef sl_xchg_acq
#undef sl_cas_rlx
#undef sl_cas_acq
#undef sl_cas_rel
#define sl_load_acq(p)                                                         \
	(set_delay(), atomic_load_explicit(p, memory_order_acquire))
#define sl_fetch_add_rlx(p, v)                                                 \
	(set_delay(), atomic_fetch_add_explicit(p, v, memory_order_relaxed))
#define sl_xchg_acq(p, v)                                                      \
	(set_delay(), atomic_exchange_explicit(p, v, memory_order_acquire))
#define sl_cas_rlx(p, e, v)                                                    \
	(set_delay(), atomic_compare_exchange_strong_explicit(p, e, v,         \
			  memory_order_relaxed, memory_order_relaxed))
#define sl_cas_acq(p, e, v)                                                    \
	(set_delay(), atomic_compare_exchange_strong_explicit(p, e, v,         \
			  memory_order_acquire, memory_order_relaxed))
#define sl_cas_rel(p, e, v)                                                    \
	(set_delay(), atomic_compare_exchange_strong_explicit(p, e, v,         \
			  memory_order_release, memory_order_relaxed))

/* The checks with threads; what the first that fails says, or NULL. */
static inline const char *
set_check_delayed(void)
{
	static const unsigned threads[] = {2, 8, 48};
	const char *fault = NULL;

	for (size_t i = 0; i < UNIT_COUNT(threads) && fault == NULL; i++)
		fault = set_check_recycling(threads[i], unit_scaled(300000));
	for (size_t i = 0; i < UNIT_COUNT(threads) && fault == NULL; i++)
		fault = set_check_policy(threads[i], unit_scaled(60000));
	return fault;
}

#endif /* TESTS_SET_DELAYS_H */
