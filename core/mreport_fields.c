/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mreport_fields.c - the counters of spanlab.h by name; see mreport.h.
 * Used by mreport.  t_stats_json.c looks whether one is forgotten.
 */
#include "core/mreport.h"

#define TITLE(text)                                                            \
	{                                                                      \
		NULL, 0, text                                                  \
	}
#define F(field, what)                                                         \
	{                                                                      \
#field, offsetof(struct sl_stats, field), what                 \
	}

const struct sl_report_field sl_report_totals[] = {
    TITLE("Allocation of small objects, in spans"),
    F(refills, "a thread's span was used up"),
    F(harvests, "others had freed enough in it"),
    F(reuses, "a span that the thread held"),
    F(claims, "partial hit: a span of the set"),
    F(grows, "a span of fresh pages"),
    F(claims_empty, "the set had none"),
    F(detaches, "full spans given up"),
    F(holds, "full spans put aside"),
    F(tiny_allocs, "objects put into a block in use"),
    TITLE("Free"),
    F(remote_frees, "slots freed by another thread than the owner"),
    F(relinks, "full spans put back into the set"),
    F(releases, "spans given up with free slots"),
    F(heap_returns, "empty spans back to the page heap"),
    F(reaps, "walks of the set for empty spans"),
    TITLE("Epoch mode"),
    F(turns, "the sweep generation advanced"),
    F(sweeps, "spans swept"),
    TITLE("The set"),
    F(set_inserts, "spans inserted"),
    F(set_cas_failures, "tries that lost to another thread's"),
    F(set_lock_acquisitions, NULL),
    F(set_lock_waits, "... that found the lock held"),
    F(set_scanned, "nodes walked past"),
    F(set_grace_periods, NULL),
    F(set_helped, "operations that another thread carried out"),
    F(set_backlog, "nodes that wait for reuse, now"),
    F(set_backlog_bytes, "... and their bytes"),
    F(set_backlog_most, "... and the most nodes there were"),
    F(set_listed, "spans in the set, now"),
    TITLE("Large objects"),
    F(large_allocs, NULL),
    F(large_frees, NULL),
    F(large_alloc_bytes, NULL),
    F(large_free_bytes, NULL),
    F(large_resizes, "realloc in place"),
    F(large_moves, "realloc by page tables"),
    F(zero_pieces, "cleared for calloc, of 256 KiB at most"),
    TITLE("Page heap"),
    F(spans_taken, "spans made of pages"),
    F(spans_given, "... and unmade"),
    F(pages_taken, "pages of 8 KiB in these"),
    F(pages_given, "... and back"),
    F(pagecache_hits, "spans from the thread's own pages"),
    F(pagecache_refills, "blocks of 64 pages that threads took"),
    F(pagecache_frees, "spans whose pages stayed with a thread"),
    F(heap_locks, "the heap lock was taken"),
    F(heap_lock_waits, "... that found it held"),
    F(scavenged_bytes, "garbage given back to the system"),
    F(scavenger_starts, "threads made to do so"),
    F(scavenger_bytes, "... and what these gave back"),
    F(limit_bytes, "given back because of the memory limit"),
    F(limit_passed, "spans for which that was not enough"),
    TITLE("Memory, now"),
    F(heap_mapped_bytes, "address space of the heap"),
    F(heap_inuse_bytes, "pages in spans"),
    F(span_bytes, "... as the counters of the classes say"),
    F(heap_free_bytes, "pages in no span, with no thread"),
    F(heap_clean_bytes, "... that take no memory"),
    F(ready_bytes, "of all that is the allocator's: takes memory, or may"),
    F(meta_bytes, "descriptors and tables"),
    F(spans_inuse, NULL),
    F(mcaches_inuse, "threads that allocate"),
    F(os_calls, "requests for memory"),
    F(os_refusals, "... that refuse=N refused"),
    TITLE("Objects: the large ones, with accounting all"),
    F(accounting, "0 off, 1 thread, 2 go"),
    F(allocs, NULL),
    F(frees, NULL),
    F(alloc_bytes, NULL),
    F(free_bytes, NULL),
    F(scan_bytes, "of objects with a type, to their last pointer"),
    TITLE("Go's shared words, with accounting=go"),
    F(go_allocs, NULL),
    F(go_frees, NULL),
    F(go_total_alloc, NULL),
    F(go_total_free, NULL),
    F(go_heap_live, NULL),
    F(go_heap_inuse, NULL),
    F(go_heap_idle, NULL),
    F(go_in_heap, NULL),
    F(go_pages_inuse, NULL),
};
const unsigned sl_report_ntotals =
    sizeof(sl_report_totals) / sizeof(sl_report_totals[0]);

#undef F
/* The word is the head of a column; those without are not in the table. */
#define F(field, head)                                                         \
	{                                                                      \
#field, offsetof(struct sl_class_stats, field), head           \
	}

const struct sl_report_field sl_report_columns[] = {
    F(spanclass, "class"),
    F(object_bytes, "size"),
    F(span_pages, NULL),
    F(is_noscan, NULL),
    F(is_tiny, NULL),
    F(spans, "spans"),
    F(spans_bytes, "bytes"),
    F(allocs, NULL),
    F(frees, NULL),
    F(bytes_in, NULL),
    F(bytes_out, NULL),
    F(refills, "refills"),
    F(harvests, "harvest"),
    F(reuses, "held"),
    F(claims, "claims"),
    F(grows, "grows"),
    F(claims_empty, NULL),
    F(holds, NULL),
    F(detaches, NULL),
    F(releases, NULL),
    F(heap_returns, "returns"),
    F(sweeps, NULL),
    F(remote_frees, "remote"),
    F(relinks, "relinks"),
    F(reaps, NULL),
    F(turns, NULL),
    F(tiny_allocs, NULL),
    F(pages_in, NULL),
    F(pages_out, NULL),
    F(listed, NULL),
    F(taken, NULL),
    F(set_inserts, NULL),
    F(set_cas_failures, "casfail"),
    F(set_lock_acquisitions, NULL),
    F(set_lock_waits, "waits"),
    F(set_scanned, NULL),
    F(set_grace_periods, NULL),
    F(set_helped, NULL),
};
const unsigned sl_report_ncolumns =
    sizeof(sl_report_columns) / sizeof(sl_report_columns[0]);

enum { FIRST_COUNTER = 5 }; /* the columns before say what the class is */

bool
sl_report_is_used(const struct sl_class_stats *row)
{
	for (unsigned i = FIRST_COUNTER; i < sl_report_ncolumns; i++)
		if (sl_report_get(row, &sl_report_columns[i]) != 0)
			return true;
	return false;
}
