/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * acdc.c - objects that live for so many bytes, and die with another thread.
 *
 * Called by the trial engine.  Time is what a thread has allocated: after
 * `quantum` bytes its clock ticks.  Objects come in batches of one size, a
 * power of two from 2^low to 2^high, and one lifetime of 1 to `life` ticks.
 * With shared=1 a batch is handed to the neighbour at once, which keeps it
 * for its lifetime by its own clock and frees it; else its maker does.  So
 * lifetimes are logical, and the same whatever an allocator costs.
 *
 * What a thread keeps is bounded by `batches`; who has so many frees the
 * oldest early.  Lifetimes have random numbers of their own, since when a
 * batch arrives depends on the scheduler, and sizes must not.
 */
#include "harness/ring.h"

enum { P_LOW, P_HIGH, P_LIFE, P_QUANTUM, P_TOTAL, P_SHARED };

enum {
	BATCH = 64,
	BATCHES = 256,
	RING_CELLS = 8,
};

struct batch {
	uint64_t dies_at; /* ticks */
	size_t count;
	struct sl_slot slot[BATCH];
};

struct place {
	uint64_t ticks;
	size_t quantum; /* bytes */
	size_t oldest, nbatches;
	struct batch *batch; /* a ring of BATCHES */
	struct sl_rng lives;
	struct sl_ring *ring; /* to this worker */
};

static void
acdc_setup(struct sl_worker *w)
{
	const int64_t *param = w->trial->param;
	struct place *a = sl_worker_memory(w, sizeof(*a));

	a->quantum = sl_worker_share(
	    w, (size_t)param[P_QUANTUM], (size_t)param[P_TOTAL]);
	a->batch = sl_worker_memory(w, BATCHES * sizeof(*a->batch));
	a->ring =
	    sl_ring_init(sl_worker_memory(w, sl_ring_bytes(RING_CELLS, BATCH)),
		RING_CELLS, BATCH);
	sl_rng_init(&a->lives, w->trial->config->seed, w->trial->config->round,
	    SL_THREADS_MAX + w->index);
	w->state = a;
}

static void
batch_free(struct sl_worker *w, struct batch *b)
{
	for (size_t i = 0; i < b->count; i++)
		sl_slot_clear(w, &b->slot[i]);
	b->count = 0;
}

static void
keep(struct sl_worker *w, struct place *a, const struct sl_slot *s, size_t n)
{
	uint32_t life = (uint32_t)w->trial->param[P_LIFE];
	struct batch *b;

	if (a->nbatches == BATCHES) {
		batch_free(w, &a->batch[a->oldest]);
		a->oldest = (a->oldest + 1) % BATCHES;
		a->nbatches--;
	}
	b = &a->batch[(a->oldest + a->nbatches++) % BATCHES];
	b->dies_at = a->ticks + 1 + sl_rng_below(&a->lives, life);
	b->count = n;
	memcpy(b->slot, s, n * sizeof(*s));
}

/* All whose time has come; the places of the first ones are free again. */
static void
bury(struct sl_worker *w, struct place *a)
{
	struct batch *b;

	for (size_t i = 0; i < a->nbatches; i++) {
		b = &a->batch[(a->oldest + i) % BATCHES];
		if (b->dies_at <= a->ticks)
			batch_free(w, b);
	}
	while (a->nbatches > 0 && a->batch[a->oldest].count == 0) {
		a->oldest = (a->oldest + 1) % BATCHES;
		a->nbatches--;
	}
}

static void
take(struct sl_worker *w, struct place *a)
{
	struct sl_ring_cell *c;

	for (int i = 0; i < RING_CELLS; i++) {
		c = sl_ring_drain(a->ring);
		if (c == NULL)
			return;
		keep(w, a, c->item, c->count);
		sl_ring_release(a->ring, c);
	}
}

static bool
give(struct sl_worker *w, const struct sl_slot *s, size_t n)
{
	unsigned right = (w->index + 1) % w->trial->config->threads;
	const struct place *to = w->trial->workers[right].state;
	struct sl_ring_cell *c = sl_ring_fill(to->ring);

	if (c == NULL)
		return false;
	memcpy(c->item, s, n * sizeof(*s));
	c->count = n;
	sl_ring_publish(c);
	return true;
}

static void
acdc_run(struct sl_worker *w)
{
	const int64_t *param = w->trial->param;
	struct place *a = w->state;
	struct sl_slot slot[BATCH];
	size_t size, bytes = 0;

	while (sl_worker_goes_on(w)) {
		size = (size_t)1
		       << sl_size_between(&w->rng, param[P_LOW], param[P_HIGH]);
		for (size_t i = 0; i < BATCH; i++)
			sl_slot_fill(w, &slot[i], size);
		if (!param[P_SHARED] || !give(w, slot, BATCH))
			keep(w, a, slot, BATCH);
		take(w, a);
		bytes += BATCH * size;
		if (bytes < a->quantum)
			continue;
		bytes = 0;
		a->ticks++;
		bury(w, a);
	}
}

static void
acdc_drain(struct sl_worker *w)
{
	struct place *a = w->state;

	for (size_t i = 0; i < BATCHES; i++)
		batch_free(w, &a->batch[i]);
	take(w, a);
	for (size_t i = 0; i < BATCHES; i++)
		batch_free(w, &a->batch[i]);
}

const struct sl_workload sl_wl_acdc = {
    .source = "after ACDC (Aigner and Kirsch 2013) as in scalloc's artifact, "
	      "-s 4 -S 9 -l 1 -L 5 -t 1000000 -O -T 100 -R 100",
    .stresses = "lifetimes in logical time, objects that die elsewhere",
    .mcentral = "medium; set by the sizes",
    .params =
	{
	    {"low", 4, 3, 20, "sizes from 2^low"},
	    {"high", 9, 3, 20, "... to 2^high"},
	    {"life", 5, 1, 1000, "ticks, at most"},
	    {"quantum", 1000000, 1, 1 << 30, "bytes from tick to tick"},
	    {"total", 64000000, 0, 1 << 30,
		"bytes of all threads' ticks; 0: any number"},
	    {"shared", 1, 0, 1, "1: the neighbour frees"},
	},
    .setup = acdc_setup,
    .run = acdc_run,
    .drain = acdc_drain,
};
