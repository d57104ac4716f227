/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mstats.c - one snapshot of all counters (Go: mstats).
 * Called by programs (sl_stats_read and its like), malloc and the harness.
 *
 * The events of all threads are those of one instant, and no thread is stopped
 * for that (mtally.h).  The page heap's own figures are read after it, and
 * hints are of no one instant; both are exact when no thread is inside.
 */
#include <errno.h>
#include <string.h>

#include "core/die.h"
#include "core/mheap.h"
#include "core/mthread.h"
#include "core/options.h"
#include "core/persistent.h"
#include "core/sys.h"

struct snapshot {
	struct sl_stats stats;
	struct sl_class_stats *rows;
	unsigned nrows;
	size_t row_size;
};

static void
take(const struct sl_tally_sum *sums, void *arg)
{
	struct snapshot *s = arg;
	struct sl_class_stats row;

	for (unsigned i = 0; i < s->nrows && i < SL_NUM_SPANCLASSES; i++) {
		sl_tally_to_class(&sums[i], i, &row);
		memcpy((char *)s->rows + i * s->row_size, &row, s->row_size);
	}
	sl_tally_to_stats(sums, &s->stats);
}

static void
add_mcache(struct sl_mcache *mc, void *arg)
{
	struct sl_stats *st = arg;

	sl_mcache_add_stats(mc, st);
	st->mcaches_inuse++;
}

/* While threads run one may have given what another took after it was asked.
 */
static uint64_t
difference(uint64_t taken, uint64_t given)
{
	return given < taken ? taken - given : 0;
}

static void
read_heap(struct sl_stats *st)
{
	struct sl_mheap_stats heap;

	sl_thread_walk(add_mcache, st);
	sl_thread_add_retired(st);
	st->mcaches_inuse--; /* the shared one is nobody's */
	sl_mheap_stats(&heap);
	st->heap_mapped_bytes = heap.mapped_bytes;
	st->heap_free_bytes = heap.free_bytes;
	st->heap_clean_bytes = heap.clean_bytes;
	st->scavenged_bytes = heap.scavenged_bytes;
	st->scavenger_starts = heap.scavenger_starts;
	st->scavenger_bytes = heap.scavenger_bytes;
	st->limit_bytes = heap.limit_bytes;
	st->limit_passed = heap.limit_passed;
	st->heap_locks = heap.locks;
	st->heap_lock_waits = heap.lock_waits;
	st->heap_inuse_bytes = difference(st->pages_taken, st->pages_given)
			       << SL_PAGE_SHIFT;
	st->spans_inuse = difference(st->spans_taken, st->spans_given);
}

static void
read_all(struct snapshot *s)
{
	struct sl_stats *st = &s->stats;
	struct sl_set_backlog backlog;
	struct sl_inside in;

	sl_thread_enter(&in);
	sl_thread_snapshot(take, s);
	if (sl_account_is_go())
		sl_thread_read_account(st);
	read_heap(st);
	sl_thread_leave(&in);
	st->accounting = sl_options.accounting;
	st->go_heap_idle += sl_account_is_go() ? st->heap_mapped_bytes : 0;
	st->os_calls = sl_sys_calls();
	st->os_refusals = sl_sys_refusals();
	st->ready_bytes = sl_sys_bytes(SL_SYS_READY);
	st->meta_bytes = sl_persistent_bytes();
	backlog = sl_set_backlog();
	st->set_backlog = backlog.nodes;
	st->set_backlog_bytes = backlog.bytes;
	st->set_backlog_most = backlog.most;
}

SL_PUBLIC int
sl_stats_read(struct sl_stats *stats)
{
	struct snapshot s = {.stats = {.size = stats->size}};

	if (stats->size < sizeof(stats->size) || stats->size > sizeof(s.stats))
		return EINVAL;
	read_all(&s);
	memcpy(stats, &s.stats, stats->size);
	return 0;
}

SL_PUBLIC unsigned
sl_stats_classes(struct sl_stats *stats, struct sl_class_stats *rows,
    unsigned nrows, size_t row_size)
{
	size_t size = stats != NULL ? stats->size : sizeof(*stats);
	struct snapshot s = {.stats = {.size = size},
	    .rows = rows,
	    .nrows = nrows,
	    .row_size = row_size};

	if (row_size < sizeof(rows->spanclass) || row_size > sizeof(*rows) ||
	    size < sizeof(stats->size) || size > sizeof(*stats))
		return 0;
	read_all(&s);
	if (stats != NULL)
		memcpy(stats, &s.stats, size);
	return SL_NUM_SPANCLASSES;
}

/* Its own counters, so a load sees what it wrote itself. */
SL_PUBLIC int
sl_stats_thread(struct sl_thread_stats *stats)
{
	struct sl_thread_stats st = {.size = stats->size};
	const struct sl_mcache *mc = sl_mc;
	const struct sl_tally *t = mc->central.tally;

	if (stats->size < sizeof(stats->size) || stats->size > sizeof(st))
		return EINVAL;
	for (unsigned i = 0; t != NULL && i < SL_NUM_SPANCLASSES; i++) {
		/* relaxed: its only writer reads */
		st.remote_frees += sl_load_rlx(&t->remote_frees[i]);
		/* relaxed: as above */
		if ((sl_load_rlx(&t->rows[i / 64]) >> i % 64 & 1) == 0)
			continue;
		/* relaxed: as above */
		st.refills += sl_load_rlx(&t->hints[i].refills);
		st.set_inserts += sl_load_rlx(&t->hints[i].set.inserts);
	}
	/* relaxed: as above */
	st.spans_taken = sl_load_rlx(&mc->heap.spans_taken);
	st.spans_given = sl_load_rlx(&mc->heap.spans_given);
	memcpy(stats, &st, stats->size);
	return 0;
}

SL_PUBLIC unsigned
sl_relink_percent(void)
{
	return sl_options.relink;
}

SL_PUBLIC const char *
sl_variant_mode(void)
{
	sl_thread_mcache(); /* the set decides when it is first used */
	return sl_set_mode();
}

SL_PUBLIC const char *
sl_identity(void)
{
	static char text[64];

	sl_format(text, sizeof(text), "spanlab-%s %s", sl_set_info.name,
	    PACKAGE_VERSION);
	return text;
}

SL_PUBLIC const struct sl_variant_info *
sl_variant(void)
{
	return &sl_set_info;
}
