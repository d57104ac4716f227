/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * histogram.h - how often times of which length were seen, in fixed memory.
 *
 * Used by the benches that measure latency.  Buckets are log-linear, as in
 * HdrHistogram (G. Tene): each power of two is cut into 64, so a value is
 * known to 1/64 of itself, and values below 128 exactly.  One writer; merge
 * when it has ended.  All zero is an empty one.
 */
#ifndef SL_HISTOGRAM_H
#define SL_HISTOGRAM_H

#include <stdint.h>

enum {
	SL_HISTOGRAM_CUTS = 6,      /* 2^6 buckets to a power of two */
	SL_HISTOGRAM_MAX_BITS = 40, /* 2^40 ns are 18 minutes */
	SL_HISTOGRAM_BUCKETS = (SL_HISTOGRAM_MAX_BITS - SL_HISTOGRAM_CUTS + 1)
			       << SL_HISTOGRAM_CUTS,
};

struct sl_histogram {
	uint64_t n;
	uint64_t max; /* the largest, exactly */
	uint64_t count[SL_HISTOGRAM_BUCKETS];
};

/* The bucket of a value; what is too large counts in the last. */
static inline unsigned
sl_histogram_bucket(uint64_t value)
{
	int top, shift;

	if (value >> SL_HISTOGRAM_MAX_BITS)
		return SL_HISTOGRAM_BUCKETS - 1;
	if (value < 2u << SL_HISTOGRAM_CUTS)
		return (unsigned)value;
	top = 63 - __builtin_clzll(value);
	shift = top - SL_HISTOGRAM_CUTS;
	return ((unsigned)shift << SL_HISTOGRAM_CUTS) +
	       (unsigned)(value >> shift);
}

static inline void
sl_histogram_add(struct sl_histogram *h, uint64_t value)
{
	h->count[sl_histogram_bucket(value)]++;
	h->n++;
	if (value > h->max)
		h->max = value;
}

/* The least value that is counted in a bucket. */
uint64_t sl_histogram_low(unsigned bucket);

void sl_histogram_merge(
    struct sl_histogram *to, const struct sl_histogram *from);

/* The value that a part q (0..1) of all does not exceed: the upper end of its
 * bucket, and never above the largest.  0 if it is empty. */
uint64_t sl_histogram_quantile(const struct sl_histogram *h, double q);

#endif /* SL_HISTOGRAM_H */
