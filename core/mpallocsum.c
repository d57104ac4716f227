/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mpallocsum.c - from the summaries of neighbours to that of them together;
 * see mpallocsum.h.  Called by mpagetree.
 */
#include "core/mpallocsum.h"

sl_pallocsum
sl_pallocsum_merge(const sl_pallocsum *sums, size_t n, unsigned log_pages)
{
	size_t size = (size_t)1 << log_pages;
	size_t start = 0, max = 0, end = 0;

	for (size_t i = 0; i < n; i++) {
		size_t s, m, e;

		if (sums[i] == 0) { /* often so */
			end = 0;
			continue;
		}
		s = sl_pallocsum_start(sums[i]);
		m = sl_pallocsum_max(sums[i]);
		e = sl_pallocsum_end(sums[i]);
		if (start == i << log_pages) /* all free so far */
			start += s;
		if (m > max)
			max = m;
		if (end + s > max)
			max = end + s;
		end = e == size ? end + size : e;
	}
	return sl_pallocsum_pack(start, max, end);
}
