/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mthread.c - birth and end of a thread's mcache, and fork; see mthread.h.
 * Called by mallocgc, mfree, mstats, mheapcheck and the C library.
 *
 * End of a thread.  A key destructor gives everything back, but it waits for
 * the third of the four rounds that the C library makes, since destructors of
 * others may still allocate.  Whoever allocates after that borrows a shared
 * mcache under a lock; whoever frees needs none.
 *
 * Fork.  prepare takes every lock in order of rank, so that the child finds
 * all structures whole.  Until the parent or child handler has run, other
 * handlers may call malloc in this thread: the locks it holds are then no
 * obstacle (sl_lock_set_fork_owner), and the set is not asked for spans.  In
 * the child the mcaches of the threads that are no more wait to be adopted by
 * new threads.  Their spans stay owned.  But such a thread may have been about
 * to move a span from one of its places to another, so before the first is
 * adopted all are emptied, and the heap is asked for the spans they hold.
 */
#include "core/mthread.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include "core/die.h"
#include "core/fixalloc.h"
#include "core/lock.h"
#include "core/mheap.h"
#include "core/mhook.h"
#include "core/mlarge.h"
#include "core/mretain.h"
#include "core/mtiny.h"
#include "core/options.h"
#include "core/signals.h"
#include "core/sys.h"

enum { LAST_ROUND = 3 }; /* of PTHREAD_DESTRUCTOR_ITERATIONS, which is 4 */

/* Ready before any code has run: the first malloc may be ld.so's. */
struct sl_mcache sl_mcache_none = {
    .direct = {[0 ... SL_NUM_DIRECT - 1] = &sl_mspan_none},
    .alloc = {[0 ... SL_NUM_SPANCLASSES - 1] = &sl_mspan_none},
    .central = {.inside = 1}, /* for ever: no short way for its frees */
};
static struct sl_mcache mcache_shared;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;

static struct sl_mutex threads = SL_MUTEX_INIT(SL_RANK_THREADS);
static struct sl_fixalloc mcaches;  /* under threads */
static struct sl_mcache *in_use;    /* under threads */
static struct sl_mcache *adoptable; /* under threads: of lost threads */
static struct sl_stats retired;     /* under threads */
/* Under threads: all events up to the last snapshot, and the hints of threads
 * that are gone; and what the last snapshot saw. */
static struct sl_tally_sum totals[SL_NUM_SPANCLASSES];
static struct sl_tally_sum seen[SL_NUM_SPANCLASSES];

static struct sl_mutex shared = SL_MUTEX_INIT(SL_RANK_ORPHAN);

_Thread_local struct sl_mcache *sl_mc = &sl_mcache_none;
static struct sl_tally tally_shared; /* under shared */
_Thread_local struct sl_set_counters *sl_set_tally = &tally_shared.hints[0].set;
static _Thread_local bool is_past_end;
static _Thread_local unsigned rounds;
static _Thread_local bool is_borrowing;

static void
push(struct sl_mcache **list, struct sl_mcache *mc)
{
	mc->prev = NULL;
	mc->next = *list;
	if (mc->next != NULL)
		mc->next->prev = mc;
	*list = mc;
}

static void
unlink_from(struct sl_mcache **list, struct sl_mcache *mc)
{
	if (mc->prev != NULL)
		mc->prev->next = mc->next;
	else
		*list = mc->next;
	if (mc->next != NULL)
		mc->next->prev = mc->prev;
}

/* The thread counts no more. */
static void
retire_tally(struct sl_tally *t)
{
	sl_tally_collect(t, 0, totals);
	sl_tally_collect(t, 1, totals);
	sl_tally_add_hints(t, totals, true);
	sl_tally_free(t);
}

static void
leave(struct sl_mcache *mc)
{
	sl_tiny_drop(mc);
	sl_mlarge_release(mc);
	sl_mcache_release_all(mc);
	sl_mheap_flush(&mc->heap);
	sl_set_thread_leave();
	sl_epoch_unregister(&mc->central.epoch);
	is_past_end = true;
	sl_mhook_thread_ends(mc);
	sl_mc = &sl_mcache_none;
	sl_set_tally = &tally_shared.hints[0].set;
	sl_mutex_lock(&threads);
	sl_mcache_add_stats(mc, &retired);
	retire_tally(mc->central.tally);
	unlink_from(&in_use, mc);
	sl_fixalloc_free(&mcaches, mc);
	sl_mutex_unlock(&threads);
}

/* The first destructor to see it: a thread that was cancelled or left by
 * longjmp inside of core may hold locks, and its mcache half a change. */
static void
check_not_inside(const struct sl_mcache *mc)
{
	if (mc->central.inside != 0)
		sl_throw("a thread ends inside malloc or free: was it "
			 "cancelled there, asynchronously?");
}

static void
thread_ends(void *arg)
{
	struct sl_mcache *mc = arg;
	struct sl_inside in;

	check_not_inside(mc);
	if (++rounds < LAST_ROUND && pthread_setspecific(key, arg) == 0)
		return;
	sl_thread_enter(&in);
	leave(mc);
	in.mc = NULL; /* who gets it next begins outside */
	sl_thread_leave(&in);
	if (sl_retain_is_wanted())
		sl_retain_start();
}

static void
init_once(void)
{
	sl_options_init();
	sl_sys_refuse(sl_options.refuse, sl_options.refuse_count);
	sl_mhook_init();
	sl_mheap_init();
	sl_fixalloc_init(
	    &mcaches, sizeof(struct sl_mcache), SL_CACHELINE, true, NULL, NULL);
	sl_tally_init(false);
	sl_mcache_init(&mcache_shared);
	mcache_shared.central.tally = &tally_shared;
	(void)sl_tally_touch(&tally_shared, 0); /* see sl_set_tally */
	sl_mhook_share(&mcache_shared);
	mcache_shared.central.nested = 1; /* see sl_thread_borrow() */
	sl_epoch_register(&mcache_shared.central.epoch);
	sl_set_init();
	if (pthread_key_create(&key, thread_ends) != 0)
		sl_throw("no key is left to learn of a thread's end");
}

static void
adopt_span(struct sl_mspan *s, void *arg)
{
	/* relaxed: the thread that wrote these was lost in a fork, or is this
	 * one, or changes spans of its own at most, which are no matter */
	struct sl_mcache *holder = sl_load_rlx(&s->holder);
	uint64_t w = sl_load_rlx(&s->word); /* relaxed: as above */

	(void)arg;
	if ((w & SL_W_C) == 0 || holder == NULL || !holder->is_lost)
		return;
	sl_mheap_mend_span(s);
	sl_mcache_adopt(holder, s);
}

/* Make the mcaches of lost threads whole.  Under threads. */
static void
mend_adoptable(void)
{
	struct sl_mcache *mc;

	if (adoptable == NULL || !adoptable->is_lost)
		return;
	for (mc = adoptable; mc != NULL; mc = mc->next) {
		sl_mcache_init(mc);
		mc->is_lost = true;
	}
	sl_mheap_walk(adopt_span, NULL);
	for (mc = adoptable; mc != NULL; mc = mc->next)
		mc->is_lost = false;
}

static struct sl_mcache *
fresh_mcache(void)
{
	struct sl_mcache *mc = sl_fixalloc_alloc(&mcaches);

	if (mc == NULL)
		return NULL;
	mc->central.tally = sl_tally_alloc();
	if (mc->central.tally == NULL) {
		sl_fixalloc_free(&mcaches, mc);
		return NULL;
	}
	sl_mcache_init(mc);
	sl_epoch_register(&mc->central.epoch);
	return mc;
}

static struct sl_mcache *
new_mcache(void)
{
	struct sl_mcache *mc;

	sl_mutex_lock(&threads);
	mend_adoptable();
	mc = adoptable;
	if (mc != NULL)
		unlink_from(&adoptable, mc);
	else
		mc = fresh_mcache();
	if (mc != NULL)
		push(&in_use, mc);
	sl_mutex_unlock(&threads);
	return mc;
}

static struct sl_mcache *
thread_begins(void)
{
	struct sl_mcache *mc;

	pthread_once(&once, init_once);
	mc = new_mcache();
	if (mc == NULL)
		return NULL;
	sl_mc = mc;
	sl_set_tally = &sl_tally_hints(mc->central.tally, 0)->set;
	/* Both calls below may call malloc, which then finds an mcache that
	 * keeps away from the set.  Without the key's value the thread's end
	 * goes unnoticed and its spans stay with the mcache: no harm. */
	mc->central.nested++;
	(void)pthread_setspecific(key, mc);
	sl_set_thread_enter();
	mc->central.nested--;
	return mc;
}

struct sl_mcache *
sl_thread_mcache(void)
{
	struct sl_mcache *mc = sl_mc;
	int saved;

	if (mc != &sl_mcache_none)
		return mc;
	if (is_past_end)
		return NULL;
	saved = errno; /* the first call may be a free */
	mc = thread_begins();
	errno = saved;
	return mc;
}

struct sl_mcache *
sl_thread_borrow(void)
{
	pthread_once(&once, init_once);
	if (is_borrowing)
		sl_mhook_reentered();
	sl_mutex_lock(&shared);
	is_borrowing = true;
	return &mcache_shared;
}

void
sl_thread_return(void)
{
	sl_mheap_flush(&mcache_shared.heap);
	if (sl_unlikely(sl_account_is_go()))
		sl_account_flush(&tally_shared.account);
	is_borrowing = false;
	sl_mutex_unlock(&shared);
}

void
sl_thread_enter(struct sl_inside *in)
{
	in->is_blocked = sl_hooks(SL_HOOK_SIGNALS) != 0;
	if (in->is_blocked)
		sl_signals_block(&in->was);
	in->mc = sl_thread_mcache();
	if (in->mc != NULL)
		sl_mhook_enter(in->mc);
}

void
sl_thread_leave(const struct sl_inside *in)
{
	if (in->mc != NULL)
		sl_mhook_leave(in->mc);
	if (in->is_blocked)
		sl_signals_restore(&in->was);
}

static void
walk_locked(void (*visit)(struct sl_mcache *, void *), void *arg)
{
	struct sl_mcache *mc;

	for (mc = in_use; mc != NULL; mc = mc->next)
		visit(mc, arg);
	for (mc = adoptable; mc != NULL; mc = mc->next)
		visit(mc, arg);
	visit(&mcache_shared, arg);
}

void
sl_thread_walk(void (*visit)(struct sl_mcache *, void *), void *arg)
{
	pthread_once(&once, init_once);
	sl_mutex_lock(&threads);
	walk_locked(visit, arg);
	sl_mutex_unlock(&threads);
}

void
sl_thread_add_retired(struct sl_stats *stats)
{
	sl_mutex_lock(&threads);
	sl_stats_add(stats, &retired);
	sl_mutex_unlock(&threads);
}

static void
collect(struct sl_mcache *mc, void *turn)
{
	sl_tally_wait(mc->central.tally);
	sl_tally_collect(mc->central.tally, *(unsigned *)turn, totals);
}

static void
add_hints(struct sl_mcache *mc, void *unused)
{
	(void)unused;
	sl_tally_add_hints(mc->central.tally, seen, false);
}

void
sl_thread_snapshot(void (*use)(const struct sl_tally_sum *, void *), void *arg)
{
	unsigned turn;

	pthread_once(&once, init_once);
	sl_mutex_lock(&threads);
	turn = sl_tally_change();
	walk_locked(collect, &turn);
	memcpy(seen, totals, sizeof(seen));
	walk_locked(add_hints, NULL);
	use(seen, arg);
	sl_mutex_unlock(&threads);
}

static void
wait_account(struct sl_mcache *mc, void *unused)
{
	(void)unused;
	sl_account_wait(&mc->central.tally->account);
}

void
sl_thread_read_account(struct sl_stats *st)
{
	if (sl_mc != &sl_mcache_none)
		sl_account_flush(&sl_mc->central.tally->account);
	sl_mutex_lock(&threads);
	sl_account_change();
	walk_locked(wait_account, NULL);
	sl_account_read(st);
	sl_mutex_unlock(&threads);
}

/*
 * A signal handler that interrupted this thread inside of core may fork, to
 * exec or exit.  Its thread may hold the locks; then they are left alone, and
 * in a program of one thread the child could even return from the handler.
 */
static bool
forks_inside(void)
{
	return sl_mc != &sl_mcache_none && sl_mc->central.inside != 0;
}

static void
before_fork(void)
{
	struct sl_inside in;

	if (forks_inside())
		return;
	sl_stdio_lock_for_fork();
	sl_thread_enter(&in); /* makes the mcache, while locks can be taken */
	sl_mutex_lock_for_fork(&threads);
	sl_mutex_lock_for_fork(&shared);
	sl_epoch_fork_prepare();
	sl_set_fork_prepare();
	sl_spill_fork_prepare();
	sl_mhook_fork_prepare(sl_mc);
	sl_mheap_fork_prepare();
	sl_lock_set_fork_owner(true);
	sl_thread_leave(&in);
}

static void
release_locks(void)
{
	sl_lock_set_fork_owner(false);
	sl_mheap_fork_done();
}

static void
after_fork_in_parent(void)
{
	struct sl_inside in;

	if (forks_inside())
		return;
	sl_thread_enter(&in);
	release_locks();
	sl_mhook_fork_parent();
	sl_spill_fork_done();
	sl_set_fork_parent();
	sl_epoch_fork_parent();
	sl_mutex_unlock_after_fork(&shared);
	sl_mutex_unlock_after_fork(&threads);
	sl_thread_leave(&in);
	sl_stdio_unlock_in_parent();
}

static void
after_fork_in_child(void)
{
	struct sl_mcache *mc, *next;
	struct sl_inside in;

	if (forks_inside())
		return;
	sl_thread_enter(&in);
	release_locks();
	sl_mheap_fork_child();
	sl_tally_fork_child();
	sl_mhook_fork_child(sl_mc);
	sl_spill_fork_done();
	sl_set_fork_child();
	sl_epoch_fork_child();
	sl_mutex_unlock_after_fork(&shared);
	for (mc = in_use; mc != NULL; mc = next) {
		next = mc->next;
		if (mc == sl_mc)
			continue;
		unlink_from(&in_use, mc);
		mc->is_lost = true;
		sl_tally_mend(mc->central.tally);
		sl_account_mend(&mc->central.tally->account);
		push(&adoptable, mc);
		sl_mheap_flush(&mc->heap);
	}
	sl_mutex_unlock_after_fork(&threads);
	sl_thread_leave(&in);
	sl_stdio_reset_in_child();
}

/* As early as a library can: handlers registered later run before ours in
 * prepare, and so find the allocator unlocked. */
__attribute__((constructor)) static void
start(void)
{
	sl_thread_mcache();
	if (pthread_atfork(
		before_fork, after_fork_in_parent, after_fork_in_child) != 0)
		sl_warn("fork will not be safe: pthread_atfork failed");
	sl_mhook_start();
}
