/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * observe.c - what is seen of a trial beside its throughput.
 *
 * Called by the main thread of a bench program and by its workers (through
 * trial.c).  Nothing here allocates by malloc but for the workload.
 */
#define _GNU_SOURCE 1
#include "harness/observe.h"

#include <malloc.h>
#include <string.h>

#include "harness/pool.h"
#include "harness/probe.h"
#include "harness/trial.h"

enum { LARGE_OVER = 32768 }; /* bytes; Go's size classes end there */

/* Main thread only, but for the configuration, which is constant. */
static struct sl_observed last;
static struct sl_observe_cost cost;
static _Atomic(uint64_t) kept;

const struct sl_observe_cost *
sl_observe_cost(void)
{
	return &cost;
}

const struct sl_observed *
sl_observe_last(void)
{
	return &last;
}

bool
sl_observe_is_on(void)
{
	return last.config.every > 0 || last.config.period_ns > 0 ||
	       last.config.counts;
}

/* --- what it costs -------------------------------------------------------- */

enum { COST_TRIES = 20, COST_TIMES = 2000 };

/* Each of them does the thing once; what they return keeps it alive. */
static uint64_t
do_clock(struct sl_histogram *h)
{
	(void)h;
	return sl_clock_ns();
}

static uint64_t
do_record(struct sl_histogram *h)
{
	sl_histogram_add(h, (h->n * 37) & 4095);
	return h->n;
}

static uint64_t
do_paths(struct sl_histogram *h)
{
	struct sl_thread_stats st;

	(void)h;
	sl_probe_thread(&st);
	return st.refills;
}

static void
memory_look(struct sl_memory_sample *s)
{
	struct sl_backlog b;

	memset(s, 0, sizeof(*s));
	s->rss_kib = sl_probe_rss_now_kib();
	if (!sl_probe_backlog(&b))
		return;
	s->backlog = b.nodes;
	s->backlog_bytes = b.bytes;
	s->heap_bytes = b.span_bytes;
}

static uint64_t
do_memory(struct sl_histogram *h)
{
	struct sl_memory_sample s;

	(void)h;
	memory_look(&s);
	return s.rss_kib;
}

/* The best of some tries: what others do at the same time is no cost. */
static double
best_of(uint64_t (*one)(struct sl_histogram *), unsigned times)
{
	static struct sl_histogram h;
	double best = 1e18;

	for (int i = 0; i < COST_TRIES; i++) {
		uint64_t start = sl_clock_ns();
		uint64_t sum = 0;

		for (unsigned n = 0; n < times; n++)
			sum += one(&h);
		/* relaxed: only so that the sum is of use */
		sl_store_rlx(&kept, sum);
		if ((double)(sl_clock_ns() - start) / times < best)
			best = (double)(sl_clock_ns() - start) / times;
	}
	return best;
}

static uint64_t
common_divisor(uint64_t a, uint64_t b)
{
	return b == 0 ? a : common_divisor(b, a % b);
}

/* The median of the time that a timed nothing takes, and what all these times
 * are multiples of. */
static double
timed_nothing(uint64_t *step)
{
	static struct sl_histogram h;
	uint64_t start, ns;

	for (int i = 0; i < COST_TRIES * COST_TIMES; i++) {
		start = sl_clock_ns();
		ns = sl_clock_ns() - start;
		sl_histogram_add(&h, ns);
		*step = common_divisor(ns, *step);
	}
	return (double)sl_histogram_quantile(&h, 0.5);
}

void
sl_observe_init(const struct sl_observe_config *config)
{
	last.config = *config;
	if (!sl_observe_is_on())
		return;
	cost.clock_ns = best_of(do_clock, COST_TIMES);
	cost.timed_ns = timed_nothing(&cost.step_ns);
	cost.record_ns = best_of(do_record, COST_TIMES);
	cost.paths_ns = best_of(do_paths, COST_TIMES);
	cost.memory_ns = best_of(do_memory, 20);
}

/* --- operations ----------------------------------------------------------- */

/* The number of the operation after `now` that is timed next: the distance is
 * uniform in [1, 2 * every), so `every` on average. */
static uint64_t
next_timed(struct sl_observer *o, uint64_t now)
{
	if (last.config.every == 0 || !o->is_running)
		return 0;
	return now + 1 + sl_rng_below(&o->rng, 2 * last.config.every - 1);
}

/* The number of the operation at which the worker comes by here again. */
static uint64_t
next_seen(uint64_t now, uint64_t timed)
{
	return last.config.period_ns > 0 ? now + 1 : timed;
}

static void
add_live(struct sl_observer *o, int64_t bytes)
{
	/* relaxed: a sum that is looked at while it changes; one writer */
	sl_store_rlx(&o->live, sl_load_rlx(&o->live) + bytes);
}

/* A large object is one also where its thread had kept a span for it. */
static enum sl_path
path_of_malloc(size_t size, const struct sl_thread_stats *a,
    const struct sl_thread_stats *b)
{
	if (size > LARGE_OVER)
		return SL_PATH_MALLOC_LARGE;
	if (b->spans_taken != a->spans_taken)
		return SL_PATH_MALLOC_GROW;
	return b->refills != a->refills ? SL_PATH_MALLOC_REFILL
					: SL_PATH_MALLOC_HIT;
}

static enum sl_path
path_of_free(const struct sl_thread_stats *a, const struct sl_thread_stats *b)
{
	if (b->spans_given != a->spans_given)
		return SL_PATH_FREE_HEAP;
	if (b->set_inserts != a->set_inserts)
		return SL_PATH_FREE_LIST;
	return b->remote_frees != a->remote_frees ? SL_PATH_FREE_REMOTE
						  : SL_PATH_FREE_OWN;
}

static void *
malloc_timed(struct sl_observer *o, size_t size)
{
	struct sl_thread_stats a, b;
	bool has_paths = sl_probe_thread(&a);
	uint64_t start = sl_clock_ns();
	void *p = sl_trial_malloc(size);
	uint64_t ns = sl_clock_ns() - start;

	if (has_paths)
		sl_probe_thread(&b);
	sl_histogram_add(
	    &o->path[has_paths ? path_of_malloc(size, &a, &b) : SL_PATH_MALLOC],
	    ns);
	return p;
}

static void
free_timed(struct sl_observer *o, void *p)
{
	struct sl_thread_stats a, b;
	bool has_paths = sl_probe_thread(&a);
	uint64_t start = sl_clock_ns();
	uint64_t ns;

	free(p);
	ns = sl_clock_ns() - start;
	if (has_paths)
		sl_probe_thread(&b);
	sl_histogram_add(
	    &o->path[has_paths ? path_of_free(&a, &b) : SL_PATH_FREE], ns);
}

void *
sl_observe_malloc(struct sl_worker *w, size_t size)
{
	struct sl_observer *o = w->observer;
	void *p;

	o->seen++;
	if (w->mallocs == o->timed_malloc) {
		p = malloc_timed(o, size);
		o->timed_malloc = next_timed(o, w->mallocs);
	} else {
		p = sl_trial_malloc(size);
	}
	if (last.config.period_ns > 0)
		add_live(o, (int64_t)malloc_usable_size(p));
	w->observe_malloc = next_seen(w->mallocs, o->timed_malloc);
	return p;
}

void
sl_observe_free(struct sl_worker *w, void *p)
{
	struct sl_observer *o = w->observer;

	o->seen++;
	if (last.config.period_ns > 0)
		add_live(o, -(int64_t)malloc_usable_size(p));
	if (w->frees == o->timed_free) {
		free_timed(o, p);
		o->timed_free = next_timed(o, w->frees);
	} else {
		free(p);
	}
	w->observe_free = next_seen(w->frees, o->timed_free);
}

void
sl_observe_prepared(struct sl_trial *t, void *p)
{
	if (last.config.period_ns > 0)
		add_live(
		    t->workers[0].observer, (int64_t)malloc_usable_size(p));
}

/* --- the phases of a trial ------------------------------------------------ */

static void
expect_operations(struct sl_worker *w)
{
	struct sl_observer *o = w->observer;

	o->timed_malloc = next_timed(o, w->mallocs);
	o->timed_free = next_timed(o, w->frees);
	w->observe_malloc = next_seen(w->mallocs, o->timed_malloc);
	w->observe_free = next_seen(w->frees, o->timed_free);
}

void
sl_observe_prepare(struct sl_trial *t)
{
	if (!sl_observe_is_on())
		return;
	for (unsigned i = 0; i < t->config->threads; i++) {
		struct sl_worker *w = &t->workers[i];

		w->observer = sl_worker_memory(w, sizeof(*w->observer));
		/* Not the workload's numbers, which stay as they are. */
		sl_rng_init(
		    &w->observer->rng, ~t->config->seed, t->config->round, i);
		expect_operations(w);
	}
	last.nsamples = 0;
	last.missed = 0;
}

void
sl_observe_setup(struct sl_worker *w)
{
	if (last.config.counts)
		sl_hwcount_open(&w->observer->hw);
}

void
sl_observe_begin(struct sl_worker *w)
{
	if (w->observer == NULL)
		return;
	w->observer->is_running = true;
	w->observer->seen = 0;
	expect_operations(w);
	if (last.config.counts)
		sl_hwcount_begin(&w->observer->hw);
}

void
sl_observe_end(struct sl_worker *w)
{
	struct sl_observer *o = w->observer;

	if (o == NULL)
		return;
	if (last.config.counts) {
		sl_hwcount_end(&o->hw);
		sl_hwcount_close(&o->hw);
	}
	o->mallocs = w->mallocs;
	o->frees = w->frees;
	o->has_seen_all = o->seen == o->mallocs + o->frees;
	o->is_running = false;
	expect_operations(w);
}

/* Its sum is of no one instant while workers run: what one has handed to
 * another may be counted as freed, or not at all, for a moment. */
static int64_t
live_now(const struct sl_trial *t)
{
	int64_t sum = 0;

	for (unsigned i = 0; i < t->config->threads; i++)
		/* relaxed: see above */
		sum += sl_load_rlx(&t->workers[i].observer->live);
	return sum;
}

static void
look(struct sl_trial *t, uint64_t first_ns)
{
	struct sl_memory_sample *s = &last.sample[last.nsamples];

	if (last.nsamples == SL_MEMORY_SAMPLES) {
		last.missed++;
		return;
	}
	memory_look(s);
	s->live = live_now(t);
	s->at_ns = sl_clock_ns() - first_ns;
	last.nsamples++;
}

void
sl_observe_wait(struct sl_trial *t)
{
	uint64_t first = sl_clock_ns();
	uint64_t next = first;

	if (last.config.period_ns == 0) {
		sl_pool_wait();
		return;
	}
	do {
		look(t, first);
		next += last.config.period_ns;
	} while (!sl_pool_wait_until(next));
	look(t, first);
}

void
sl_observe_drained(struct sl_trial *t)
{
	bool seen_all = true;

	if (last.config.period_ns == 0)
		return;
	for (unsigned i = 0; i < t->config->threads; i++)
		seen_all = seen_all && t->workers[i].observer->has_seen_all;
	memory_look(&last.drained);
	last.drained.live = live_now(t);
	/* A workload that calls malloc or free itself is not followed. */
	last.live_is_known = seen_all && last.drained.live == 0;
}
