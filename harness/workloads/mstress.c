/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mstress.c - objects that wander, threads that end, and uneven work.
 *
 * Called by the trial engine.  A generation is a fresh thread: it allocates
 * `allocs` objects for a short time and half as many that it keeps to its
 * end, twice as much with each worker, up to eight times; frees one of the
 * first kind in two steps of three, and in one of four exchanges one with
 * whatever lies in a random place of a table that all share.  At its end it
 * frees what it has.  Sizes are 8 to 128 bytes, kept objects up to 512, and
 * one in a hundred is a hundred times as large.
 *
 * The author of the original wrote it to break allocators and says that it
 * is no benchmark: it is here for the ways that objects go.
 */
#include "harness/fresh.h"
#include "harness/slot.h"

enum { P_ALLOCS, P_PLACES };

enum {
	WORD_BYTES = 8,
	SHIFTS = 5,      /* 1 to 16 words */
	KEPT_SHIFTS = 7, /* 1 to 64 words */
	LOAD_STEPS = 8,  /* worker i does i % 8 + 1 times the work */
};

/* Of one worker; its generation's thread only. */
struct hand {
	struct sl_worker *w;
	size_t allocs, keeps;
	void **brief; /* objects; NULL where one was freed */
	size_t nbrief;
	void **kept;
	size_t nkept;
};

static void
mstress_prepare(struct sl_trial *t)
{
	t->shared = sl_trial_memory(
	    t, (size_t)t->param[P_PLACES] * sizeof(_Atomic(void *)));
}

static void
mstress_setup(struct sl_worker *w)
{
	struct hand *h = sl_worker_memory(w, sizeof(*h));

	h->w = w;
	h->allocs =
	    (size_t)w->trial->param[P_ALLOCS] * (w->index % LOAD_STEPS + 1);
	h->keeps = h->allocs / 2;
	h->brief = sl_worker_memory(w, h->allocs * sizeof(*h->brief));
	h->kept = sl_worker_memory(w, (h->keeps + 1) * sizeof(*h->kept));
	w->state = h;
}

static bool
chance(struct sl_worker *w, uint32_t percent)
{
	return sl_rng_below(&w->rng, 100) < percent;
}

static void *
object_new(struct sl_worker *w, uint32_t shifts)
{
	size_t words = (size_t)1 << sl_rng_below(&w->rng, shifts);

	if (chance(w, 1))
		words *= 100;
	return sl_sized_new(w, words * WORD_BYTES);
}

static void
exchange(struct sl_worker *w, void **p)
{
	_Atomic(void *) *place = w->trial->shared;
	uint32_t at =
	    sl_rng_below(&w->rng, (uint32_t)w->trial->param[P_PLACES]);

	/* pairs(mstress.place): who takes an object sees what is in it. */
	*p = sl_xchg_ar(&place[at], *p);
}

static void
step(struct sl_worker *w, struct hand *h)
{
	void **p;

	if (h->nkept == h->keeps || (h->nbrief < h->allocs && chance(w, 50)))
		h->brief[h->nbrief++] = object_new(w, SHIFTS);
	else
		h->kept[h->nkept++] = object_new(w, KEPT_SHIFTS);
	if (h->nbrief > 0 && chance(w, 66)) {
		p = &h->brief[sl_rng_below(&w->rng, (uint32_t)h->nbrief)];
		sl_sized_free(w, *p);
		*p = NULL;
	}
	if (h->nbrief > 0 && chance(w, 25))
		exchange(
		    w, &h->brief[sl_rng_below(&w->rng, (uint32_t)h->nbrief)]);
}

static void *
generation_run(void *arg)
{
	struct hand *h = arg;
	struct sl_worker *w = h->w;
	const size_t steps_per_look = 64;

	h->nbrief = 0;
	h->nkept = 0;
	for (size_t i = 0; i < h->allocs + h->keeps; i++) {
		if (i % steps_per_look == 0 && !sl_worker_goes_on(w))
			break;
		step(w, h);
	}
	while (h->nbrief > 0)
		sl_sized_free(w, h->brief[--h->nbrief]);
	while (h->nkept > 0)
		sl_sized_free(w, h->kept[--h->nkept]);
	return NULL;
}

static void
mstress_run(struct sl_worker *w)
{
	while (sl_worker_goes_on(w))
		sl_fresh_run(w, generation_run, w->state);
}

/* What lies in the table is the first worker's to free. */
static void
mstress_drain(struct sl_worker *w)
{
	_Atomic(void *) *place = w->trial->shared;

	for (int64_t i = 0; w->index == 0 && i < w->trial->param[P_PLACES]; i++)
		/* relaxed: all runs have ended. */
		sl_sized_free(w, sl_load_rlx(&place[i]));
}

const struct sl_workload sl_wl_mstress = {
    .source = "after Leijen's mstress of mimalloc-bench, T 50 25: scale 50, "
	      "a table of 1000, a swap in one step of four",
    .stresses = "objects that wander, threads that end, uneven work",
    .mcentral = "medium",
    .params =
	{
	    {"allocs", 5000, 1, 1 << 20, "of the first worker's thread"},
	    {"places", 1000, 1, 1 << 20, "in the table that all share"},
	},
    .prepare = mstress_prepare,
    .setup = mstress_setup,
    .run = mstress_run,
    .drain = mstress_drain,
};
