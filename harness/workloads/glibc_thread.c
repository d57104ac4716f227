/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * glibc_thread.c - a small working set of sizes as programs have them.
 *
 * Called by the trial engine.  Each step replaces an object of the thread's
 * 1024.  Sizes and places come from two tables, of 8000 and 4096 entries,
 * which are made once and read by all; each thread begins where the others
 * begin.  The density of the sizes falls with their square: half are below
 * twice the least.  The published seed is 88; here it is the trial's.
 */
#include "harness/slot.h"

enum { P_MIN, P_MAX, P_OBJECTS };

enum {
	SIZES = 8000,
	PLACES = 4096,
	STEPS_PER_LOOK = 256,
};

struct tables {
	uint32_t size[SIZES];
	uint32_t place[PLACES];
};

static void
glibc_thread_prepare(struct sl_trial *t)
{
	struct tables *tab = sl_trial_memory(t, sizeof(*tab));
	double least = 1 / (double)t->param[P_MIN];
	double most = 1 / (double)t->param[P_MAX];
	struct sl_rng rng;
	double u;

	sl_rng_init(&rng, t->config->seed, t->config->round, SL_THREADS_MAX);
	for (int i = 0; i < SIZES; i++) {
		u = (double)(sl_rng_next(&rng) >> 32) / 4294967296.0;
		tab->size[i] = (uint32_t)(1 / (least + (most - least) * u));
	}
	for (int i = 0; i < PLACES; i++)
		tab->place[i] =
		    sl_rng_below(&rng, (uint32_t)t->param[P_OBJECTS]);
	t->shared = tab;
}

static void
glibc_thread_setup(struct sl_worker *w)
{
	w->state = sl_worker_memory(
	    w, (size_t)w->trial->param[P_OBJECTS] * sizeof(struct sl_slot));
}

static void
glibc_thread_run(struct sl_worker *w)
{
	const struct tables *tab = w->trial->shared;
	struct sl_slot *slot = w->state;
	size_t at = 0;

	while (sl_worker_goes_on(w)) {
		for (int i = 0; i < STEPS_PER_LOOK; i++, at++) {
			struct sl_slot *s = &slot[tab->place[at % PLACES]];

			sl_slot_clear(w, s);
			sl_slot_fill(w, s, tab->size[at % SIZES]);
		}
	}
}

static void
glibc_thread_drain(struct sl_worker *w)
{
	struct sl_slot *slot = w->state;

	for (int64_t i = 0; i < w->trial->param[P_OBJECTS]; i++)
		sl_slot_clear(w, &slot[i]);
}

const struct sl_workload sl_wl_glibc_thread = {
    .source = "glibc's benchtests, bench-malloc-thread: 1024 objects of 4 to "
	      "32768 bytes, inverse square",
    .stresses = "the fast path, with sizes as programs have them",
    .mcentral = "very low",
    .params =
	{
	    {"min", 4, 1, 1 << 20, "bytes, smallest"},
	    {"max", 32768, 1, 1 << 24, "bytes, largest"},
	    {"objects", 1024, 1, 1 << 20, "of a thread"},
	},
    .prepare = glibc_thread_prepare,
    .setup = glibc_thread_setup,
    .run = glibc_thread_run,
    .drain = glibc_thread_drain,
};
