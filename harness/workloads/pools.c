/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pools.c - a cache for each thread over one pool under a lock.
 *
 * Called by the trial engine.  The allocator is the workload's own, the
 * smallest that has what thread-caching ones have: a thread takes `target`
 * blocks from the common pool when it has none, and gives so many back when
 * it has twice that.  It allocates `run` blocks and frees them, again and
 * again; the malloc that is preloaded is not called.  lock=1 takes the common
 * pool away: each thread has one of its own.
 */
#include "harness/say.h"
#include "harness/trial.h"

enum { P_RUN, P_TARGET, P_LOCK };

enum {
	TARGET_MAX = 64,
	RUN_MAX = 1024,
	ROUNDS_PER_LOOK = 64,
};

struct block {
	alignas(64) uint64_t word;
};

/* Any thread, under the lock. */
struct common {
	alignas(128) _Atomic(unsigned) locked;
	size_t n;
	struct block *free[];
};

/* Its thread only. */
struct cache {
	size_t n;
	struct block *free[2 * TARGET_MAX];
	struct block *run[RUN_MAX];
	struct common *from;
};

/* Blocks that make each thread's demand sure to be met. */
static size_t
blocks_of(const struct sl_trial *t)
{
	return (size_t)(t->param[P_RUN] + 3 * t->param[P_TARGET]);
}

static struct common *
common_make(struct common *c, size_t n, struct block *blocks)
{
	c->n = n;
	for (size_t i = 0; i < n; i++)
		c->free[i] = &blocks[i];
	return c;
}

static void
pools_prepare(struct sl_trial *t)
{
	size_t n = blocks_of(t) * t->config->threads;
	struct common *c =
	    sl_trial_memory(t, sizeof(*c) + n * sizeof(c->free[0]));

	t->shared =
	    common_make(c, n, sl_trial_memory(t, n * sizeof(struct block)));
}

static void
pools_setup(struct sl_worker *w)
{
	struct cache *c = sl_worker_memory(w, sizeof(*c));
	size_t n = blocks_of(w->trial);
	struct common *own;

	c->from = w->trial->shared;
	if (w->trial->param[P_LOCK]) {
		own = sl_worker_memory(
		    w, sizeof(*own) + n * sizeof(own->free[0]));
		c->from = common_make(
		    own, n, sl_worker_memory(w, n * sizeof(struct block)));
	}
	w->state = c;
}

static void
lock(struct sl_worker *w, struct common *c)
{
	struct sl_wait wait = sl_trial_wait(w->trial);
	unsigned expected = 0;

	/* pairs(pools.locked): who has it sees the pool as it was left. */
	while (!sl_cas_acq(&c->locked, &expected, 1)) {
		expected = 0;
		sl_wait_once(&wait);
	}
}

static void
unlock(struct common *c)
{
	/* pairs(pools.locked): see above. */
	sl_store_rel(&c->locked, 0);
}

static struct block *
block_alloc(struct sl_worker *w, struct cache *c, size_t target)
{
	if (c->n == 0) {
		lock(w, c->from);
		while (c->n < target && c->from->n > 0)
			c->free[c->n++] = c->from->free[--c->from->n];
		unlock(c->from);
	}
	if (c->n == 0)
		sl_quit(SL_EXIT_CHECK, "pools: blocks were lost");
	return c->free[--c->n];
}

static void
block_free(struct sl_worker *w, struct cache *c, size_t target, struct block *b)
{
	if (c->n >= 2 * target) {
		lock(w, c->from);
		while (c->n > target)
			c->from->free[c->from->n++] = c->free[--c->n];
		unlock(c->from);
	}
	c->free[c->n++] = b;
}

static void
pools_run(struct sl_worker *w)
{
	size_t run = (size_t)w->trial->param[P_RUN];
	size_t target = (size_t)w->trial->param[P_TARGET];
	struct cache *c = w->state;

	while (sl_worker_goes_on(w)) {
		for (int k = 0; k < ROUNDS_PER_LOOK; k++) {
			for (size_t i = 0; i < run; i++) {
				c->run[i] = block_alloc(w, c, target);
				c->run[i]->word = i;
			}
			for (size_t i = 0; i < run; i++)
				block_free(w, c, target, c->run[i]);
		}
		w->mallocs += ROUNDS_PER_LOOK * run;
		w->frees += ROUNDS_PER_LOOK * run;
	}
}

/* No block is lost, and none is there twice: what is left must be all. */
static void
pools_finish(struct sl_trial *t)
{
	struct common *common = t->shared;
	size_t have = common->n;
	size_t all = blocks_of(t) * t->config->threads;

	for (unsigned i = 0; !t->param[P_LOCK] && i < t->config->threads; i++)
		have += ((struct cache *)t->workers[i].state)->n;
	if (have != all)
		sl_quit(SL_EXIT_CHECK, "pools: %zu blocks of %zu are left",
		    have, all);
}

const struct sl_workload sl_wl_pools = {
    .source = "McKenney, Is Parallel Programming Hard, smpalloc: run length "
	      "of allocations, target 3",
    .stresses = "a thread's cache over a common pool, without any malloc",
    .mcentral = "none",
    .is_control = true,
    .allocates_nothing = true,
    .operation = "a block allocated and freed",
    .params =
	{
	    {"run", 1, 1, RUN_MAX, "blocks allocated, then freed"},
	    {"target", 3, 1, TARGET_MAX, "blocks taken and given at once"},
	    {"lock", 0, 0, 1, "0: one pool for all; 1: one for each thread"},
	},
    .prepare = pools_prepare,
    .setup = pools_setup,
    .run = pools_run,
    .finish = pools_finish,
};
