/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * counters.c - threads that count: what sharing costs on this machine.
 *
 * Called by the trial engine.  Nothing is allocated.  The ways to count are
 * those of two publications: a counter for each thread, one that all add to
 * atomically, one under one lock, one under a lock of the thread's own, and
 * one under a lock of the CPU's, which is asked for first.  When all is done
 * the counts must add up to the operations.
 */
#define _GNU_SOURCE 1
#include <sched.h>

#include "harness/say.h"
#include "harness/trial.h"

enum { P_WAY };
enum { OWN, ATOMIC, ONE_LOCK, OWN_LOCK, CPU_LOCK };

enum {
	COUNTS_PER_LOOK = 256,
	PLACES = 256, /* CPUs, or threads, beyond that share */
};

/* Any thread; count is written under the lock, or by its owner, or added to
 * atomically. */
struct place {
	alignas(128) _Atomic(unsigned) locked;
	_Atomic(uint64_t) count;
};

static void
counters_prepare(struct sl_trial *t)
{
	t->shared = sl_trial_memory(t, PLACES * sizeof(struct place));
}

static void
lock(struct sl_worker *w, struct place *p)
{
	struct sl_wait wait = sl_trial_wait(w->trial);
	unsigned expected = 0;

	/* pairs(counters.locked): who has the lock sees the last count. */
	while (!sl_cas_acq(&p->locked, &expected, 1)) {
		expected = 0;
		sl_wait_once(&wait);
	}
}

static void
unlock(struct place *p)
{
	/* pairs(counters.locked): see above. */
	sl_store_rel(&p->locked, 0);
}

/* A plain addition. */
static void
add(struct place *p)
{
	/* relaxed: the owner's, or under the lock. */
	sl_store_rlx(&p->count, sl_load_rlx(&p->count) + 1);
}

static void
add_locked(struct sl_worker *w, struct place *p)
{
	lock(w, p);
	add(p);
	unlock(p);
}

static struct place *
place_of_cpu(struct place *places)
{
	int cpu = sched_getcpu();

	return &places[cpu > 0 ? cpu % PLACES : 0];
}

static void
count_some(struct sl_worker *w, struct place *all, struct place *own)
{
	switch (w->trial->param[P_WAY]) {
	case OWN:
		for (int i = 0; i < COUNTS_PER_LOOK; i++)
			add(own);
		break;
	case ATOMIC:
		for (int i = 0; i < COUNTS_PER_LOOK; i++)
			/* relaxed: a count. */
			sl_fetch_add_rlx(&all->count, 1);
		break;
	case ONE_LOCK:
		for (int i = 0; i < COUNTS_PER_LOOK; i++)
			add_locked(w, all);
		break;
	case OWN_LOCK:
		for (int i = 0; i < COUNTS_PER_LOOK; i++)
			add_locked(w, own);
		break;
	default:
		for (int i = 0; i < COUNTS_PER_LOOK; i++)
			add_locked(w, place_of_cpu(all));
	}
}

static void
counters_run(struct sl_worker *w)
{
	struct place *all = w->trial->shared;

	while (sl_worker_goes_on(w)) {
		count_some(w, all, &all[w->index % PLACES]);
		w->mallocs += COUNTS_PER_LOOK;
		w->frees += COUNTS_PER_LOOK;
	}
}

/* More threads than places share without a lock, and may lose counts. */
static void
counters_finish(struct sl_trial *t)
{
	const struct place *all = t->shared;
	uint64_t sum = 0;
	uint64_t operations = 0;

	for (int i = 0; i < PLACES; i++)
		/* relaxed: all threads have ended. */
		sum += sl_load_rlx(&all[i].count);
	for (unsigned i = 0; i < t->config->threads; i++)
		operations += t->workers[i].mallocs;
	if (sum != operations &&
	    (t->param[P_WAY] != OWN || t->config->threads <= PLACES))
		sl_quit(SL_EXIT_CHECK, "counters: %llu counted, %llu done",
		    (unsigned long long)sum, (unsigned long long)operations);
}

const struct sl_workload sl_wl_counters = {
    .source = "McKenney, Is Parallel Programming Hard (counting); Kuszmaul "
	      "2015, table of overheads",
    .stresses = "the machine alone: what it costs that threads share a line",
    .mcentral = "none",
    .is_control = true,
    .allocates_nothing = true,
    .operation = "a count",
    .params =
	{
	    {"way", OWN, OWN, CPU_LOCK,
		"0 a thread's own, 1 one, atomic, 2 one, locked, 3 own, "
		"locked, 4 the CPU's, locked"},
	},
    .prepare = counters_prepare,
    .run = counters_run,
    .finish = counters_finish,
};
