/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mpallocsum.h - the free runs of a piece of the heap, in one word (Go:
 * pallocSum).
 *
 * Used by mpallocbits and mpagetree, and tested against bools one by one.
 *
 *   bits  0..20  start: free pages at its beginning
 *   bits 21..41  max: the longest run of free pages
 *   bits 42..62  end: free pages at its end
 *   bit  63      alone: 2^21 in all three, which does not fit into 21 bits
 *
 * Zero: no page is free.  A piece has at most 2^21 pages (16 GiB).
 */
#ifndef SL_MPALLOCSUM_H
#define SL_MPALLOCSUM_H

#include <stddef.h>
#include <stdint.h>

enum {
	SL_PALLOCSUM_LOG_MAX = 21,
	SL_PALLOCSUM_MAX = 1 << SL_PALLOCSUM_LOG_MAX,
};

typedef uint64_t sl_pallocsum;

#define SL_PALLOCSUM_ALL (UINT64_C(1) << 63)

static inline sl_pallocsum
sl_pallocsum_pack(size_t start, size_t max, size_t end)
{
	if (max == SL_PALLOCSUM_MAX)
		return SL_PALLOCSUM_ALL;
	return (uint64_t)start | (uint64_t)max << SL_PALLOCSUM_LOG_MAX |
	       (uint64_t)end << 2 * SL_PALLOCSUM_LOG_MAX;
}

/* Which of the three: 0 start, 1 max, 2 end. */
static inline size_t
sl_pallocsum_part(sl_pallocsum s, unsigned which)
{
	if (s == SL_PALLOCSUM_ALL)
		return SL_PALLOCSUM_MAX;
	return s >> which * SL_PALLOCSUM_LOG_MAX & (SL_PALLOCSUM_MAX - 1);
}

static inline size_t
sl_pallocsum_start(sl_pallocsum s)
{
	return sl_pallocsum_part(s, 0);
}

static inline size_t
sl_pallocsum_max(sl_pallocsum s)
{
	return sl_pallocsum_part(s, 1);
}

static inline size_t
sl_pallocsum_end(sl_pallocsum s)
{
	return sl_pallocsum_part(s, 2);
}

/* Of n neighbours of 2^log_pages pages each, 2^21 pages in all at most (Go:
 * mergeSummaries). */
sl_pallocsum sl_pallocsum_merge(
    const sl_pallocsum *sums, size_t n, unsigned log_pages);

#endif /* SL_MPALLOCSUM_H */
