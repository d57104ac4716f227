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

uint64_t
sl_histogram_low(unsigned bucket)
{
	unsigned shift;

	if (bucket < 2u << SL_HISTOGRAM_CUTS)
		return bucket;
	shift = (bucket >> SL_HISTOGRAM_CUTS) - 1;
	return (uint64_t)(bucket - (shift << SL_HISTOGRAM_CUTS)) << shift;
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
		value = i < SL_HISTOGRAM_BUCKETS - 1
			    ? sl_histogram_low(i + 1) - 1
			    : h->max;
		return value < h->max ? value : h->max;
	}
	return 0;
}
