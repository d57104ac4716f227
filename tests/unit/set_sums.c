/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * set_sums.c - the counters of a span class add up, to the last one, after
 * threads have used its spans through mcentral; see set_sums.h.
 * Called by set_threads.c.
 */
#include "tests/unit/set_sums.h"

#include "tests/unit/set_world.h"

/* Spans of the class in the set, in whichever of its bags. */
static uint64_t
listed_now(sl_spanclass spc)
{
	uint64_t n = 0;

	for (unsigned bag = spc; bag < sl_num_bags(); bag += SL_NUM_SPANCLASSES)
		n += set_walk((sl_bag)bag, NULL);
	return n;
}

static struct sl_class_stats
row_of(sl_spanclass spc)
{
	struct sl_class_stats row;

	(void)set_counters();
	sl_mock_class_stats(spc, &row);
	return row;
}

void
set_sums_begin(struct set_sums *d, sl_spanclass spc)
{
	d->spc = spc;
	d->before = row_of(spc);
	d->listed = listed_now(spc);
	d->outside = sl_mock_outstanding(spc);
}

static void
expect(const struct set_sums *d, const char *what, uint64_t a, uint64_t b)
{
	if (a != b)
		set_fault("class %u: %s: %llu and %llu", (unsigned)d->spc, what,
		    (unsigned long long)a, (unsigned long long)b);
}

/* Of a counter, since the beginning. */
#define SINCE(name) (r.name - d->before.name)

/* Reaps take spans that no mcache asked for: what they return to the page heap
 * is counted, and what they give up again is not. */
static void
expect_given_up(const struct set_sums *d, const struct sl_class_stats *now)
{
	const struct sl_class_stats r = *now;
	uint64_t had = SINCE(claims) + SINCE(grows);
	uint64_t given =
	    SINCE(detaches) + SINCE(releases) + SINCE(heap_returns);
	uint64_t reaped = SINCE(taken) - SINCE(claims);

	if (given < had || given - had > reaped)
		set_fault("class %u: %llu spans had and %llu given up, of "
			  "which %llu could be reaped",
		    (unsigned)d->spc, (unsigned long long)had,
		    (unsigned long long)given, (unsigned long long)reaped);
}

void
set_sums_end(const struct set_sums *d, uint64_t caches, uint64_t frees)
{
	struct sl_class_stats r = row_of(d->spc);
	uint64_t rest = listed_now(d->spc);
	uint64_t outside = sl_mock_outstanding(d->spc);

	expect(d, "spans that core listed, insertions that the set counts",
	    SINCE(listed), SINCE(set_inserts));
	/* Where claims leave spans listed the set takes them off by itself. */
	if (!sl_set_info.claim_leaves_listed)
		expect(d, "listed, and taken or in the set",
		    d->listed + SINCE(listed), SINCE(taken) + rest);
	expect(d, "spans asked for, and claims that found one or none", caches,
	    SINCE(claims) + SINCE(claims_empty));
	expect(d, "claims that found none, and spans of the page heap",
	    SINCE(claims_empty), SINCE(grows));
	expect(d, "from the page heap, and back or still outside",
	    d->outside + SINCE(grows), SINCE(heap_returns) + outside);
	if (sl_options.epoch == 0)
		expect_given_up(d, &r);
	expect(d, "slots freed", frees, SINCE(remote_frees));
	if (SINCE(set_lock_waits) > SINCE(set_lock_acquisitions))
		set_fault("class %u: more waits for locks than locks",
		    (unsigned)d->spc);
	if (SINCE(set_helped) > SINCE(listed) + SINCE(taken))
		set_fault("class %u: more operations helped than there were",
		    (unsigned)d->spc);
}
