/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shbench.c - groups of objects, freed first to last, last to first, or late.
 *
 * Called by the trial engine.  MicroQuill's shbench (sh6bench, sh8bench) may
 * not be passed on, so this is written from what papers say of it: mostly
 * small objects, allocated in groups, of which some are freed in the order
 * they came, some in the reverse order, and some after the next group has
 * come.  Here a third each.  With other=1 the last third is freed by the
 * neighbour, which sh8bench added.
 */
#include "harness/ring.h"

enum { P_MIN, P_MAX, P_OBJECTS, P_OTHER };

enum { RING_CELLS = 4 };

struct group {
	size_t third;         /* objects */
	struct sl_slot *slot; /* of this group, then of the one before */
	struct sl_ring *ring; /* to this worker; NULL: none */
};

static void
shbench_setup(struct sl_worker *w)
{
	size_t third = (size_t)w->trial->param[P_OBJECTS] / 3;
	struct group *g = sl_worker_memory(w, sizeof(*g));

	g->third = third;
	g->slot = sl_worker_memory(w, 4 * third * sizeof(*g->slot));
	if (w->trial->param[P_OTHER])
		g->ring = sl_ring_init(
		    sl_worker_memory(w, sl_ring_bytes(RING_CELLS, third)),
		    RING_CELLS, third);
	w->state = g;
}

/* The product of two uniform numbers: small sizes are common. */
static size_t
small_size(struct sl_rng *rng, int64_t min, int64_t max)
{
	uint32_t above = sl_rng_below(rng, (uint32_t)(max - min) + 1);

	return (size_t)min + sl_rng_below(rng, above + 1);
}

static void
free_forward(struct sl_worker *w, struct sl_slot *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sl_slot_clear(w, &s[i]);
}

static void
free_backward(struct sl_worker *w, struct sl_slot *s, size_t n)
{
	while (n > 0)
		sl_slot_clear(w, &s[--n]);
}

static void
take(struct sl_worker *w, struct sl_ring *r)
{
	struct sl_ring_cell *c;

	while ((c = sl_ring_drain(r)) != NULL) {
		free_forward(w, c->item, c->count);
		sl_ring_release(r, c);
	}
}

/* To the right neighbour; false: its ring is full. */
static bool
give(struct sl_worker *w, const struct sl_slot *s, size_t n)
{
	unsigned right = (w->index + 1) % w->trial->config->threads;
	const struct group *to = w->trial->workers[right].state;
	struct sl_ring_cell *c = sl_ring_fill(to->ring);

	if (c == NULL)
		return false;
	memcpy(c->item, s, n * sizeof(*s));
	c->count = n;
	sl_ring_publish(c);
	return true;
}

static void
one_group(struct sl_worker *w, struct group *g)
{
	const int64_t *param = w->trial->param;
	size_t n = g->third;
	struct sl_slot *last = g->slot + 2 * n, *before = last + n;

	for (size_t i = 0; i < 3 * n; i++)
		sl_slot_fill(w, &g->slot[i],
		    small_size(&w->rng, param[P_MIN], param[P_MAX]));
	free_forward(w, g->slot, n);
	free_backward(w, g->slot + n, n);
	free_forward(w, before, n);
	if (g->ring == NULL || !give(w, last, n))
		memcpy(before, last, n * sizeof(*last));
	memset(last, 0, n * sizeof(*last));
	if (g->ring != NULL)
		take(w, g->ring);
}

static void
shbench_run(struct sl_worker *w)
{
	while (sl_worker_goes_on(w))
		one_group(w, w->state);
}

static void
shbench_drain(struct sl_worker *w)
{
	struct group *g = w->state;

	free_forward(w, g->slot, 4 * g->third);
	if (g->ring != NULL)
		take(w, g->ring);
}

const struct sl_workload sl_wl_shbench = {
    .source = "after MicroQuill's shbench, written anew; sizes 1 to 8 as in "
	      "scalloc's artifact, 64 to 400 as in Ralloc's, 1 to 1000",
    .stresses = "orders of free that are mixed; with other=1 frees of the "
		"neighbour's objects",
    .mcentral = "set by the sizes",
    .params =
	{
	    {"min", 1, 1, 1 << 20, "bytes, smallest"},
	    {"max", 1000, 1, 1 << 20, "bytes, largest"},
	    {"objects", 600, 3, 1000000, "of a group"},
	    {"other", 0, 0, 1, "1: the neighbour frees a third"},
	},
    .setup = shbench_setup,
    .run = shbench_run,
    .drain = shbench_drain,
};
