/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trial.h - one measured run of a workload by N threads.
 *
 * The engine (trial.c) is called by the main thread of a bench program; the
 * inline functions below by workloads.  A trial runs until its window is
 * over or until each worker has done its quota, and reports
 *
 *   makespan   = last end - first start, on one clock, where the first start
 *                is stamped after the gate at which all workers have arrived
 *   throughput = mallocs of all workers / makespan
 *
 * so a thread that was left behind counts with its whole delay.  Each worker
 * reads the clock itself to see that the window is over: no thread has to be
 * scheduled in time to tell the others.
 */
#ifndef SL_TRIAL_H
#define SL_TRIAL_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/atomic.h"
#include "harness/observe.h"
#include "harness/probe.h"
#include "harness/rng.h"
#include "harness/wait.h"
#include "harness/workload.h"

enum {
	SL_THREADS_MAX = 1024,
	SL_MEMORY_MAX = 5, /* blocks of tables per worker, or per trial */
	SL_FIGURES_MAX = 48,
};

/* Memory for tables, from mmap; unmapped when the trial is over. */
struct sl_memory {
	struct {
		void *p;
		size_t bytes;
	} block[SL_MEMORY_MAX];
};

struct sl_worker {
	/* owner thread only, while a phase runs; main thread between phases */
	alignas(64) uint64_t mallocs;
	uint64_t frees;
	uint64_t quota;          /* mallocs */
	uint64_t observe_malloc; /* the number of that which observe.h is to
				  * see next; 0: none */
	uint64_t observe_free;
	struct sl_trial *trial;
	void *state; /* the workload's */
	void *stack; /* of fresh threads; NULL until there is one */
	struct sl_rng rng;
	uint64_t start_ns;
	uint64_t end_ns;
	unsigned index;               /* 0 .. threads-1 */
	struct sl_observer *observer; /* NULL unless observed */
	int bound_cpu; /* the only one it may use; SL_PIN_FREE: none such */
	int end_cpu;   /* where it was when its run ended */
	struct sl_memory memory;
};

/* What was asked for. */
struct sl_trial_config {
	const char *name;
	const struct sl_workload *wl;
	struct sl_param_values values;
	unsigned threads;
	uint64_t seed;
	uint64_t round; /* repetitions differ in their random numbers */
	uint64_t window_ns;
	double scale; /* of `ops` */
};

struct sl_figure {
	const char *name; /* static */
	double value;
};

struct sl_trial_result {
	uint64_t makespan_ns;
	uint64_t mallocs;
	uint64_t frees;
	uint64_t min_thread_ops; /* of a thread: mallocs or frees, the more */
	uint64_t max_thread_ops;
	unsigned pinned; /* workers bound to one processor each, and
				  * found there at the end */
	/* Where these were, in the order of workers: "0,2,1"; "" unless all
	 * were bound. */
	char cpus[SL_THREADS_MAX * 6];
	struct sl_sample before; /* between setup and start */
	struct sl_sample after;  /* between the last end and drain */
	struct sl_figure figures[SL_FIGURES_MAX]; /* the workload's own */
	unsigned nfigures;
	const char *label; /* a text of the workload's own; NULL: none */
};

struct sl_trial {
	const struct sl_trial_config *config; /* constant */
	const int64_t *param;      /* constant: in the order of wl->params */
	struct sl_worker *workers; /* constant */
	bool is_shared;            /* constant: more workers than processors */
	void *shared;              /* the workload's; written by prepare() */
	struct sl_memory memory;   /* main thread only */
	struct sl_trial_result *result; /* main thread only */
	uint64_t deadline_ns;           /* written before the gate opens */
	/* any thread */
	alignas(64) _Atomic(unsigned) arrived;
	_Atomic(bool) gate_open;
};

/* Run it.  Main thread only.  Allocates nothing by malloc once the pool has
 * as many threads as the trial needs (see sl_pool_grow). */
void sl_trial_run(
    const struct sl_trial_config *config, struct sl_trial_result *out);

/* What is timed, by one worker; for the engine only. */
void sl_trial_timed(struct sl_worker *w);

/* Zeroed memory, already backed by pages.  Ends the program if there is
 * none.  The first is for a worker's setup(), the second for prepare(). */
void *sl_worker_memory(struct sl_worker *w, size_t bytes);
void *sl_trial_memory(struct sl_trial *t, size_t bytes);

/* A number of this workload's own for the report; for finish(). */
void sl_trial_figure(struct sl_trial *t, const char *name, double value);

/* Room for the stack of a thread that a workload starts itself; only what is
 * touched takes memory. */
void *sl_worker_stack(struct sl_worker *w, size_t bytes);

/* The allocator under test returned NULL: say so and end the program. */
_Noreturn void sl_trial_no_memory(size_t size);

/* Ask between batches of operations; costs a look at the clock (23 ns), so
 * that a batch should last for some microseconds. */
static inline bool
sl_worker_goes_on(const struct sl_worker *w)
{
	if (w->quota != UINT64_MAX)
		return w->mallocs < w->quota;
	return sl_clock_ns() < w->trial->deadline_ns;
}

/* A worker's part of objects that all have: `each`, or fewer so that there are
 * no more than `total` (0: any number), but some. */
static inline size_t
sl_worker_share(const struct sl_worker *w, size_t each, size_t total)
{
	const size_t some = 4;
	size_t part = total / w->trial->config->threads;

	if (part < some)
		part = some;
	return total > 0 && part < each ? part : each;
}

/* A wait that suits this trial. */
static inline struct sl_wait
sl_trial_wait(const struct sl_trial *t)
{
	return sl_wait_begin(t->is_shared);
}

static inline void *
sl_trial_malloc(size_t size)
{
	void *p = malloc(size);

	if (__builtin_expect(p == NULL, 0))
		sl_trial_no_memory(size);
	return p;
}

/* In prepare(): of what is allocated here, a worker's is the free. */
static inline void *
sl_prepare_malloc(struct sl_trial *t, size_t size)
{
	void *p = sl_trial_malloc(size);

	if (t->workers[0].observer != NULL)
		sl_observe_prepared(t, p);
	return p;
}

static inline void *
sl_worker_malloc(struct sl_worker *w, size_t size)
{
	w->mallocs++;
	if (__builtin_expect(w->mallocs == w->observe_malloc, 0))
		return sl_observe_malloc(w, size);
	return sl_trial_malloc(size);
}

static inline void
sl_worker_free(struct sl_worker *w, void *p)
{
	w->frees++;
	if (__builtin_expect(w->frees == w->observe_free, 0))
		sl_observe_free(w, p);
	else
		free(p);
}

/*
 * Calls of a few nanoseconds come in batches of n mallocs or frees, or of n
 * each, which are counted when it is over.  Only a batch in which a call is to
 * be observed counts call by call: its loop is compiled twice, from a function
 * that is SL_BATCH and is told by a constant.
 */
#define SL_BATCH static inline __attribute__((always_inline))

static inline bool
sl_batch_is_watched(const struct sl_worker *w, uint64_t n)
{
	return w->observe_malloc - w->mallocs - 1 < n ||
	       w->observe_free - w->frees - 1 < n;
}

SL_BATCH void *
sl_batch_malloc(struct sl_worker *w, size_t size, bool watched)
{
	return watched ? sl_worker_malloc(w, size) : sl_trial_malloc(size);
}

SL_BATCH void
sl_batch_free(struct sl_worker *w, void *p, bool watched)
{
	if (watched)
		sl_worker_free(w, p);
	else
		free(p);
}

SL_BATCH void
sl_batch_end(
    struct sl_worker *w, uint64_t mallocs, uint64_t frees, bool watched)
{
	if (watched)
		return;
	w->mallocs += mallocs;
	w->frees += frees;
}

#endif /* SL_TRIAL_H */
