/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * grow.c - a heap that only grows, or only shrinks.
 *
 * Called by the trial engine.  Once: there is no window.  All threads together
 * have `bytes` of objects; allocating is timed and freeing is not, or the
 * other way round.  The first byte of each is written when it is new, so the
 * page faults of a growing heap are in its time.
 */
#include "harness/trial.h"

enum { P_SIZE, P_BYTES };

struct heap {
	size_t n;
	void **object;
};

static void
heap_tables(struct sl_worker *w)
{
	const int64_t *param = w->trial->param;
	double bytes = (double)param[P_BYTES] * w->trial->config->scale;
	size_t n =
	    (size_t)(bytes / (double)param[P_SIZE]) / w->trial->config->threads;
	struct heap *h = sl_worker_memory(w, sizeof(*h));

	h->n = n > 0 ? n : 1;
	h->object = sl_worker_memory(w, h->n * sizeof(*h->object));
	w->state = h;
}

SL_BATCH void
fill(struct sl_worker *w, const struct heap *h, bool watched)
{
	size_t size = (size_t)w->trial->param[P_SIZE];

	for (size_t i = 0; i < h->n; i++) {
		char *p = sl_batch_malloc(w, size, watched);

		*p = 1;
		h->object[i] = p;
	}
	sl_batch_end(w, h->n, 0, watched);
}

static void
heap_fill(struct sl_worker *w)
{
	const struct heap *h = w->state;

	if (sl_batch_is_watched(w, h->n))
		fill(w, h, true);
	else
		fill(w, h, false);
}

SL_BATCH void
empty(struct sl_worker *w, const struct heap *h, bool watched)
{
	for (size_t i = 0; i < h->n; i++)
		sl_batch_free(w, h->object[i], watched);
	sl_batch_end(w, 0, h->n, watched);
}

static void
heap_empty(struct sl_worker *w)
{
	const struct heap *h = w->state;

	if (sl_batch_is_watched(w, h->n))
		empty(w, h, true);
	else
		empty(w, h, false);
}

static void
heap_full(struct sl_worker *w)
{
	heap_tables(w);
	heap_fill(w);
}

const struct sl_workload sl_wl_grow = {
    .source = "programs that build a large structure and keep it",
    .stresses = "fresh pages",
    .mcentral = "growth only",
    .operation = "a malloc; nothing is freed",
    .params =
	{
	    {"size", 64, 1, 1 << 20, "bytes"},
	    {"bytes", 32 << 20, 1, INT64_C(1) << 36, "of all objects"},
	},
    .setup = heap_tables,
    .run = heap_fill,
    .drain = heap_empty,
};

const struct sl_workload sl_wl_shrink = {
    .source = "programs that give a large structure up at once",
    .stresses = "spans that become empty",
    .mcentral = "returns only",
    .operation = "a free; nothing is allocated",
    .counts_frees = true,
    .params =
	{
	    {"size", 64, 1, 1 << 20, "bytes"},
	    {"bytes", 32 << 20, 1, INT64_C(1) << 36, "of all objects"},
	},
    .setup = heap_full,
    .run = heap_empty,
};
