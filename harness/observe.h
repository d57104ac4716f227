/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * observe.h - what is seen of a trial beside its throughput: how long single
 * operations take, memory over time, what each worker had of its processor.
 *
 * Used by trial.c, program.c and, through trial.h, by workloads.  All of it is
 * off unless asked for, since it costs time: a trial that is observed says
 * little about throughput, and has what observing costs in its record.
 * observe_json.c writes that record and has its schema.
 *
 * Latency.  One operation in about `every`, at random distances, is timed from
 * before the call to behind it.  Workloads are closed loops: no operation was
 * due at a time of its own, so no delay is left out by not having begun it
 * (coordinated omission), and none is corrected for.  Which path it took is
 * told by the library's counters of this thread, read before the first reading
 * of the clock and after the last.
 *
 * Memory.  The main thread, which has nothing to do while workers run, reads
 * the resident set each period.  What is live is what workers hold by
 * malloc_usable_size(): each keeps its sum.
 */
#ifndef SL_OBSERVE_H
#define SL_OBSERVE_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/atomic.h"
#include "harness/histogram.h"
#include "harness/hwcount.h"
#include "harness/rng.h"

struct sl_trial;
struct sl_worker;

struct sl_observe_config {
	uint32_t every;     /* of so many operations one is timed; 0: none */
	uint64_t period_ns; /* of looks at memory; 0: none */
	bool counts;        /* what each worker had of its processor */
};

enum sl_path {
	SL_PATH_MALLOC_HIT,    /* from the mcache's span */
	SL_PATH_MALLOC_REFILL, /* another span: held, harvested or claimed */
	SL_PATH_MALLOC_GROW,   /* a new span */
	SL_PATH_MALLOC_LARGE,  /* over 32 KiB: a span of its own, kept or new */
	SL_PATH_FREE_OWN,      /* into a span of this thread; or it is kept */
	SL_PATH_FREE_REMOTE,   /* into a span of another thread, or nobody's */
	SL_PATH_FREE_LIST,     /* ... which was put on mcentral */
	SL_PATH_FREE_HEAP,     /* a span went back to the page heap */
	SL_PATH_MALLOC,        /* not told: another malloc */
	SL_PATH_FREE,
	SL_N_PATHS,
};

/* Of one worker. */
struct sl_observer {
	/* owner thread only, while a phase runs */
	struct sl_rng rng;
	bool is_running;       /* the timed phase: not setup, nor drain */
	uint64_t timed_malloc; /* the number of that which is timed next */
	uint64_t timed_free;
	uint64_t seen; /* operations that came by here */
	bool has_seen_all;
	uint64_t mallocs, frees; /* in the timed phase */
	struct sl_hwcount hw;
	struct sl_histogram path[SL_N_PATHS];
	/* any thread reads */
	alignas(64) _Atomic(int64_t) live; /* bytes of what it allocated, less
					    * what it freed; may be below 0 */
};

/* One look at memory. */
struct sl_memory_sample {
	uint64_t at_ns; /* since the gate opened */
	uint64_t rss_kib;
	int64_t live;                    /* bytes */
	uint64_t backlog, backlog_bytes; /* struct sl_stats */
	uint64_t heap_bytes;             /* pages in spans; 0: not told */
};

enum { SL_MEMORY_SAMPLES = 4096 };

/* Of one trial; main thread only. */
struct sl_observed {
	struct sl_observe_config config;
	struct sl_memory_sample sample[SL_MEMORY_SAMPLES];
	unsigned nsamples;
	uint64_t missed;                 /* there was no room for */
	struct sl_memory_sample drained; /* everything was freed */
	bool live_is_known; /* all frees were seen, and all mallocs */
};

/* What one look costs, measured once. */
struct sl_observe_cost {
	uint64_t step_ns; /* of the clock: what differences are multiples of */
	double clock_ns;  /* a reading of the clock */
	double timed_ns;  /* what a timed nothing seems to take */
	double record_ns; /* to add one to a histogram */
	double paths_ns;  /* to read the thread's counters, once */
	double memory_ns; /* a look at memory, by the main thread */
};

/* Main thread, once, before any trial. */
void sl_observe_init(const struct sl_observe_config *config);
const struct sl_observe_cost *sl_observe_cost(void);
const struct sl_observed *sl_observe_last(void);
bool sl_observe_is_on(void);

/* The engine's: give each worker its observer; around a worker's timed run;
 * wait for the pool and look at memory meanwhile; all was drained. */
void sl_observe_prepare(struct sl_trial *t);
void sl_observe_setup(struct sl_worker *w);
void sl_observe_begin(struct sl_worker *w);
void sl_observe_end(struct sl_worker *w);
void sl_observe_wait(struct sl_trial *t);
void sl_observe_drained(struct sl_trial *t);

/* The slow paths of sl_worker_malloc() and sl_worker_free(). */
void *sl_observe_malloc(struct sl_worker *w, size_t size)
    __attribute__((noinline));
void sl_observe_free(struct sl_worker *w, void *p) __attribute__((noinline));

/* That of sl_prepare_malloc(). */
void sl_observe_prepared(struct sl_trial *t, void *p);

/* observe_json.c: begin the file, add the last trial, end it.  False: it could
 * not be written. */
bool sl_observe_open(const char *path);
void sl_observe_write(const struct sl_trial *t);
bool sl_observe_close(void);

#endif /* SL_OBSERVE_H */
