/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * larson.c - a server: random sizes, random lifetimes, threads that end.
 *
 * Called by the trial engine.  The main thread allocates the first objects
 * and deals them out at random ("bleeding"); each thread then replaces random
 * ones of its own.  After chunks * rounds operations a thread ends and hands
 * its objects to a new one: a worker of the pool runs no operations itself,
 * it starts these generations one after the other, the first included, and
 * joins each, so every generation is a fresh thread to the allocator.
 *
 * Parameters are those of mimalloc-bench, `larson 5 8 1000 5000 100 4141 T`.
 * What its program gets wrong from 100 threads on (a fixed array that is
 * overrun) does not exist here, and the random numbers are seeded per thread.
 */
#include "harness/fresh.h"
#include "harness/slot.h"

enum { P_MIN, P_MAX, P_CHUNKS, P_ROUNDS };

enum { OPERATIONS_PER_LOOK = 256 };

/* What one generation does; its thread only. */
struct generation {
	struct sl_worker *w;
	struct sl_slot *slot;
	size_t nslots;
	uint64_t operations;
};

static void
slot_size(struct sl_slot *s, struct sl_rng *rng, const int64_t *param)
{
	uint32_t range = (uint32_t)(param[P_MAX] - param[P_MIN]);

	s->size = (size_t)param[P_MIN];
	if (range > 0)
		s->size += sl_rng_below(rng, range);
}

/* All slots, one after the other for each thread. */
static void
larson_prepare(struct sl_trial *t)
{
	size_t n = (size_t)t->param[P_CHUNKS] * t->config->threads;
	struct sl_slot *slot = sl_trial_memory(t, n * sizeof(*slot));
	struct sl_slot tmp;
	struct sl_rng rng;
	size_t j;

	sl_rng_init(&rng, t->config->seed, t->config->round, SL_THREADS_MAX);
	for (size_t i = 0; i < n; i++) {
		slot_size(&slot[i], &rng, t->param);
		slot[i].ptr = sl_prepare_malloc(t, slot[i].size);
		sl_stamp_write(slot[i].ptr, slot[i].size);
	}
	for (size_t i = n - 1; i > 0; i--) {
		j = sl_rng_below(&rng, (uint32_t)i + 1);
		tmp = slot[i];
		slot[i] = slot[j];
		slot[j] = tmp;
	}
	t->shared = slot;
}

static void
replace_some(struct generation *g, struct sl_rng *rng)
{
	struct sl_worker *w = g->w;
	struct sl_slot *s;

	for (int i = 0; i < OPERATIONS_PER_LOOK; i++) {
		s = &g->slot[sl_rng_below(rng, (uint32_t)g->nslots)];
		sl_stamp_check(s->ptr, s->size);
		sl_worker_free(w, s->ptr);
		slot_size(s, rng, w->trial->param);
		s->ptr = sl_worker_malloc(w, s->size);
		sl_stamp_write(s->ptr, s->size);
	}
}

static void *
generation_run(void *arg)
{
	struct generation *g = arg;
	struct sl_rng rng = g->w->rng;
	uint64_t n = 0;

	while (n < g->operations && sl_worker_goes_on(g->w)) {
		replace_some(g, &rng);
		n += OPERATIONS_PER_LOOK;
	}
	g->w->rng = rng;
	return NULL;
}

static void
larson_run(struct sl_worker *w)
{
	const int64_t *param = w->trial->param;
	size_t chunks = (size_t)param[P_CHUNKS];
	struct generation g = {
	    .w = w,
	    .slot = (struct sl_slot *)w->trial->shared + chunks * w->index,
	    .nslots = chunks,
	    .operations = UINT64_MAX,
	};

	if (param[P_ROUNDS] > 0)
		g.operations = chunks * (uint64_t)param[P_ROUNDS];
	while (sl_worker_goes_on(w))
		sl_fresh_run(w, generation_run, &g);
}

static void
larson_drain(struct sl_worker *w)
{
	size_t chunks = (size_t)w->trial->param[P_CHUNKS];
	struct sl_slot *s =
	    (struct sl_slot *)w->trial->shared + chunks * w->index;

	for (size_t i = 0; i < chunks; i++) {
		sl_stamp_check(s[i].ptr, s[i].size);
		sl_worker_free(w, s[i].ptr);
	}
}

const struct sl_workload sl_wl_larson = {
    .source = "Larson and Krishnan 1998; mimalloc-bench's parameters, "
	      "5 8 1000 5000 100 4141 T",
    .stresses = "mixed sizes, random lifetimes, objects of other threads, "
		"threads that end",
    .mcentral = "high",
    .params =
	{
	    {"min", 8, 1, 1 << 20, "bytes, smallest"},
	    {"max", 1000, 1, 1 << 20, "bytes, sizes are below"},
	    {"chunks", 5000, 1, 1000000, "objects per thread"},
	    {"rounds", 100, 0, 1000000,
		"a thread ends after chunks * rounds; 0: never"},
	},
    .prepare = larson_prepare,
    .run = larson_run,
    .drain = larson_drain,
};
