/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * calloc.c - calloc and free of one object at once, over and over.
 *
 * Called by the trial engine.
 */
#include "harness/trial.h"

enum { P_SIZE };

enum { PAIRS_PER_LOOK = 256 };

static void
calloc_run(struct sl_worker *w)
{
	size_t size = (size_t)w->trial->param[P_SIZE];

	while (sl_worker_goes_on(w)) {
		for (int i = 0; i < PAIRS_PER_LOOK; i++) {
			char *p = calloc(1, size);

			if (p == NULL)
				sl_trial_no_memory(size);
			*p = 1;
			free(p);
		}
		w->mallocs += PAIRS_PER_LOOK;
		w->frees += PAIRS_PER_LOOK;
	}
}

const struct sl_workload sl_wl_calloc = {
    .source = "pairs as in linux-scalability, Lever and Boreham 2000, with "
	      "zeroed memory",
    .stresses = "zeroing, and knowing what is zero already",
    .mcentral = "none",
    .operation = "a calloc and its free",
    .params =
	{
	    {"size", 64, 1, 1 << 26, "bytes"},
	},
    .run = calloc_run,
};
