/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * threadtest.c - allocate many objects, free them all, again and again.
 *
 * Called by the trial engine.  Weak scaling: each thread has `objects` of
 * its own.  The published program divides a fixed number among the threads
 * (here with `total`), so with 128 threads each one's objects fit in its
 * cache and the stress is gone.  A turn is never cut short: the window is
 * checked between turns.
 */
#include "harness/stamp.h"
#include "harness/trial.h"

enum { P_SIZE, P_OBJECTS, P_TOTAL };

static size_t
objects_of(const struct sl_worker *w)
{
	const int64_t *param = w->trial->param;

	return sl_worker_share(
	    w, (size_t)param[P_OBJECTS], (size_t)param[P_TOTAL]);
}

static void
threadtest_setup(struct sl_worker *w)
{
	w->state = sl_worker_memory(w, objects_of(w) * sizeof(void *));
}

static void
threadtest_run(struct sl_worker *w)
{
	size_t size = (size_t)w->trial->param[P_SIZE];
	size_t objects = objects_of(w);
	void **obj = w->state;

	while (sl_worker_goes_on(w)) {
		for (size_t i = 0; i < objects; i++) {
			obj[i] = sl_worker_malloc(w, size);
			sl_stamp_write(obj[i], size);
		}
		for (size_t i = 0; i < objects; i++) {
			sl_stamp_check(obj[i], size);
			sl_worker_free(w, obj[i]);
		}
	}
}

const struct sl_workload sl_wl_threadtest = {
    .source = "Berger et al. 2000 (Hoard), threadtest P 1000 10000 0 8; "
	      "here 10000 objects for each thread",
    .stresses = "growth and return of spans by their own thread",
    .mcentral = "low",
    .params =
	{
	    {"size", 64, 1, 1 << 20, "bytes"},
	    {"objects", 10000, 1, 10000000, "live at once, per thread"},
	    {"total", 0, 0, 10000000,
		"objects of all threads at most; 0: any number"},
	},
    .setup = threadtest_setup,
    .run = threadtest_run,
};
