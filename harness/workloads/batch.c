/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * batch.c - allocate many objects, free all of them in some order, again.
 *
 * Called by the trial engine.  The order is fixed before the run: that of a
 * stack, that of a queue, or a random one of each thread's own.  With `total`
 * all threads together have so many objects, so that memory stays bounded.
 */
#include "harness/trial.h"

enum { P_SIZE, P_OBJECTS, P_ORDER, P_TOTAL };
enum { ORDER_LIFO, ORDER_FIFO, ORDER_RANDOM };

struct batch {
	size_t n;
	uint32_t *order; /* which is freed first, second ... */
	void **object;
};

static void
order_make(struct batch *b, int64_t order, struct sl_rng *rng)
{
	for (size_t i = 0; i < b->n; i++)
		b->order[i] =
		    (uint32_t)(order == ORDER_LIFO ? b->n - 1 - i : i);
	if (order != ORDER_RANDOM)
		return;
	for (size_t i = b->n - 1; i > 0; i--) {
		uint32_t j = sl_rng_below(rng, (uint32_t)i + 1);
		uint32_t tmp = b->order[i];

		b->order[i] = b->order[j];
		b->order[j] = tmp;
	}
}

SL_BATCH void
one_batch(struct sl_worker *w, const struct batch *b, size_t size, bool watched)
{
	for (size_t i = 0; i < b->n; i++) {
		char *p = sl_batch_malloc(w, size, watched);

		*p = 1;
		b->object[i] = p;
	}
	for (size_t i = 0; i < b->n; i++)
		sl_batch_free(w, b->object[b->order[i]], watched);
	sl_batch_end(w, b->n, b->n, watched);
}

/* The tables, and one batch that meets no warm heap. */
static void
batch_setup(struct sl_worker *w)
{
	const int64_t *param = w->trial->param;
	size_t n = sl_worker_share(
	    w, (size_t)param[P_OBJECTS], (size_t)param[P_TOTAL]);
	struct batch *b = sl_worker_memory(w, sizeof(*b));

	b->n = n;
	b->order = sl_worker_memory(w, n * sizeof(*b->order));
	b->object = sl_worker_memory(w, n * sizeof(*b->object));
	order_make(b, param[P_ORDER], &w->rng);
	one_batch(w, b, (size_t)param[P_SIZE], true);
	w->state = b;
}

static void
batch_run(struct sl_worker *w)
{
	const struct batch *b = w->state;
	size_t size = (size_t)w->trial->param[P_SIZE];

	while (sl_worker_goes_on(w)) {
		if (sl_batch_is_watched(w, b->n))
			one_batch(w, b, size, true);
		else
			one_batch(w, b, size, false);
	}
}

const struct sl_workload sl_wl_batch = {
    .source = "the batches of many allocator suites, after Lever and Boreham "
	      "2000",
    .stresses = "objects by the thousand, freed in the order of a stack, of a "
		"queue, or at random",
    .mcentral = "seldom",
    .params =
	{
	    {"size", 64, 1, 1 << 20, "bytes"},
	    {"objects", 1000, 1, 10000000, "of a thread"},
	    {"order", ORDER_LIFO, ORDER_LIFO, ORDER_RANDOM,
		"of the frees: 0 stack, 1 queue, 2 random"},
	    {"total", 0, 0, 10000000,
		"objects of all threads at most; 0: any number"},
	},
    .setup = batch_setup,
    .run = batch_run,
};
