/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * histogram.c - how often times of which length were seen.
 *
 * Called by the main thread of a bench program, when the writers have ended.
 */
#include "harness/histogram.h"

#include <math.h>

void
sl_histogram_merge(struct sl_histogram *to, const struct sl_histogram *from)
{
	for (unsigned i = 0; i < SL_HISTOGRAM_BUCKETS; i++)
		to->count[i] += from->count[i];
	to->n += from->n;
	if (from->max > to->max)
		to->max = from->max;
}

/* The largest value that is counted in a bucket. */
static uint64_t
upper_end(unsigned bucket)
{
	unsigned shift;
	uint64_t low;

	if (bucket < 2u << SL_HISTOGRAM_CUTS)
		return bucket;
	shift = (bucket >> SL_HISTOGRAM_CUTS) - 1;
	low = (uint64_t)(bucket - (shift << SL_HISTOGRAM_CUTS)) << shift;
	return low + (UINT64_C(1) << shift) - 1;
}

uint64_t
sl_histogram_quantile(const struct sl_histogram *h, double q)
{
	uint64_t rank = (uint64_t)ceil(q * (double)h->n);
	uint64_t seen = 0;
	uint64_t value;

	if (rank < 1)
		rank = 1;
	for (unsigned i = 0; i < SL_HISTOGRAM_BUCKETS; i++) {
		seen += h->count[i];
		if (seen < rank)
			continue;
		/* the last bucket has no upper end */
		value = i < SL_HISTOGRAM_BUCKETS - 1 ? upper_end(i) : h->max;
		return value < h->max ? value : h->max;
	}
	return 0;
}
