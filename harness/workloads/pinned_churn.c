/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pinned_churn.c - spans go between partial and full, and nowhere else.
 *
 * Called by the trial engine.  Each thread allocates as many objects as fill
 * `spans` spans of 8 KiB and keeps one object per span to the end, so that no
 * span ever becomes empty: after the first turn the page heap is not used.
 * A turn frees `batch` of the other objects and allocates them again.  With
 * remote=1 a thread frees the objects of its left neighbour instead, which
 * come through a ring; a single thread is its own neighbour.
 *
 * The size is the dial: a span of 2048-byte objects holds 4, so mcentral is
 * asked once in about four mallocs; with 64 bytes, once in 128.
 */
#include "harness/ring.h"
#include "harness/stamp.h"
#include "harness/trial.h"

enum { P_SIZE, P_SPANS, P_BATCH, P_HOLD, P_REMOTE };

enum {
	SPAN_BYTES = 8192,
	RING_CELLS = 4,
};

struct churn {
	void **obj; /* npinned objects that stay, then the others */
	size_t nobj;
	size_t npinned;
	size_t batch;
	size_t at;            /* the next to be replaced, among the others */
	struct sl_ring *ring; /* to the right neighbour */
};

/* No pinned object is in the span of p. */
static bool
is_new_span(const struct churn *c, const void *p)
{
	uintptr_t span = (uintptr_t)p / SPAN_BYTES;

	for (size_t i = 0; i < c->npinned; i++)
		if ((uintptr_t)c->obj[i] / SPAN_BYTES == span)
			return false;
	return true;
}

static void *
object_new(struct sl_worker *w)
{
	size_t size = (size_t)w->trial->param[P_SIZE];
	void *p = sl_worker_malloc(w, size);

	sl_stamp_write(p, size);
	return p;
}

static void
object_free(struct sl_worker *w, void *p)
{
	sl_stamp_check(p, (size_t)w->trial->param[P_SIZE]);
	sl_worker_free(w, p);
}

/* At most one pin for each span asked for, in case another allocator spreads
 * the objects: at least half of them can then be replaced. */
static void
objects_alloc(struct sl_worker *w, struct churn *c)
{
	size_t max_pins = (size_t)w->trial->param[P_SPANS];

	for (size_t i = 0; i < c->nobj; i++) {
		void *p = object_new(w);

		c->obj[i] = p;
		if (c->npinned < max_pins && is_new_span(c, p)) {
			c->obj[i] = c->obj[c->npinned];
			c->obj[c->npinned++] = p;
		}
	}
}

static void
churn_setup(struct sl_worker *w)
{
	const int64_t *param = w->trial->param;
	size_t nobj = (size_t)(param[P_SPANS] * (SPAN_BYTES / param[P_SIZE]));
	size_t others;
	struct churn *c = sl_worker_memory(w, sizeof(*c));

	c->obj = sl_worker_memory(w, nobj * sizeof(*c->obj));
	c->nobj = nobj;
	objects_alloc(w, c);
	others = nobj - c->npinned;
	c->batch = (size_t)param[P_BATCH];
	if (c->batch == 0 || c->batch > others)
		c->batch = others;
	if (param[P_REMOTE])
		c->ring = sl_ring_init(
		    sl_worker_memory(w, sl_ring_bytes(RING_CELLS, c->batch)),
		    RING_CELLS, c->batch);
	w->state = c;
}

/* The next `batch` objects to replace; fewer at the end of the table. */
static void **
next_objects(struct churn *c, size_t *n)
{
	size_t others = c->nobj - c->npinned;
	void **obj;

	if (c->at >= others)
		c->at = 0;
	obj = c->obj + c->npinned + c->at;
	*n = others - c->at < c->batch ? others - c->at : c->batch;
	c->at += *n;
	return obj;
}

static void
churn_own(struct sl_worker *w, struct churn *c)
{
	uint64_t hold = (uint64_t)w->trial->param[P_HOLD];
	void **obj;
	size_t n;

	while (sl_worker_goes_on(w)) {
		obj = next_objects(c, &n);
		for (size_t i = 0; i < n; i++)
			object_free(w, obj[i]);
		for (size_t i = 0; i < n; i++)
			obj[i] = object_new(w);
		sl_wait_pauses(hold);
	}
}

/* Free one batch of the left neighbour's, if there is one. */
static bool
free_neighbours(struct sl_worker *w)
{
	unsigned left =
	    (w->index > 0 ? w->index : w->trial->config->threads) - 1;
	struct churn *from = w->trial->workers[left].state;
	struct sl_ring_cell *cell = sl_ring_drain(from->ring);

	if (cell == NULL)
		return false;
	for (size_t i = 0; i < cell->count; i++)
		object_free(w, cell->item[i].ptr);
	sl_ring_release(from->ring, cell);
	return true;
}

/* Give objects to the right neighbour, and take new ones in their place. */
static bool
give_and_renew(struct sl_worker *w, struct churn *c)
{
	struct sl_ring_cell *cell = sl_ring_fill(c->ring);
	void **obj;

	if (cell == NULL)
		return false;
	obj = next_objects(c, &cell->count);
	for (size_t i = 0; i < cell->count; i++) {
		cell->item[i].ptr = obj[i];
		obj[i] = object_new(w);
	}
	sl_ring_publish(cell);
	return true;
}

/* No deadlock: who cannot give still frees, so no ring stays full. */
static void
churn_remote(struct sl_worker *w, struct churn *c)
{
	uint64_t hold = (uint64_t)w->trial->param[P_HOLD];
	struct sl_wait wait = sl_trial_wait(w->trial);
	bool is_busy;

	while (sl_worker_goes_on(w)) {
		is_busy = give_and_renew(w, c);
		is_busy |= free_neighbours(w);
		if (is_busy) {
			wait = sl_trial_wait(w->trial);
			sl_wait_pauses(hold);
		} else {
			sl_wait_once(&wait);
		}
	}
}

static void
churn_run(struct sl_worker *w)
{
	struct churn *c = w->state;

	if (c->ring != NULL)
		churn_remote(w, c);
	else
		churn_own(w, c);
}

static void
churn_drain(struct sl_worker *w)
{
	struct churn *c = w->state;

	while (c->ring != NULL && free_neighbours(w))
		;
	for (size_t i = 0; i < c->nobj; i++)
		object_free(w, c->obj[i]);
}

const struct sl_workload sl_wl_pinned_churn = {
    .source = "Spanlab's own; the transitions that Michael 2004 calls FULL "
	      "to PARTIAL and back",
    .stresses = "spans between partial and full, without the page heap",
    .mcentral = "very high; set by size",
    .sees_addresses = true,
    .params =
	{
	    {"size", 512, 8, SPAN_BYTES / 2, "bytes"},
	    {"spans", 16, 1, 4096, "per thread"},
	    {"batch", 0, 0, 1 << 20, "freed, then allocated; 0: all"},
	    {"hold", 0, 0, 1 << 20, "pauses between turns"},
	    {"remote", 0, 0, 1, "1: the neighbour frees"},
	},
    .setup = churn_setup,
    .run = churn_run,
    .drain = churn_drain,
};
