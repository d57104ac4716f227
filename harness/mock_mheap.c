/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mock_mheap.c - a page heap without pages, for the unit bench of the seam.
 *
 * Called by core/mcentral.c, as the page heap, and by bench_mcentral.c.
 */
#define _GNU_SOURCE 1
#include "harness/mock_mheap.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "core/lock.h"
#include "core/mheap.h"
#include "harness/say.h"
#include "harness/trial.h"

enum { USERS = SL_THREADS_MAX + 1 }; /* the workers and the main thread */

/* Type-stable, as core's are. */
static struct sl_mspan spans[SL_MOCK_SPANS];

static struct {
	struct sl_mutex lock;
	/* lock */
	struct sl_mspan *free[SL_MOCK_SPANS]; /* last in, first out */
	size_t nfree;
	size_t outstanding[SL_NUM_SPANCLASSES];
	uintptr_t base; /* of the reserved addresses; constant */
} heap = {.lock = SL_MUTEX_INIT(SL_RANK_HEAP)};

/* Counters have one writer; a thread keeps its place until it ends. */
static struct user {
	alignas(SL_CACHELINE) struct sl_mcentral_user central;
	struct sl_tally tally;
} users[USERS];
static _Atomic(unsigned) nusers;

static struct sl_set_counters tally_of_none;
_Thread_local struct sl_set_counters *sl_set_tally = &tally_of_none;

static _Thread_local struct sl_mcentral_user *mine;
static pthread_key_t at_thread_end;

static void
leave(void *user)
{
	(void)user;
	sl_set_thread_leave();
}

void
sl_mock_init(void)
{
	size_t bytes = (size_t)SL_MOCK_SPANS * SL_MOCK_SPAN_PAGES
		       << SL_PAGE_SHIFT;
	void *p = mmap(NULL, bytes, PROT_NONE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		sl_quit(SL_EXIT_CANNOT, "cannot reserve %zu bytes: %s", bytes,
		    strerror(errno));
	heap.base = (uintptr_t)p;
	for (size_t i = SL_MOCK_SPANS; i-- > 0;)
		heap.free[heap.nfree++] = &spans[i];
	pthread_key_create(&at_thread_end, leave);
	sl_tally_init(false);
	sl_set_init();
}

struct sl_mcentral_user *
sl_mock_user(void)
{
	unsigned i;

	if (mine != NULL)
		return mine;
	/* relaxed: a place of one's own, nothing is read from it */
	i = sl_fetch_add_rlx(&nusers, 1);
	if (i >= USERS)
		sl_quit(SL_EXIT_CANNOT, "more than %d threads", USERS);
	mine = &users[i].central;
	mine->mcache = (struct sl_mcache *)(void *)mine; /* only compared */
	sl_epoch_register(&mine->epoch);
	mine->tally = &users[i].tally;
	sl_set_tally = &sl_tally_hints(mine->tally, 0)->set;
	sl_set_thread_enter();
	pthread_setspecific(at_thread_end, mine);
	return mine;
}

size_t
sl_mock_outstanding(sl_spanclass spc)
{
	size_t n;

	sl_mutex_lock(&heap.lock);
	n = heap.outstanding[spc];
	sl_mutex_unlock(&heap.lock);
	return n;
}

size_t
sl_mock_index(const struct sl_mspan *s)
{
	return (size_t)(s - spans);
}

struct sl_mspan *
sl_mock_span(size_t index)
{
	return &spans[index];
}

struct sl_mspan *
sl_mheap_alloc_span(struct sl_mheap_user *u, size_t npages, size_t align_pages,
    sl_spanclass spc, struct sl_mcache *owner, bool may_grow)
{
	struct sl_mspan *s = NULL;

	(void)u;
	(void)align_pages;
	if (npages > SL_MOCK_SPAN_PAGES || !may_grow)
		return NULL;
	sl_mutex_lock(&heap.lock);
	if (heap.nfree > 0) {
		s = heap.free[--heap.nfree];
		heap.outstanding[spc]++;
	}
	sl_mutex_unlock(&heap.lock);
	if (s != NULL)
		sl_mspan_init(s,
		    heap.base + (sl_mock_index(s) * SL_MOCK_SPAN_PAGES
				    << SL_PAGE_SHIFT),
		    npages, spc, false, owner);
	return s;
}

void
sl_mheap_free_span(struct sl_mheap_user *u, struct sl_mspan *s)
{
	(void)u;
	sl_mspan_retire(s);
	sl_mutex_lock(&heap.lock);
	heap.outstanding[s->spanclass]--;
	heap.free[heap.nfree++] = s;
	sl_mutex_unlock(&heap.lock);
}

bool
sl_mheap_is_over_limit(size_t npages)
{
	(void)npages;
	return false;
}

void
sl_mheap_fork_prepare(void)
{
	sl_mutex_lock_for_fork(&heap.lock);
}

void
sl_mheap_fork_done(void)
{
	sl_mutex_unlock_after_fork(&heap.lock);
}

/* One reader, the main thread. */
static struct sl_tally_sum totals[SL_NUM_SPANCLASSES];
static struct sl_tally_sum seen[SL_NUM_SPANCLASSES];

int
sl_mock_stats_read(struct sl_stats *stats)
{
	unsigned turn = sl_tally_change();

	if (stats->size != sizeof(*stats))
		return EINVAL;
	memset(stats, 0, sizeof(*stats));
	stats->size = sizeof(*stats);
	for (unsigned i = 0; i < USERS; i++) {
		sl_tally_wait(&users[i].tally);
		sl_tally_collect(&users[i].tally, turn, totals);
	}
	memcpy(seen, totals, sizeof(seen));
	for (unsigned i = 0; i < USERS; i++)
		sl_tally_add_hints(&users[i].tally, seen, false);
	sl_tally_to_stats(seen, stats);
	stats->set_backlog = sl_set_backlog().nodes;
	stats->set_backlog_bytes = sl_set_backlog().bytes;
	stats->set_backlog_most = sl_set_backlog().most;
	stats->spans_inuse = SL_MOCK_SPANS - heap.nfree;
	return 0;
}

void
sl_mock_class_stats(sl_spanclass spc, struct sl_class_stats *row)
{
	sl_tally_to_class(&seen[spc], spc, row);
}
