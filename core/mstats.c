/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mstats.c - one snapshot of all counters (Go: mstats).
 * Called by programs (sl_stats_read), malloc and the harness.
 *
 * No writer is stopped: each counter has one writer and is read once.  While
 * threads run the sum is not one instant; after they have joined it is exact.
 */
#include <errno.h>
#include <string.h>

#include "core/mheap.h"
#include "core/mthread.h"
#include "core/options.h"
#include "core/persistent.h"
#include "core/sys.h"

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

SL_PUBLIC int
sl_stats_read(struct sl_stats *stats)
{
	struct sl_stats st = {.size = stats->size};
	struct sl_set_backlog backlog;
	struct sl_mheap_stats heap;
	struct sl_inside in;

	if (stats->size < sizeof(stats->size) || stats->size > sizeof(st))
		return EINVAL;
	sl_thread_enter(&in);
	sl_thread_walk(add_mcache, &st);
	sl_thread_add_retired(&st);
	st.mcaches_inuse--; /* the shared one is nobody's */
	sl_mheap_stats(&heap);
	sl_thread_leave(&in);
	st.heap_mapped_bytes = heap.mapped_bytes;
	st.heap_free_bytes = heap.free_bytes;
	st.heap_clean_bytes = heap.clean_bytes;
	st.scavenged_bytes = heap.scavenged_bytes;
	st.heap_locks = heap.locks;
	st.heap_lock_waits = heap.lock_waits;
	st.heap_inuse_bytes = difference(st.pages_taken, st.pages_given)
			      << SL_PAGE_SHIFT;
	st.spans_inuse = difference(st.spans_taken, st.spans_given);
	st.os_calls = sl_sys_calls();
	st.os_refusals = sl_sys_refusals();
	st.ready_bytes = sl_sys_bytes(SL_SYS_READY);
	st.meta_bytes = sl_persistent_bytes();
	backlog = sl_set_backlog();
	st.set_backlog = backlog.nodes;
	st.set_backlog_bytes = backlog.bytes;
	st.set_backlog_most = backlog.most;
	memcpy(stats, &st, st.size);
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

SL_PUBLIC const struct sl_variant_info *
sl_variant(void)
{
	return &sl_set_info;
}
