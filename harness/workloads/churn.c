/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * churn.c - a full table whose objects are replaced at random.
 *
 * Called by the trial engine.  Each step frees an object anywhere in the
 * thread's table and puts one of a random size in its place.  With `total`
 * all threads together have so many objects, so that memory stays bounded.
 */
#include "harness/trial.h"

enum { P_MIN, P_MAX, P_OBJECTS, P_TOTAL };

enum { STEPS_PER_LOOK = 256 };

struct churn {
	size_t n;
	void **object;
};

SL_BATCH char *
object_new(struct sl_worker *w, uint64_t random, bool watched)
{
	const int64_t *param = w->trial->param;
	uint64_t range = (uint64_t)(param[P_MAX] - param[P_MIN]) + 1;
	size_t size =
	    (size_t)param[P_MIN] + (size_t)((random >> 32) * range >> 32);
	char *p = sl_batch_malloc(w, size, watched);

	*p = 1;
	return p;
}

static void
churn_setup(struct sl_worker *w)
{
	const int64_t *param = w->trial->param;
	struct churn *c = sl_worker_memory(w, sizeof(*c));

	c->n = sl_worker_share(
	    w, (size_t)param[P_OBJECTS], (size_t)param[P_TOTAL]);
	c->object = sl_worker_memory(w, c->n * sizeof(*c->object));
	for (size_t i = 0; i < c->n; i++)
		c->object[i] = object_new(w, sl_rng_next(&w->rng), true);
	w->state = c;
}

SL_BATCH void
churn_batch(struct sl_worker *w, const struct churn *c, bool watched)
{
	for (int i = 0; i < STEPS_PER_LOOK; i++) {
		uint64_t r = sl_rng_next(&w->rng);
		size_t at = (size_t)((r & UINT32_MAX) * c->n >> 32);

		sl_batch_free(w, c->object[at], watched);
		r = sl_rng_next(&w->rng);
		c->object[at] = object_new(w, r, watched);
	}
	sl_batch_end(w, STEPS_PER_LOOK, STEPS_PER_LOOK, watched);
}

static void
churn_run(struct sl_worker *w)
{
	const struct churn *c = w->state;

	while (sl_worker_goes_on(w)) {
		if (sl_batch_is_watched(w, STEPS_PER_LOOK))
			churn_batch(w, c, true);
		else
			churn_batch(w, c, false);
	}
}

static void
churn_drain(struct sl_worker *w)
{
	const struct churn *c = w->state;

	for (size_t i = 0; i < c->n; i++)
		sl_worker_free(w, c->object[i]);
}

const struct sl_workload sl_wl_churn = {
    .source = "random replacement in a table, as in the inner loop of Larson "
	      "and Krishnan 1998",
    .stresses = "mixed sizes, random lifetimes, a heap that has been in use",
    .mcentral = "set by the sizes",
    .operation = "an object replaced",
    .params =
	{
	    {"min", 16, 1, 1 << 26, "bytes, smallest"},
	    {"max", 512, 1, 1 << 26, "bytes, largest"},
	    {"objects", 1000, 1, 10000000, "of a thread"},
	    {"total", 0, 0, 10000000,
		"objects of all threads at most; 0: any number"},
	},
    .setup = churn_setup,
    .run = churn_run,
    .drain = churn_drain,
};
