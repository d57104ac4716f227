/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cache_lines.c - write to small objects of one's own, over and over.
 *
 * Called by the trial engine.  Slow where the allocator lets two threads have
 * objects in one cache line: actively, when it serves fresh objects of one
 * line to both (given=0), or passively, when a thread that freed an object
 * of the main thread's gets that line to allocate from (given=1).  The
 * published program divides its writes among the threads; here each thread
 * has `writes` of its own, so that with many threads they do not vanish.
 */
#include "harness/trial.h"

enum { P_SIZE, P_WRITES, P_GIVEN };

/* One object for each worker, side by side if the allocator likes. */
static void
cache_lines_prepare(struct sl_trial *t)
{
	unsigned n = t->config->threads;
	void **object = sl_trial_memory(t, n * sizeof(*object));

	for (unsigned i = 0; t->param[P_GIVEN] && i < n; i++)
		object[i] = sl_trial_malloc((size_t)t->param[P_SIZE]);
	t->shared = object;
}

/* Not inlined, so that the compiler does not add the writes up. */
__attribute__((noinline)) static void
write_to(char *p, size_t size)
{
	for (size_t k = 0; k < size; k++)
		p[k] = (char)(p[k] + 1);
}

static void
cache_lines_run(struct sl_worker *w)
{
	const int64_t *param = w->trial->param;
	void **given = w->trial->shared;
	size_t size = (size_t)param[P_SIZE];

	if (param[P_GIVEN])
		sl_worker_free(w, given[w->index]);
	while (sl_worker_goes_on(w)) {
		char *p = sl_worker_malloc(w, size);

		for (int64_t i = 0; i < param[P_WRITES]; i++)
			write_to(p, size);
		sl_worker_free(w, p);
	}
}

const struct sl_workload sl_wl_cache_lines = {
    .source = "Berger et al. 2000 (Hoard), active-false and passive-false, "
	      "T 1000 8 1000000; in mimalloc-bench cache-thrash and "
	      "cache-scratch, T 1000 1 2000000",
    .stresses = "cache lines that the allocator shares between threads",
    .mcentral = "none",
    .is_control = true,
    .operation = "an object allocated, written to `writes` times and freed",
    .params =
	{
	    {"size", 8, 1, 64, "bytes"},
	    {"writes", 1000, 1, 1 << 30, "to each byte of an object"},
	    {"given", 0, 0, 1, "1: a thread first frees one of main's"},
	},
    .prepare = cache_lines_prepare,
    .run = cache_lines_run,
};
