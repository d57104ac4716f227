/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * startup.c - threads that live for a few objects: first refills only.
 *
 * Called by the trial engine.  Each worker starts one fresh thread after the
 * other; each of these allocates one object of each of `sizes` sizes, from
 * 16 bytes in steps of a factor of two, frees them and ends.  So each malloc
 * is the first of its class in an empty cache, and each span goes back at
 * once.  Much of the time is the kernel's, for the threads.
 */
#include "harness/fresh.h"
#include "harness/slot.h"

enum { P_SIZES };

enum {
	LEAST_SHIFT = 4,
	SIZES_MAX = 12,
};

static void *
short_life(void *arg)
{
	struct sl_worker *w = arg;
	struct sl_slot slot[SIZES_MAX];
	int n = (int)w->trial->param[P_SIZES];

	for (int i = 0; i < n; i++)
		sl_slot_fill(w, &slot[i], (size_t)1 << (LEAST_SHIFT + i));
	for (int i = 0; i < n; i++)
		sl_slot_clear(w, &slot[i]);
	return NULL;
}

static void
startup_run(struct sl_worker *w)
{
	while (sl_worker_goes_on(w))
		sl_fresh_run(w, short_life, w);
}

const struct sl_workload sl_wl_startup = {
    .source = "snmalloc's test/perf/startup: one malloc in each new thread; "
	      "here one of each size",
    .stresses = "empty thread caches: threads begin and end",
    .mcentral = "every malloc",
    .params =
	{
	    {"sizes", SIZES_MAX, 1, SIZES_MAX, "16, 32, ... bytes"},
	},
    .run = startup_run,
};
