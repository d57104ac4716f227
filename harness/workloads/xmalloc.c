/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * xmalloc.c - producers allocate, consumers free: every free is remote.
 *
 * Called by the trial engine.  Threads 2k and 2k+1 are a pair: a producer, a
 * consumer and a ring of batches between them.  With an odd number of
 * threads the last one is a second consumer of the first ring.  A single
 * thread plays both parts in turn: its frees are local, which makes T=1 the
 * base line, not a point of the remote-free curve.
 *
 * The published program passes all batches through one queue under a mutex,
 * which then is what limits it; a ring per pair removes that, and bounds
 * memory to cells * batch objects per pair.  What is still in a ring at the
 * end of the window is freed untimed.  A producer counts its mallocs, a
 * consumer its frees; throughput counts mallocs.
 */
#include "harness/ring.h"
#include "harness/stamp.h"
#include "harness/trial.h"

enum { P_SIZE, P_BATCH, P_CELLS, P_MARKS };

/* SuperMalloc's 17 sizes of `xmalloc-test -s -1`. */
static const uint16_t mixed_sizes[] = {8, 12, 16, 24, 32, 48, 64, 96, 128, 192,
    256, 384, 512, 768, 1024, 1536, 2048};

struct pair {
	struct sl_ring *ring;                     /* constant */
	alignas(SL_RING_LINE) _Atomic(bool) done; /* the producer has ended */
};

static unsigned
npairs(const struct sl_trial *t)
{
	return t->config->threads > 1 ? t->config->threads / 2 : 1;
}

static void
xmalloc_prepare(struct sl_trial *t)
{
	size_t cells = (size_t)t->param[P_CELLS];
	size_t batch = (size_t)t->param[P_BATCH];
	size_t bytes = sl_ring_bytes(cells, batch);
	unsigned n = npairs(t);
	struct pair *pair = sl_trial_memory(t, n * sizeof(*pair));
	char *rings = sl_trial_memory(t, n * bytes);

	for (unsigned i = 0; i < n; i++)
		pair[i].ring = sl_ring_init(rings + i * bytes, cells, batch);
	t->shared = pair;
}

static void
fill(struct sl_worker *w, struct sl_ring_cell *c)
{
	int64_t size = w->trial->param[P_SIZE];
	size_t batch = (size_t)w->trial->param[P_BATCH];
	bool marks = w->trial->param[P_MARKS] != 0;
	const uint32_t nmixed = sizeof(mixed_sizes) / sizeof(mixed_sizes[0]);

	for (size_t i = 0; i < batch; i++) {
		struct sl_slot *it = &c->item[i];

		it->size = (size_t)size;
		if (size == SL_PARAM_MIXED)
			it->size = mixed_sizes[sl_rng_below(&w->rng, nmixed)];
		it->ptr = sl_worker_malloc(w, it->size);
		if (marks)
			sl_stamp_write(it->ptr, it->size);
		else
			*(char *)it->ptr = 1;
	}
	c->count = batch;
	sl_ring_publish(c);
}

static void
empty(struct sl_worker *w, struct sl_ring *r, struct sl_ring_cell *c)
{
	bool marks = w->trial->param[P_MARKS] != 0;

	for (size_t i = 0; i < c->count; i++) {
		if (marks)
			sl_stamp_check(c->item[i].ptr, c->item[i].size);
		sl_worker_free(w, c->item[i].ptr);
	}
	sl_ring_release(r, c);
}

static void
produce(struct sl_worker *w, struct pair *p)
{
	struct sl_wait wait = sl_trial_wait(w->trial);
	struct sl_ring_cell *c;

	while (sl_worker_goes_on(w)) {
		c = sl_ring_fill(p->ring);
		if (c == NULL) {
			sl_wait_once(&wait);
			continue;
		}
		fill(w, c);
		wait = sl_trial_wait(w->trial);
	}
	/* pairs(xmalloc.done): what was published before is in the ring. */
	sl_store_rel(&p->done, true);
}

static void
consume(struct sl_worker *w, struct pair *p)
{
	struct sl_wait wait = sl_trial_wait(w->trial);
	struct sl_ring_cell *c;
	bool is_done;

	while (sl_worker_goes_on(w)) {
		/* pairs(xmalloc.done): look before the ring, not after. */
		is_done = sl_load_acq(&p->done);
		c = sl_ring_drain(p->ring);
		if (c != NULL) {
			empty(w, p->ring, c);
			wait = sl_trial_wait(w->trial);
		} else if (is_done) {
			return;
		} else {
			sl_wait_once(&wait);
		}
	}
}

static void
alone(struct sl_worker *w, struct pair *p)
{
	while (sl_worker_goes_on(w)) {
		fill(w, sl_ring_fill(p->ring));
		empty(w, p->ring, sl_ring_drain(p->ring));
	}
}

/* The pair of a worker; an odd one at the end joins the first. */
static struct pair *
pair_of(const struct sl_worker *w)
{
	struct pair *pair = w->trial->shared;

	return &pair[w->index / 2 < npairs(w->trial) ? w->index / 2 : 0];
}

static void
xmalloc_run(struct sl_worker *w)
{
	unsigned threads = w->trial->config->threads;

	if (threads == 1)
		alone(w, pair_of(w));
	else if (w->index % 2 == 0 && w->index + 1 < threads)
		produce(w, pair_of(w));
	else
		consume(w, pair_of(w));
}

static void
xmalloc_drain(struct sl_worker *w)
{
	struct sl_ring *r = pair_of(w)->ring;
	struct sl_ring_cell *c;

	if (w->index % 2 == 0)
		return; /* T=1: alone() leaves nothing */
	while ((c = sl_ring_drain(r)) != NULL)
		empty(w, r, c);
}

const struct sl_workload sl_wl_xmalloc = {
    .source = "Lever and Boreham 2000, as xmalloc-test of SuperMalloc "
	      "(Kuszmaul 2015), -s 64, 1024 and -1",
    .stresses = "remote frees, objects that flow one way",
    .mcentral = "very high",
    .operation = "an object allocated by one thread and freed by another",
    .least_threads = 2,
    .params =
	{
	    {"size", 64, -1, 1 << 20, "bytes; mixed: 17 sizes, 8..2048"},
	    {"batch", 512, 1, 65536, "objects handed over at once"},
	    {"cells", 4, 2, 1024, "batches in a ring"},
	    {"marks", 1, 0, 1, "1: objects are marked, and marks checked"},
	},
    .prepare = xmalloc_prepare,
    .run = xmalloc_run,
    .drain = xmalloc_drain,
};
