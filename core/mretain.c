/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mretain.c - when memory of free pages goes back to the OS; see mretain.h.
 * Called by mheap, mstats, mallocgc, mfree and mthread.
 */
#include "core/mretain.h"

#include "core/die.h"
#include "core/lock.h"
#include "core/mpagealloc.h"
#include "core/mscavenge.h"
#include "core/sys.h"
#include "core/worker.h"

enum {
	QUANTUM = 64 << 10,       /* bytes at once, as in Go */
	BEGIN_PAGES = 128,        /* 1 MiB too much is reason to begin */
	LIMIT_PERCENT = 95,       /* of the limit, in the background */
	CPU_PERCENT = 1,          /* as in Go */
	TURN_NS = 1000000,        /* of work, at least, before a nap */
	LONGEST_IDLE = 100000000, /* ns between two looks */
	SHORTEST_IDLE = 1000000,
	MIB_PAGES = (1 << 20) / SL_PAGE_SIZE,
};

_Atomic(unsigned) sl_retain_state = SL_RETAIN_IDLE;

/* relaxed, all: statistics. */
static _Atomic(uint64_t) starts, bytes, limit_bytes, limit_passed;

/* --- policy -------------------------------------------------------------- */

static size_t
above(size_t n, size_t goal)
{
	return n > goal ? n - goal : 0;
}

size_t
sl_retain_excess(const struct sl_retained *r)
{
	size_t excess = 0, over = 0;

	if (sl_options.scavenge != 0)
		excess = above(r->inuse + r->garbage, r->most + r->most / 10);
	if (r->limit != 0)
		over = above(r->ready, r->limit / 100 * LIMIT_PERCENT);
	excess = excess > over ? excess : over;
	return excess < r->garbage ? excess : r->garbage;
}

/* Hysteresis: it begins later than it ends, and a peak of long ago counts
 * only while there is somebody who watches. */
bool
sl_retain_has_reason(const struct sl_retained *r)
{
	struct sl_retained now = *r;

	now.most = now.inuse;
	return sl_retain_excess(&now) > BEGIN_PAGES;
}

uint64_t
sl_retain_nap(uint64_t work_ns)
{
	return work_ns * (100 - CPU_PERCENT) / CPU_PERCENT;
}

static size_t
limit_pages(void)
{
	return (size_t)sl_options.memlimit * MIB_PAGES;
}

/* Under the heap lock. */
static struct sl_retained
now_locked(void)
{
	struct sl_pages_counts n;

	sl_pages_counts(&n);
	return (struct sl_retained){.inuse = n.mapped - n.free,
	    .garbage = n.garbage,
	    .most = n.most,
	    .ready = sl_sys_bytes(SL_SYS_READY) >> SL_PAGE_SHIFT,
	    .limit = limit_pages()};
}

/* --- the thread ---------------------------------------------------------- */

/* What it remembers: the most in use in the period before this one. */
struct period {
	uint64_t began;
	size_t most_before;
};

/* What to give back now; *done: nothing, and there will not be. */
static size_t
look(struct period *p, bool *done)
{
	uint64_t now = sl_worker_now();
	struct sl_retained r;

	(void)sl_pages_lock();
	r = now_locked();
	if (now - p->began >= (uint64_t)sl_options.scavenge * 1000000) {
		p->most_before = sl_pages_restart_most();
		p->began = now;
	}
	r.most = r.most > p->most_before ? r.most : p->most_before;
	*done = !sl_retain_has_reason(&r) && sl_retain_excess(&r) == 0;
	if (*done)
		/* relaxed: under the lock that those who look hold */
		sl_store_rlx(&sl_retain_state, SL_RETAIN_IDLE);
	sl_pages_unlock();
	return sl_retain_excess(&r) << SL_PAGE_SHIFT;
}

/* Returns how much. */
static size_t
work(size_t excess, uint64_t began)
{
	size_t sum = 0, n;

	do {
		n = sl_scavenge(excess < QUANTUM ? excess : QUANTUM);
		sum += n;
		excess = above(excess, n);
	} while (n != 0 && excess != 0 && sl_worker_cpu() - began < TURN_NS);
	sl_fetch_add_rlx(&bytes, sum); /* relaxed: a statistic */
	return sum;
}

static uint64_t
idle_ns(void)
{
	uint64_t ns = (uint64_t)sl_options.scavenge * 1000000 / 2;

	if (ns < SHORTEST_IDLE)
		return SHORTEST_IDLE;
	return ns < LONGEST_IDLE ? ns : LONGEST_IDLE;
}

static void
run(void)
{
	struct period p = {sl_worker_now(), 0};
	uint64_t began, nap;
	size_t excess;
	bool done;

	for (;;) {
		began = sl_worker_cpu();
		excess = look(&p, &done);
		if (done)
			return;
		nap = idle_ns();
		if (excess != 0 && work(excess, began) != 0)
			nap = 0;
		if (sl_worker_is_last()) {
			/* relaxed: no other thread is there */
			sl_store_rlx(&sl_retain_state, SL_RETAIN_IDLE);
			return;
		}
		if (nap == 0)
			nap = sl_retain_nap(sl_worker_cpu() - began);
		sl_worker_sleep(nap);
	}
}

void
sl_retain_look(void)
{
	struct sl_retained r;

	/* relaxed: from IDLE it goes under the lock that we hold */
	if (sl_likely(sl_options.scavenge == 0) ||
	    sl_load_rlx(&sl_retain_state) != SL_RETAIN_IDLE)
		return;
	r = now_locked();
	if (sl_retain_has_reason(&r))
		/* relaxed: as above */
		sl_store_rlx(&sl_retain_state, SL_RETAIN_WANTED);
}

void
sl_retain_start(void)
{
	unsigned wanted = SL_RETAIN_WANTED;
	int e;

	/* relaxed: pthread_create orders it before the thread */
	if (sl_lock_is_fork_owner() ||
	    !sl_cas_rlx(&sl_retain_state, &wanted, SL_RETAIN_RUNS))
		return;
	e = sl_worker_start(run, "spanlab-scaveng");
	if (e == 0) {
		sl_fetch_add_rlx(&starts, 1); /* relaxed: a statistic */
		return;
	}
	/* relaxed: nobody else changes it now */
	sl_store_rlx(&sl_retain_state, SL_RETAIN_REFUSED);
	sl_warn(
	    "scavenge: no thread can be had (error %u); memory of free pages "
	    "goes back by malloc_trim() only",
	    (unsigned)e);
}

/* --- the limit ----------------------------------------------------------- */

bool
sl_retain_is_over(size_t npages)
{
	return sl_unlikely(sl_options.memlimit != 0) &&
	       (sl_sys_bytes(SL_SYS_READY) >> SL_PAGE_SHIFT) + npages >
		   limit_pages();
}

bool
sl_retain_keep(void)
{
	size_t over, done;

	if (!sl_retain_is_over(0))
		return true;
	over =
	    above(sl_sys_bytes(SL_SYS_READY), limit_pages() << SL_PAGE_SHIFT);
	done = over == 0 ? 0 : sl_scavenge(over);
	sl_fetch_add_rlx(&limit_bytes, done); /* relaxed: a statistic */
	/* relaxed: a statistic */
	sl_fetch_add_rlx(&limit_passed, done < over);
	return done >= over;
}

/* --- the rest ------------------------------------------------------------ */

struct sl_retain_counts
sl_retain_counts(void)
{
	struct sl_retain_counts c;

	c.starts = sl_load_rlx(&starts); /* relaxed: a statistic */
	c.bytes = sl_load_rlx(&bytes);   /* relaxed: a statistic */
	/* relaxed: a statistic */
	c.limit_bytes = sl_load_rlx(&limit_bytes);
	/* relaxed: a statistic */
	c.limit_passed = sl_load_rlx(&limit_passed);
	return c;
}

/* The thread is not there, nor is one that was about to make it. */
void
sl_retain_fork_child(void)
{
	/* relaxed: no other thread is there */
	sl_store_rlx(&sl_retain_state, SL_RETAIN_IDLE);
}
