/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mscavenge.c - garbage to the OS, piece by piece; see mscavenge.h.
 * Called by mheap.
 */
#include "core/mscavenge.h"

#include "core/atomic.h"
#include "core/lock.h"
#include "core/mpagealloc.h"
#include "core/sys.h"
#include "core/usdt.h"

enum { PIECE_PAGES = 512 }; /* 4 MiB at once; runs do not cross chunks */

static struct sl_mutex one_at_a_time = SL_MUTEX_INIT(SL_RANK_SCAVENGE);
static _Atomic(size_t) scavenged;

/* 0: nothing is left, or the OS refused. */
static size_t
scavenge_piece(size_t max_pages)
{
	size_t npages;
	uintptr_t base;
	bool done;

	(void)sl_pages_lock();
	base = sl_pages_take_garbage(max_pages, &npages);
	sl_pages_unlock();
	if (base == 0)
		return 0;
	done = sl_sys_unused((void *)base, npages << SL_PAGE_SHIFT);
	(void)sl_pages_lock();
	sl_pages_free(base, npages, done);
	sl_pages_unlock();
	return done ? npages << SL_PAGE_SHIFT : 0;
}

size_t
sl_scavenge(size_t bytes)
{
	size_t done = 0, n;

	sl_mutex_lock(&one_at_a_time);
	while (done < bytes) {
		size_t max = (bytes - done - 1) / SL_PAGE_SIZE + 1;

		n = scavenge_piece(max < PIECE_PAGES ? max : PIECE_PAGES);
		if (n == 0)
			break;
		done += n;
	}
	sl_mutex_unlock(&one_at_a_time);
	sl_fetch_add_rlx(&scavenged, done); /* relaxed: a statistic */
	SL_USDT2(scavenge, bytes, done);
	return done;
}

size_t
sl_scavenged_bytes(void)
{
	return sl_load_rlx(&scavenged); /* relaxed: a statistic */
}

void
sl_scavenge_stop(void)
{
	sl_mutex_lock(&one_at_a_time);
}

void
sl_scavenge_go(void)
{
	sl_mutex_unlock(&one_at_a_time);
}

void
sl_scavenge_fork_prepare(void)
{
	sl_mutex_lock_for_fork(&one_at_a_time);
}

void
sl_scavenge_fork_done(void)
{
	sl_mutex_unlock_after_fork(&one_at_a_time);
}
