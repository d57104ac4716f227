/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * garbage.c - allocate, write the first byte, drop: everything is garbage.
 *
 * Called by the trial engine.  The shape of the benchmark that Go's change of
 * mcentral (CL 221182, Go 1.15) was published with: 1 KiB objects that nobody
 * keeps, so that each collection finds everything dead.  It is that only in
 * epoch mode (an allocator such as mutex:epoch=4), where the drop takes effect
 * when the span is swept; with frees that count at once it is the control
 * `pairs`.
 */
#include "harness/trial.h"

enum { G_SIZE };

enum { OBJECTS_PER_LOOK = 256 };

SL_BATCH void
garbage_batch(struct sl_worker *w, size_t size, bool watched)
{
	for (int i = 0; i < OBJECTS_PER_LOOK; i++) {
		char *p = sl_batch_malloc(w, size, watched);

		*p = 1;
		sl_batch_free(w, p, watched);
	}
	sl_batch_end(w, OBJECTS_PER_LOOK, OBJECTS_PER_LOOK, watched);
}

static void
garbage_run(struct sl_worker *w)
{
	size_t size = (size_t)w->trial->param[G_SIZE];

	while (sl_worker_goes_on(w)) {
		if (sl_batch_is_watched(w, OBJECTS_PER_LOOK))
			garbage_batch(w, size, true);
		else
			garbage_batch(w, size, false);
	}
}

const struct sl_workload sl_wl_garbage = {
    .source = "Go CL 221182 (1 KiB allocations); its program is not public",
    .stresses = "refills and sweeps, in epoch mode",
    .mcentral = "every span, in epoch mode; none otherwise",
    .params =
	{
	    {"size", 1024, 1, 32768, "bytes"},
	},
    .run = garbage_run,
};
