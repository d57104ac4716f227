/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * maccount.h - Go's own accounting, for accounting=go (Go: consistentHeapStats,
 * gcController, memstats).
 *
 * Used by mtally, which keeps a struct sl_account for each thread, mcentral,
 * mcache, mlarge, mhook, mthread and mstats.
 *
 * What is counted exactly, thread by thread, is mtally's.  This is beside it:
 * the words that all threads share in Go, changed where Go changes them, by
 * the same kind of instruction, so that their cost can be measured.
 *
 *   when               | locked instructions on words of all threads
 *   -------------------+------------------------------------------------------
 *   refill             | small_allocs[class], total_alloc, heap_live
 *   fresh span         | heap_free, heap_inuse, in_heap, pages_inuse,
 *                      |   committed, released
 *   span to page heap  | the same
 *   large object       | large_allocs, large_bytes, total_alloc, heap_live
 *   ... freed          | large_frees, large_freed_bytes, total_free, heap_live
 *   frees of a class,  | small_frees[class], total_free, heap_live
 *     a span's worth   |   (Go: the sweep of one span)
 *
 * Each row that touches the record (small_..., large_..., in_heap, committed,
 * released) has two more on a word of its thread, as in Go.  Go's words for
 * mark bits and for the sweeper have no counterpart here.
 *
 * There are three records, and a turn that says which is written.  A reader
 * gives the turn to the next one, waits until no thread is in a section that
 * began before, and merges the one before into the current one.
 *
 *   operation  | by                 | progress
 *   -----------+--------------------+-------------------------------
 *   sections   | a thread           | wait-free
 *   read       | under mthread's    | waits for sections
 *              |   lock             |
 *
 * ABA: none, a thread's word counts up.  Reclamation: none.
 *
 * Between two flushes the words are behind by what each thread has allocated
 * from its current spans; heap_live counts these spans as if they were full
 * already, as Go does.  When all threads have ended they are exact.
 */
#ifndef SL_MACCOUNT_H
#define SL_MACCOUNT_H

#include "core/mspan.h"
#include "core/spanlab.h"

/* Of one thread.  0 in a new one, and again after a flush. */
struct sl_account {
	alignas(SL_CACHELINE) _Atomic(uint64_t) seq; /* odd: in a section */
	/* Owner only: since the last flush. */
	struct sl_account_class {
		uint32_t allocs, frees;
		uint64_t bytes_in, bytes_out;
		uint64_t ahead; /* of the current span, in heap_live */
	} classes[SL_NUM_SPANCLASSES];
};

static inline bool
sl_account_is_go(void)
{
	return SL_HOOKS && sl_options.accounting == SL_ACCOUNTING_GO;
}

/* --- only if it is Go's --------------------------------------------------- */

/* One small or tiny object of so many bytes; no shared word yet.  nelems: of a
 * span. */
void sl_account_alloc(struct sl_account *a, sl_spanclass spc, size_t bytes);
void sl_account_free(
    struct sl_account *a, sl_spanclass spc, size_t bytes, unsigned nelems);

/* The thread's span of the class is s, with the free slots that it has; NULL:
 * none. */
void sl_account_refill(
    struct sl_account *a, sl_spanclass spc, const struct sl_mspan *s);

/* The thread gives up all of its spans. */
void sl_account_flush(struct sl_account *a);

/* A large object came or went: 1 or 0 of them, and bytes. */
void sl_account_large_alloc(
    struct sl_account *a, unsigned count, uint64_t bytes);
void sl_account_large_free(
    struct sl_account *a, unsigned count, uint64_t bytes);

/* Pages came from the page heap, never used before if is_clean, or went. */
void sl_account_pages_in(struct sl_account *a, size_t npages, bool is_clean);
void sl_account_pages_out(struct sl_account *a, size_t npages);

/* --- under mthread's lock ------------------------------------------------- */

/* Change the turn; then wait for each account; then merge, and add to st. */
void sl_account_change(void);
void sl_account_wait(const struct sl_account *a);
void sl_account_read(struct sl_stats *st);

/* The owner was lost in a fork. */
void sl_account_mend(struct sl_account *a);

#endif /* SL_MACCOUNT_H */
