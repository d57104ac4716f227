/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * atomic.h - C11 atomics with the order in the name.
 *
 * Used by every room and every variant.  rlx relaxed, acq acquire, rel
 * release, ar acquire and release, sc sequentially consistent.  Each ordered
 * use carries a comment `pairs(tag)` at most four lines above; a tag has at
 * least one releasing and one acquiring side (tests/tree/pairs.sh).
 */
#ifndef SL_ATOMIC_H
#define SL_ATOMIC_H

#include <stdatomic.h>

/*
 * What happens before each operation: nothing.  Tests that stop a thread
 * between two steps of a set compile it with something else.
 */
#ifndef SL_STEP
#define SL_STEP ((void)0)
#endif

#define sl_load_rlx(p) (SL_STEP, atomic_load_explicit(p, memory_order_relaxed))
#define sl_load_acq(p) (SL_STEP, atomic_load_explicit(p, memory_order_acquire))
#define sl_load_sc(p) (SL_STEP, atomic_load_explicit(p, memory_order_seq_cst))

#define sl_store_rlx(p, v)                                                     \
	(SL_STEP, atomic_store_explicit(p, v, memory_order_relaxed))
#define sl_store_rel(p, v)                                                     \
	(SL_STEP, atomic_store_explicit(p, v, memory_order_release))
#define sl_store_sc(p, v)                                                      \
	(SL_STEP, atomic_store_explicit(p, v, memory_order_seq_cst))

#define sl_xchg_acq(p, v)                                                      \
	(SL_STEP, atomic_exchange_explicit(p, v, memory_order_acquire))
#define sl_xchg_ar(p, v)                                                       \
	(SL_STEP, atomic_exchange_explicit(p, v, memory_order_acq_rel))

#define sl_fetch_add_rlx(p, v)                                                 \
	(SL_STEP, atomic_fetch_add_explicit(p, v, memory_order_relaxed))
#define sl_fetch_add_sc(p, v)                                                  \
	(SL_STEP, atomic_fetch_add_explicit(p, v, memory_order_seq_cst))
#define sl_fetch_sub_rlx(p, v)                                                 \
	(SL_STEP, atomic_fetch_sub_explicit(p, v, memory_order_relaxed))
#define sl_fetch_sub_rel(p, v)                                                 \
	(SL_STEP, atomic_fetch_sub_explicit(p, v, memory_order_release))
#define sl_fetch_or_rlx(p, v)                                                  \
	(SL_STEP, atomic_fetch_or_explicit(p, v, memory_order_relaxed))
#define sl_fetch_and_ar(p, v)                                                  \
	(SL_STEP, atomic_fetch_and_explicit(p, v, memory_order_acq_rel))
#define sl_fetch_or_sc(p, v)                                                   \
	(SL_STEP, atomic_fetch_or_explicit(p, v, memory_order_seq_cst))

/* Strong compare-and-swap; *e gets the value found when it fails. */
#define sl_cas_rlx(p, e, v)                                                    \
	(SL_STEP, atomic_compare_exchange_strong_explicit(                     \
		      p, e, v, memory_order_relaxed, memory_order_relaxed))
#define sl_cas_rel(p, e, v)                                                    \
	(SL_STEP, atomic_compare_exchange_strong_explicit(                     \
		      p, e, v, memory_order_release, memory_order_relaxed))
#define sl_cas_acq(p, e, v)                                                    \
	(SL_STEP, atomic_compare_exchange_strong_explicit(                     \
		      p, e, v, memory_order_acquire, memory_order_relaxed))
#define sl_cas_sc(p, e, v)                                                     \
	(SL_STEP, atomic_compare_exchange_strong_explicit(                     \
		      p, e, v, memory_order_seq_cst, memory_order_seq_cst))

/* Keeps the compiler, not the processor, from moving accesses across. */
#define sl_signal_fence_sc()                                                   \
	(SL_STEP, atomic_signal_fence(memory_order_seq_cst))

/* A pause in a loop that waits for another thread. */
#if defined(__x86_64__)
#define sl_cpu_relax() __builtin_ia32_pause()
#else
#define sl_cpu_relax() ((void)0)
#endif

/*
 * A counter that one thread writes and any may read: no locked instruction.
 * relaxed: the reader wants a value, not an order.
 */
#define sl_count_add(p, n)                                                     \
	sl_store_rlx(p, sl_load_rlx(p) + (n)) /* relaxed: one writer */
#define sl_count(p) sl_count_add(p, 1)

#endif /* SL_ATOMIC_H */
