/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * contention.c - all threads swap objects through one table.
 *
 * Called by the trial engine.  A step allocates an object, exchanges it with
 * what lies in a random place and frees that: nearly every free is of
 * another thread's object, and which one's is random.  The published program
 * starts with an empty table, which for a while is only growth; here the
 * workers fill it before the run, each its part.
 */
#include "harness/slot.h"

enum { P_MIN, P_MAX, P_PLACES };

enum { STEPS_PER_LOOK = 256 };

static void
contention_prepare(struct sl_trial *t)
{
	t->shared = sl_trial_memory(
	    t, (size_t)t->param[P_PLACES] * sizeof(_Atomic(void *)));
}

static void *
object_new(struct sl_worker *w)
{
	const int64_t *param = w->trial->param;

	return sl_sized_new(
	    w, sl_size_between(&w->rng, param[P_MIN], param[P_MAX]));
}

static void
contention_setup(struct sl_worker *w)
{
	_Atomic(void *) *place = w->trial->shared;
	size_t n = (size_t)w->trial->param[P_PLACES];

	for (size_t i = w->index; i < n; i += w->trial->config->threads)
		/* relaxed: the runs begin after all setups. */
		sl_store_rlx(&place[i], object_new(w));
}

static void
contention_run(struct sl_worker *w)
{
	_Atomic(void *) *place = w->trial->shared;
	uint32_t n = (uint32_t)w->trial->param[P_PLACES];

	while (sl_worker_goes_on(w)) {
		for (int i = 0; i < STEPS_PER_LOOK; i++) {
			void *p = object_new(w);

			/* pairs(contention.place): who takes an object sees
			 * what is in it. */
			p = sl_xchg_ar(&place[sl_rng_below(&w->rng, n)], p);
			sl_sized_free(w, p);
		}
	}
}

static void
contention_drain(struct sl_worker *w)
{
	_Atomic(void *) *place = w->trial->shared;
	size_t n = (size_t)w->trial->param[P_PLACES];

	for (size_t i = w->index; i < n; i += w->trial->config->threads)
		/* relaxed: all runs have ended. */
		sl_sized_free(w, sl_load_rlx(&place[i]));
}

const struct sl_workload sl_wl_contention = {
    .source = "snmalloc's test/perf/contention: a table of 2^18, sizes 16 to "
	      "1039",
    .stresses = "remote frees of random threads' objects",
    .mcentral = "high",
    .params =
	{
	    {"min", 16, SL_SIZED_LEAST, 1 << 20, "bytes, smallest"},
	    {"max", 1039, SL_SIZED_LEAST, 1 << 20, "bytes, largest"},
	    {"places", 262144, 1, 1 << 24, "in the table that all share"},
	},
    .prepare = contention_prepare,
    .setup = contention_setup,
    .run = contention_run,
    .drain = contention_drain,
};
