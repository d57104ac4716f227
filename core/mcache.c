/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mcache.c - refill and release of a thread's spans; see mcache.h.
 * Called by malloc, mallocgc, mtiny and mthread.
 */
#include "core/mcache.h"

#include <string.h>

#include "core/die.h"

struct sl_mspan sl_mspan_none = {.cur = &sl_mspan_none.free_bits[0]};

void
sl_mcache_init(struct sl_mcache *mc)
{
	for (unsigned i = 0; i < SL_NUM_SPANCLASSES; i++)
		mc->alloc[i] = &sl_mspan_none;
	mc->tiny = 0;
	mc->tiny_span = NULL;
	mc->tiny_offset = 0;
	mc->central.mcache = mc;
	mc->central.nested = 0;
}

void
sl_mcache_zero(struct sl_mspan *s, void *slot)
{
	if (s->needzero)
		memset(slot, 0, s->elemsize);
}

/*
 * The span has no free slot in the owner's hands.  If others freed enough of
 * it, go on with it; otherwise give it up and get another (Go: refill).
 * Returns false: out of memory, and the span class is left without a span.
 */
static bool
refill(struct sl_mcache *mc, sl_spanclass spc)
{
	struct sl_mspan *s = mc->alloc[spc];

	sl_count(&mc->refills);
	if (s != &sl_mspan_none) {
		if (sl_mspan_is_claimable(s) && sl_mspan_harvest(s) != 0) {
			sl_count(&mc->harvests);
			return sl_mspan_next_word(s);
		}
		/* First, so that a fork between the two finds no span in two
		 * places. */
		mc->alloc[spc] = &sl_mspan_none;
		sl_count(&mc->detaches);
		sl_mcentral_detach_span(&mc->central, s);
	}
	s = sl_mcentral_cache_span(&mc->central, spc);
	if (s == NULL)
		return false;
	if (!sl_mspan_next_word(s))
		sl_throw(
		    "mcentral gave a full span of class %u", (unsigned)spc);
	mc->alloc[spc] = s;
	return true;
}

void *
sl_mcache_alloc_slow(struct sl_mcache *mc, sl_spanclass spc, bool needzero)
{
	struct sl_mspan *s = mc->alloc[spc];
	void *slot;

	if (!sl_mspan_next_word(s) && !refill(mc, spc))
		return NULL;
	s = mc->alloc[spc];
	slot = sl_mspan_next_free_fast(s);
	if (needzero)
		sl_mcache_zero(s, slot);
	return slot;
}

void
sl_mcache_release_all(struct sl_mcache *mc)
{
	for (unsigned i = 0; i < SL_NUM_SPANCLASSES; i++) {
		struct sl_mspan *s = mc->alloc[i];

		if (s == &sl_mspan_none)
			continue;
		mc->alloc[i] = &sl_mspan_none;
		sl_mcentral_uncache_span(&mc->central, s);
	}
}

/* Every counter once: field of struct sl_stats, where an mcache keeps it. */
#define COUNTERS(X)                                                            \
	X(refills, refills)                                                    \
	X(harvests, harvests)                                                  \
	X(detaches, detaches)                                                  \
	X(large_allocs, large_allocs)                                          \
	X(large_frees, large_frees)                                            \
	X(tiny_allocs, tiny_allocs)                                            \
	X(claims, central.claims)                                              \
	X(claims_empty, central.claims_empty)                                  \
	X(grows, central.grows)                                                \
	X(remote_frees, central.remote_frees)                                  \
	X(relinks, central.relinks)                                            \
	X(releases, central.releases)                                          \
	X(heap_returns, central.heap_returns)                                  \
	X(reaps, central.reaps)                                                \
	X(set_inserts, central.set.inserts)                                    \
	X(set_cas_failures, central.set.cas_failures)                          \
	X(set_lock_acquisitions, central.set.lock_acquisitions)                \
	X(set_lock_waits, central.set.lock_waits)                              \
	X(set_scanned, central.set.scanned)                                    \
	X(set_grace_periods, central.set.grace_periods)

void
sl_mcache_add_stats(const struct sl_mcache *mc, struct sl_stats *sum)
{
/* relaxed: counters, see sl_count() */
#define ADD(to, from) sum->to += sl_load_rlx(&mc->from);
	COUNTERS(ADD)
#undef ADD
}

void
sl_stats_add(struct sl_stats *sum, const struct sl_stats *more)
{
#define ADD(to, from) sum->to += more->to;
	COUNTERS(ADD)
#undef ADD
}
