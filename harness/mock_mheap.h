/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mock_mheap.h - a page heap without pages, for the unit bench of the seam.
 *
 * Used by bench_mcentral.c.  Spans are real, with descriptors that are never
 * unmapped, but their addresses are reserved and never touched: a span costs
 * as little as it can, so that the set is what is measured.  This takes the
 * place of core's mheap (sl_mheap_alloc_span, sl_mheap_free_span) and of its
 * mthread (sl_set_tally).
 */
#ifndef SL_MOCK_MHEAP_H
#define SL_MOCK_MHEAP_H

#include "core/mcentral.h"

enum {
	SL_MOCK_SPANS = 65536,
	SL_MOCK_SPAN_PAGES = 16, /* at most, of a small size class */
};

/* Once, before all other calls. */
void sl_mock_init(void);

/* What mcentral keeps for the calling thread, which is entered into the set
 * when it asks for the first time, and leaves when it ends. */
struct sl_mcentral_user *sl_mock_user(void);

/* Spans of a class that are not in the page heap, now. */
size_t sl_mock_outstanding(sl_spanclass spc);

/* The place of a span, below SL_MOCK_SPANS. */
size_t sl_mock_index(const struct sl_mspan *s);
struct sl_mspan *sl_mock_span(size_t index);

/* As sl_stats_read(); exact while all workers wait. */
int sl_mock_stats_read(struct sl_stats *stats);

/* The same of one span class, from that snapshot. */
void sl_mock_class_stats(sl_spanclass spc, struct sl_class_stats *row);

#endif /* SL_MOCK_MHEAP_H */
