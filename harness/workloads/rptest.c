/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rptest.c - a table of objects, visited in strides, and gifts to others.
 *
 * Called by the trial engine.  A turn frees 24 to 80 % of `ops` objects at
 * places one stride apart, allocates 30 to 100 % of `ops` at places another
 * stride apart, and every `cross`-th turn gives as many fresh objects to
 * another worker, each in turn.  Small sizes are common: of the range, the
 * part u |v + w - 1| of three uniform numbers.  Of large objects one page in
 * four is written to.  The table is full when the run begins.
 *
 * The published program counts operations per second of CPU, which hides
 * what waits for a lock; here all is per second of the makespan.  With
 * `total` all threads together have so many objects.
 */
#include "harness/ring.h"

enum { P_MIN, P_MAX, P_BLOCKS, P_OPS, P_CROSS, P_TOTAL };

enum {
	RING_CELLS = 4,
	PAGE_BYTES = 4096,
};

struct table {
	size_t n;
	size_t free_at, fill_at;
	size_t free_by, fill_by; /* strides, prime to n */
	unsigned to;             /* who got the last gift */
	struct sl_slot *slot;
	struct sl_ring *ring; /* to this worker */
};

/* The first prime after p that does not divide n. */
static size_t
stride_after(size_t p, size_t n)
{
	static const size_t primes[] = {7, 11, 13, 17, 19, 23, 29, 31, 37, 41};
	size_t i = 0;

	while (primes[i] <= p || n % primes[i] == 0)
		i++;
	return primes[i];
}

static double
unit(struct sl_rng *rng)
{
	return (double)(sl_rng_next(rng) >> 32) / 4294967296.0;
}

static void
slot_renew(struct sl_worker *w, struct sl_slot *s)
{
	const int64_t *param = w->trial->param;
	double part = unit(&w->rng) + unit(&w->rng) - 1;
	size_t size;

	part = unit(&w->rng) * (part < 0 ? -part : part);
	size = (size_t)param[P_MIN] +
	       (size_t)(part * (double)(param[P_MAX] - param[P_MIN]));
	sl_slot_clear(w, s);
	sl_slot_fill(w, s, size);
	for (size_t at = 4 * PAGE_BYTES; at + 8 < size; at += 4 * PAGE_BYTES)
		((char *)s->ptr)[at] = 1;
}

static void
rptest_setup(struct sl_worker *w)
{
	const int64_t *param = w->trial->param;
	size_t ops = (size_t)param[P_OPS];
	struct table *t = sl_worker_memory(w, sizeof(*t));

	t->n =
	    sl_worker_share(w, (size_t)param[P_BLOCKS], (size_t)param[P_TOTAL]);
	t->fill_by = stride_after(0, t->n);
	t->free_by = stride_after(t->fill_by, t->n);
	t->to = w->index;
	t->slot = sl_worker_memory(w, t->n * sizeof(*t->slot));
	t->ring =
	    sl_ring_init(sl_worker_memory(w, sl_ring_bytes(RING_CELLS, ops)),
		RING_CELLS, ops);
	for (size_t i = 0; i < t->n; i++)
		slot_renew(w, &t->slot[i]);
	w->state = t;
}

static void
take(struct sl_worker *w, struct sl_ring *r)
{
	struct sl_ring_cell *c;

	while ((c = sl_ring_drain(r)) != NULL) {
		for (size_t i = 0; i < c->count; i++)
			sl_slot_clear(w, &c->item[i]);
		sl_ring_release(r, c);
	}
}

/* To the next of the others; what finds no room is freed here. */
static void
give(struct sl_worker *w, struct table *t, size_t n)
{
	struct table *to;
	struct sl_ring_cell *c;
	struct sl_slot s = {NULL, 0};

	t->to = (t->to + 1) % w->trial->config->threads;
	if (t->to == w->index)
		t->to = (t->to + 1) % w->trial->config->threads;
	to = w->trial->workers[t->to].state;
	c = sl_ring_fill(to->ring);
	for (size_t i = 0; i < n; i++) {
		s.ptr = NULL;
		slot_renew(w, &s);
		if (c != NULL)
			c->item[i] = s;
		else
			sl_slot_clear(w, &s);
	}
	if (c == NULL)
		return;
	c->count = n;
	sl_ring_publish(c);
}

/* 30 to 100 % of what a turn may do. */
static size_t
some(struct sl_worker *w)
{
	size_t n = (size_t)w->trial->param[P_OPS] *
		   (30 + sl_rng_below(&w->rng, 71)) / 100;

	return n > 0 ? n : 1;
}

static void
rptest_run(struct sl_worker *w)
{
	struct table *t = w->state;
	uint64_t cross = (uint64_t)w->trial->param[P_CROSS];
	uint64_t turn;
	size_t n;

	if (w->trial->config->threads == 1)
		cross = 0;
	for (turn = 0; sl_worker_goes_on(w); turn++) {
		for (n = some(w) * 8 / 10; n > 0; n--) {
			sl_slot_clear(w, &t->slot[t->free_at]);
			t->free_at = (t->free_at + t->free_by) % t->n;
		}
		take(w, t->ring);
		for (n = some(w); n > 0; n--) {
			slot_renew(w, &t->slot[t->fill_at]);
			t->fill_at = (t->fill_at + t->fill_by) % t->n;
		}
		if (cross > 0 && turn % cross == 0)
			give(w, t, some(w));
	}
}

static void
rptest_drain(struct sl_worker *w)
{
	struct table *t = w->state;

	take(w, t->ring);
	for (size_t i = 0; i < t->n; i++)
		sl_slot_clear(w, &t->slot[i]);
}

const struct sl_workload sl_wl_rptest = {
    .source = "Jansson's rpmalloc-benchmark, T 0 1 2 20000 50000 5000 16 1000 "
	      "and 16 8000; mimalloc-bench's rptest, T 0 1 2 500 1000 100 8 "
	      "16000",
    .stresses = "mixed sizes, lifetimes that neither stack nor queue, every "
		"third object freed by another thread",
    .mcentral = "set by the sizes",
    .params =
	{
	    {"min", 8, 8, 1 << 20, "bytes, smallest"},
	    {"max", 16000, 8, 1 << 24, "bytes, sizes are below"},
	    {"blocks", 1000, 1, 1 << 24, "places in a thread's table"},
	    {"ops", 100, 1, 1 << 20, "of a turn, at most"},
	    {"cross", 2, 0, 1 << 20, "turns from gift to gift; 0: none"},
	    {"total", 0, 0, 1 << 24, "places of all threads; 0: any number"},
	},
    .setup = rptest_setup,
    .run = rptest_run,
    .drain = rptest_drain,
};
