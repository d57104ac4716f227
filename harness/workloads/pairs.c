/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pairs.c - malloc and free of one object at once, over and over.
 *
 * Called by the trial engine.  The control: it stays inside the thread cache,
 * so variants must not differ; a difference is a fault of the harness.
 */
#include "harness/trial.h"

enum { P_SIZE };

enum { PAIRS_PER_LOOK = 1024 };

SL_BATCH void
pairs_batch(struct sl_worker *w, size_t size, bool watched)
{
	for (int i = 0; i < PAIRS_PER_LOOK; i++) {
		char *p = sl_batch_malloc(w, size, watched);

		*p = 1;
		sl_batch_free(w, p, watched);
	}
	sl_batch_end(w, PAIRS_PER_LOOK, PAIRS_PER_LOOK, watched);
}

static void
pairs_run(struct sl_worker *w)
{
	size_t size = (size_t)w->trial->param[P_SIZE];

	while (sl_worker_goes_on(w)) {
		if (sl_batch_is_watched(w, PAIRS_PER_LOOK))
			pairs_batch(w, size, true);
		else
			pairs_batch(w, size, false);
	}
}

const struct sl_workload sl_wl_pairs = {
    .source = "Lever and Boreham 2000, linux-scalability (pairs of malloc "
	      "and free, 512 or 8 bytes)",
    .stresses = "the fast path only",
    .mcentral = "none",
    .is_control = true,
    .params =
	{
	    {"size", 64, 1, 1 << 20, "bytes"},
	},
    .run = pairs_run,
};
