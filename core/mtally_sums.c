/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mtally_sums.c - the sums of a snapshot as spanlab.h shows them; see mtally.h.
 * Called by mstats, and by the harness in its place.
 */
#include "core/mtally.h"

static uint64_t
object_bytes(unsigned spc)
{
	return sl_class_to_size[sl_spanclass_sizeclass((sl_spanclass)spc)];
}

/* Small and large: what is counted of spans is of small ones, since a large
 * object's span comes and goes with it. */
static void
add_spans(struct sl_stats *st, const struct sl_tally_sum *sum)
{
	st->refills += sum->refills;
	st->harvests += sum->harvests;
	st->detaches += sum->detaches;
	st->holds += sum->holds;
	st->reuses += sum->reuses;
	st->claims += sum->claims;
	st->claims_empty += sum->claims_empty;
	st->grows += sum->grows;
	st->remote_frees += sum->remote_frees;
	st->relinks += sum->relinks;
	st->sweeps += sum->sweeps;
	st->releases += sum->releases;
	st->heap_returns += sum->heap_returns;
}

static void
add_set(struct sl_stats *st, const struct sl_tally_sum *sum)
{
	st->set_inserts += sum->set_inserts;
	st->set_cas_failures += sum->set_cas_failures;
	st->set_lock_acquisitions += sum->set_lock_acquisitions;
	st->set_lock_waits += sum->set_lock_waits;
	st->set_scanned += sum->set_scanned;
	st->set_grace_periods += sum->set_grace_periods;
	st->set_helped += sum->set_helped;
	st->set_listed += sum->listed - sum->taken;
}

static void
add_objects(struct sl_stats *st, const struct sl_tally_sum *sum, unsigned spc)
{
	/* Where the bytes of each object are counted the size is not used. */
	uint64_t size = spc == SL_SPANCLASS_TINY ? 0 : object_bytes(spc);

	st->allocs += sum->allocs;
	st->frees += sum->frees;
	st->alloc_bytes += sum->bytes_in + sum->allocs * size;
	st->free_bytes += sum->bytes_out + sum->frees * size;
	st->tiny_allocs += sum->tiny_allocs;
	st->reaps += sum->reaps;
	st->turns += sum->turns;
	st->span_bytes += (sum->pages_in - sum->pages_out) << SL_PAGE_SHIFT;
}

static void
add_class(struct sl_stats *st, const struct sl_tally_sum *sum, unsigned spc)
{
	add_objects(st, sum, spc);
	add_set(st, sum);
	if (spc >= 2) {
		add_spans(st, sum);
		return;
	}
	st->large_allocs += sum->allocs;
	st->large_frees += sum->frees;
	st->large_alloc_bytes += sum->bytes_in;
	st->large_free_bytes += sum->bytes_out;
}

void
sl_tally_to_stats(const struct sl_tally_sum *sums, struct sl_stats *st)
{
	for (unsigned i = 0; i < SL_NUM_SPANCLASSES; i++)
		add_class(st, &sums[i], i);
}

void
sl_tally_to_class(
    const struct sl_tally_sum *sum, unsigned spc, struct sl_class_stats *row)
{
	unsigned cls = sl_spanclass_sizeclass((sl_spanclass)spc);

	*row = (struct sl_class_stats){
	    .spanclass = spc,
	    .object_bytes = object_bytes(spc),
	    .span_pages = sl_class_to_pages[cls],
	    .is_noscan = spc == SL_SPANCLASS_TINY || spc % 2 != 0,
	    .is_tiny = spc == SL_SPANCLASS_TINY,
	    .spans = sum->grows - sum->heap_returns,
	    .spans_bytes = (sum->pages_in - sum->pages_out) << SL_PAGE_SHIFT,
	};
#define COPY(name) row->name = sum->name;
#define COPY_HINT(name, from) COPY(name)
	SL_TALLY_EVENTS(COPY)
	SL_TALLY_HINTS(COPY_HINT)
	COPY(remote_frees)
#undef COPY_HINT
#undef COPY
}
