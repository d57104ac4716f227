/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mcache.h - what one thread keeps for itself (Go: mcache).
 *
 * Used by malloc, mallocgc, mfree, mtiny, mthread and mstats.  Only the owning
 * thread writes; counters may be read by any.
 */
#ifndef SL_MCACHE_H
#define SL_MCACHE_H

#include "core/mcentral.h"
#include "core/mheap.h"
#include "core/mheld.h"

enum { SL_NUM_DIRECT = SL_SMALL_MAX / SL_SMALL_DIV + 1 };

struct sl_mcache {
	/* What the fast paths look at; never NULL.  direct[] has the spans of
	 * objects without pointers again, by (size + 7) / 8, and as C wants
	 * them aligned. */
	struct sl_mspan *direct[SL_NUM_DIRECT];
	struct sl_mspan *alloc[SL_NUM_SPANCLASSES];
	/* The current spans: alloc or, if hooks hide them, `hidden`. */
	struct sl_mspan **spans, *hidden[SL_NUM_SPANCLASSES];
	struct sl_held held[SL_NUM_SPANCLASSES];

	uintptr_t tiny;             /* current block, or 0 */
	struct sl_mspan *tiny_span; /* where it lies */
	uint8_t tiny_offset;        /* first unused byte of it */

	/* mhook's: its own state, and whether a hook is running. */
	struct sl_hook_thread *hook;
	bool is_in_hook;
	uint64_t random;          /* for random=1 */
	uintptr_t bump, bump_end; /* what is left to take, with sbrk=1 */

	/* One writer each; see struct sl_stats. */
	_Atomic(uint64_t) large_resizes;
	_Atomic(uint64_t) large_moves;
	_Atomic(uint64_t) zero_pieces;
	_Atomic(uint64_t) scan_bytes;
	struct sl_mheap_user heap;
	struct sl_mcentral_user central;

	/* Under the lock of mthread. */
	struct sl_mcache *next, *prev;
	bool is_lost; /* its thread is no more, nor is all of it whole */
};

void sl_mcache_init(struct sl_mcache *mc);

/* Give back all spans.  Owner only, or anybody if the owner is gone. */
void sl_mcache_release_all(struct sl_mcache *mc);

/* Give back the spans that are held and have free slots.  Owner only. */
void sl_mcache_release_usable(struct sl_mcache *mc);

/* The owner freed a slot of a held span that was full. */
void sl_mcache_unfull(struct sl_mcache *mc, struct sl_mspan *s);

/* Put a span of this mcache, which is in none of its places, with those that
 * can be used.  Owner only. */
void sl_mcache_adopt(struct sl_mcache *mc, struct sl_mspan *s);

/* Visit each of its spans once.  While its owner is not inside. */
void sl_mcache_walk(const struct sl_mcache *mc,
    void (*visit)(struct sl_mspan *, sl_spanclass, void *), void *arg);

/* Add what one mcache has counted of the page heap, or another sum, to a sum;
 * the rest is in its tally. */
void sl_mcache_add_stats(const struct sl_mcache *mc, struct sl_stats *sum);
void sl_stats_add(struct sl_stats *sum, const struct sl_stats *more);

/* The slow path of sl_mcache_alloc: the word at hand is used up. */
void *sl_mcache_alloc_slow(
    struct sl_mcache *mc, sl_spanclass spc, bool needzero) SL_NOINLINE;

/* Clear a slot if its span may hold garbage. */
void sl_mcache_zero(struct sl_mspan *s, void *slot);

/* A slot of the span class, zeroed if needzero; NULL: out of memory. */
static inline void *
sl_mcache_alloc(struct sl_mcache *mc, sl_spanclass spc, bool needzero)
{
	struct sl_mspan *s = mc->alloc[spc];
	void *slot = sl_mspan_next_free_fast(s);

	if (sl_unlikely(slot == NULL))
		return sl_mcache_alloc_slow(mc, spc, needzero);
	if (needzero)
		sl_mcache_zero(s, slot);
	return slot;
}

#endif /* SL_MCACHE_H */
