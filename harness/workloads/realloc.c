/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * realloc.c - a buffer that grows step by step, over and over.
 *
 * Called by the trial engine.  A step adds `add` bytes or `percent` of what
 * there is, whichever is more, and writes the last byte.
 */
#include "harness/trial.h"

enum { P_FROM, P_TO, P_ADD, P_PERCENT };

/* One buffer from its first size to its last; the number of steps. */
static unsigned
grow(const int64_t *param)
{
	size_t size = (size_t)param[P_FROM];
	char *p = sl_trial_malloc(size);
	unsigned steps = 0;

	while (size < (size_t)param[P_TO]) {
		size_t more = size * (size_t)param[P_PERCENT] / 100;
		char *q;

		if (more < (size_t)param[P_ADD])
			more = (size_t)param[P_ADD];
		size += more;
		q = realloc(p, size);
		if (q == NULL)
			sl_trial_no_memory(size);
		q[size - 1] = 1;
		p = q;
		steps++;
	}
	free(p);
	return steps;
}

static void
realloc_setup(struct sl_worker *w)
{
	grow(w->trial->param);
}

static void
realloc_run(struct sl_worker *w)
{
	while (sl_worker_goes_on(w)) {
		w->mallocs += grow(w->trial->param);
		w->frees++;
	}
}

const struct sl_workload sl_wl_realloc = {
    .source = "strings and arrays that grow by appending",
    .stresses = "realloc: in place, by copy, by mremap",
    .mcentral = "seldom",
    .operation = "a realloc",
    .params =
	{
	    {"from", 16, 1, 1 << 30, "bytes, at first"},
	    {"to", 4096, 2, 1 << 30, "bytes, at last or a step more"},
	    {"add", 64, 1, 1 << 30, "bytes at a step, at least"},
	    {"percent", 0, 0, 1000, "of the size at a step"},
	},
    .setup = realloc_setup,
    .run = realloc_run,
};
