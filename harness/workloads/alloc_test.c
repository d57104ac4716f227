/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * alloc_test.c - hot places and cold ones; whole objects written and read.
 *
 * Called by the trial engine.  A step visits a place: an object there is read
 * and freed, an empty place gets one, written in full.  Which place follows
 * Pareto's rule six times over (80/20^6): of the seven parts of the table
 * the k-th is chosen with the chance C(6,k) 0.8^(6-k) 0.2^k and has the share
 * C(6,k) 0.2^(6-k) 0.8^k of the places, so that a quarter of all visits goes
 * to one place in sixteen thousand.  Half of the sizes are 2^least/2 + 1 to
 * 2^least bytes, a quarter up to twice as large, and so on to 2^most.
 *
 * All threads share `total` places (strong scaling) as in the published
 * program, whose arrays end at 32 threads; total=0 is weak scaling.  The
 * published sizes are small (least=3): most of a step is in the thread's
 * cache, so the size is an axis here.
 */
#include "harness/slot.h"

enum { P_LEAST, P_MOST, P_PLACES, P_TOTAL };

enum {
	PARTS = 7,
	STEPS_PER_LOOK = 256,
};

struct table {
	size_t begin[PARTS + 1]; /* of each part, in places */
	struct sl_slot *slot;
	uint64_t sum; /* of what was read */
};

static const double part_chance[PARTS] = {
    0.262144, 0.393216, 0.24576, 0.08192, 0.01536, 0.001536, 0.000064};

static void
place_fill(struct sl_worker *w, struct sl_slot *s)
{
	const int64_t *param = w->trial->param;
	uint64_t r = sl_rng_next(&w->rng) >> 16;
	unsigned k = (unsigned)__builtin_ctzll(r | UINT64_C(1) << 32);
	unsigned most = (unsigned)(param[P_MOST] - param[P_LEAST]);
	size_t half = (size_t)1 << (param[P_LEAST] - 1 + (k < most ? k : most));

	s->size = half + 1 + sl_rng_below(&w->rng, (uint32_t)half);
	s->ptr = sl_worker_malloc(w, s->size);
	memset(s->ptr, (int)(s->size & 0xff), s->size);
}

static void
place_clear(struct sl_worker *w, struct table *t, struct sl_slot *s)
{
	const unsigned char *p = s->ptr;
	uint64_t sum = 0;

	for (size_t i = 0; i < s->size; i++)
		sum += p[i];
	if (sum != s->size * (s->size & 0xff))
		sl_stamp_broken(p, s->size, "some");
	t->sum += sum;
	sl_worker_free(w, s->ptr);
	s->ptr = NULL;
}

static void
alloc_test_setup(struct sl_worker *w)
{
	const int64_t *param = w->trial->param;
	size_t n =
	    sl_worker_share(w, (size_t)param[P_PLACES], (size_t)param[P_TOTAL]);
	struct table *t = sl_worker_memory(w, sizeof(*t));

	t->slot = sl_worker_memory(w, n * sizeof(*t->slot));
	for (int i = 0; i < PARTS - 1; i++)
		t->begin[i + 1] =
		    t->begin[i] +
		    (size_t)((double)n * part_chance[PARTS - 1 - i]);
	t->begin[PARTS] = n;
	for (size_t i = 0; i < n; i++)
		if (sl_rng_next(&w->rng) >> 63)
			place_fill(w, &t->slot[i]);
	w->state = t;
}

/* An empty part (of a small table) passes its visits on to the next. */
static struct sl_slot *
place_pick(struct sl_worker *w, const struct table *t)
{
	double u = (double)(sl_rng_next(&w->rng) >> 32) / 4294967296.0;
	int part = 0;
	size_t n;

	while (part < PARTS - 1 && u >= part_chance[part])
		u -= part_chance[part++];
	while (t->begin[part + 1] == t->begin[part])
		part++;
	n = t->begin[part + 1] - t->begin[part];
	return &t->slot[t->begin[part] + sl_rng_below(&w->rng, (uint32_t)n)];
}

static void
alloc_test_run(struct sl_worker *w)
{
	struct table *t = w->state;
	struct sl_slot *s;

	while (sl_worker_goes_on(w)) {
		for (int i = 0; i < STEPS_PER_LOOK; i++) {
			s = place_pick(w, t);
			if (s->ptr != NULL)
				place_clear(w, t, s);
			else
				place_fill(w, s);
		}
	}
}

static void
alloc_test_drain(struct sl_worker *w)
{
	struct table *t = w->state;

	for (size_t i = 0; i < t->begin[PARTS]; i++)
		if (t->slot[i].ptr != NULL)
			place_clear(w, t, &t->slot[i]);
}

const struct sl_workload sl_wl_alloc_test = {
    .source = "OLogN 2018, alloc-test: 2^18 / T places, sizes up to 1 KiB, "
	      "Pareto 80/20^6, full access",
    .stresses = "hot and cold lifetimes, memory that is read and written",
    .mcentral = "set by the sizes",
    .params =
	{
	    {"least", 3, 2, 20, "half of the sizes are up to 2^least"},
	    {"most", 10, 2, 24, "all are up to 2^most"},
	    {"places", 262144, 1, 1 << 24, "of a thread, at most"},
	    {"total", 262144, 0, 1 << 24, "of all threads; 0: any number"},
	},
    .setup = alloc_test_setup,
    .run = alloc_test_run,
    .drain = alloc_test_drain,
};
