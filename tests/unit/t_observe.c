/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_observe.c - what the bench observes, on an allocator whose slowness, and a
 * workload whose memory, are known: planted delays are found in the histogram
 * where they belong, live bytes are exact, and a workload that calls malloc
 * itself is not said to be known.
 * Run by make check, once.  malloc is the wrapper below.
 */
#include <malloc.h>
#include <string.h>
#include <unistd.h>

#include "core/atomic.h"
#include "harness/observe.h"
#include "harness/pin.h"
#include "harness/pool.h"
#include "harness/trial.h"
#include "tests/unit/unit.h"

enum {
	SLOW_EVERY = 50,
	SLOW_NS = 200000,
	OPS = 4000,
	THREADS = 3,
};

void *__real_malloc(size_t size);
void __real_free(void *p);
void *__wrap_malloc(size_t size);
void __wrap_free(void *p);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);

static _Atomic(bool) is_slow;
static _Thread_local unsigned calls;

/* One in SLOW_EVERY takes SLOW_NS. */
void *
__wrap_malloc(size_t size)
{
	uint64_t until;

	/* relaxed: set between trials */
	if (sl_load_rlx(&is_slow) && ++calls % SLOW_EVERY == 0)
		for (until = sl_clock_ns() + SLOW_NS; sl_clock_ns() < until;)
			;
	return __real_malloc(size);
}

void
__wrap_free(void *p)
{
	__real_free(p);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return __real_calloc(n, size);
}

void *
__wrap_realloc(void *p, size_t size)
{
	return __real_realloc(p, size);
}

/* --- workloads ------------------------------------------------------------ */

static void
run_pairs(struct sl_worker *w)
{
	while (sl_worker_goes_on(w))
		sl_worker_free(w, sl_worker_malloc(w, 100));
}

/* All of it is kept until drain. */
static void
run_keep(struct sl_worker *w)
{
	void **p;

	while (sl_worker_goes_on(w)) {
		p = sl_worker_malloc(w, 1000);
		*p = w->state;
		w->state = (void *)p;
	}
}

static void
drain_kept(struct sl_worker *w)
{
	void **p = w->state;
	void *next;

	for (; p != NULL; p = next) {
		next = *p;
		sl_worker_free(w, (void *)p);
	}
}

/* It counts, and does not call as it should. */
static void
run_by_itself(struct sl_worker *w)
{
	while (sl_worker_goes_on(w)) {
		free(sl_trial_malloc(100));
		w->mallocs++;
		w->frees++;
	}
}

static const struct sl_workload wl_pairs = {.run = run_pairs};
static const struct sl_workload wl_keep = {
    .run = run_keep, .drain = drain_kept};
static const struct sl_workload wl_by_itself = {.run = run_by_itself};

/* What finish() sees of the workers, which are gone when the trial is over. */
static struct sl_histogram mallocs, frees;
static int64_t live_most;

static void
trial(const struct sl_workload *wl, struct sl_observe_config observe)
{
	struct sl_trial_config c = {.name = "t",
	    .wl = wl,
	    .threads = THREADS,
	    .seed = 1,
	    .scale = 1,
	    .values = {.ops = OPS}};
	struct sl_trial_result r;
	const struct sl_observed *o = sl_observe_last();

	sl_observe_init(&observe);
	assert_int_equal(sl_pool_grow(THREADS), 0);
	sl_trial_run(&c, &r);
	assert_int_equal(r.mallocs, THREADS * OPS);
	live_most = 0;
	for (unsigned i = 0; i < o->nsamples; i++)
		if (o->sample[i].live > live_most)
			live_most = o->sample[i].live;
}

static void
take_histograms(struct sl_trial *t)
{
	memset(&mallocs, 0, sizeof(mallocs));
	memset(&frees, 0, sizeof(frees));
	for (unsigned i = 0; i < t->config->threads; i++) {
		const struct sl_observer *o = t->workers[i].observer;

		sl_histogram_merge(&mallocs, &o->path[SL_PATH_MALLOC]);
		sl_histogram_merge(&frees, &o->path[SL_PATH_FREE]);
	}
}

/* --- tests ---------------------------------------------------------------- */

static void
delays_are_found(void **state)
{
	struct sl_workload wl = wl_pairs;

	(void)state;
	wl.finish = take_histograms;
	sl_store_rlx(&is_slow, true); /* relaxed: before the trial */
	trial(&wl, (struct sl_observe_config){.every = 1});
	sl_store_rlx(&is_slow, false); /* relaxed: after it */

	/* Each operation, and each delay. */
	assert_int_equal(mallocs.n, THREADS * OPS);
	assert_int_equal(frees.n, THREADS * OPS);
	assert_true(sl_histogram_quantile(
			&mallocs, 1 - 1.0 / SLOW_EVERY + 0.001) >= SLOW_NS);
	/* Others use the processors too, but not each time. */
	assert_true(sl_histogram_quantile(&mallocs, 0.5) < SLOW_NS);
	assert_true(sl_histogram_quantile(&frees, 0.5) < SLOW_NS);
}

static void
samples_are_as_many_as_asked(void **state)
{
	struct sl_workload wl = wl_pairs;

	(void)state;
	wl.finish = take_histograms;
	trial(&wl, (struct sl_observe_config){.every = 10});
	/* 1200 distances, uniform in 1 to 19: 5.5 / 10 / sqrt(1200) of it is
	 * the deviation; six of them. */
	assert_true(mallocs.n > 1080 && mallocs.n < 1320);
	assert_true(frees.n > 1080 && frees.n < 1320);
}

static void
memory_is_followed(void **state)
{
	const struct sl_observed *o = sl_observe_last();
	void *p = malloc(1000);
	int64_t each = (int64_t)malloc_usable_size(p);

	(void)state;
	free(p);
	trial(&wl_keep, (struct sl_observe_config){.period_ns = 1000000});
	assert_true(o->nsamples >= 2); /* the first, and the last */
	assert_true(o->live_is_known);
	assert_int_equal(o->sample[0].at_ns < 60000000000u, 1);
	assert_int_equal(live_most, THREADS * OPS * each);
	assert_int_equal(o->sample[o->nsamples - 1].live, live_most);
	assert_true(
	    o->sample[o->nsamples - 1].rss_kib > (uint64_t)live_most / 1024);
	assert_int_equal(o->drained.live, 0);

	trial(&wl_by_itself, (struct sl_observe_config){.period_ns = 1000000});
	assert_false(o->live_is_known);
}

/* What is off leaves nothing behind, and the numbers of a workload stay. */
static void
off_is_off(void **state)
{
	struct sl_worker w = {.mallocs = 0};
	void *p = sl_worker_malloc(&w, 10); /* would need an observer */

	(void)state;
	sl_worker_free(&w, p);
	trial(&wl_pairs, (struct sl_observe_config){0});
	assert_false(sl_observe_is_on());
}

static struct sl_hwcount of_first;

static void
take_counts(struct sl_trial *t)
{
	of_first = t->workers[0].observer->hw;
}

static void
run_asleep(struct sl_worker *w)
{
	for (int i = 0; i < 5; i++)
		usleep(1000);
	run_pairs(w);
}

static void
threads_are_counted(void **state)
{
	const struct sl_workload wl = {
	    .run = run_asleep, .finish = take_counts};

	(void)state;
	trial(&wl, (struct sl_observe_config){.counts = true});
	assert_true(of_first.use.vol_switches >= 5);
	for (unsigned i = 0; i < SL_N_HWCOUNTS; i++) {
		/* There, or a reason. */
		assert_true(
		    (of_first.value[i] < 0) == (of_first.error[i] != 0));
		if (of_first.error[i] != 0)
			print_message("# %s: not available: %s\n",
			    sl_hwcount_name(i),
			    sl_hwcount_why_not(of_first.error[i]));
	}
	if (of_first.value[1] >= 0) /* instructions */
		assert_true(of_first.value[1] > OPS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(delays_are_found),
	    cmocka_unit_test(samples_are_as_many_as_asked),
	    cmocka_unit_test(memory_is_followed),
	    cmocka_unit_test(off_is_off),
	    cmocka_unit_test(threads_are_counted),
	};
	int failed;

	unit_start_alone();
	sl_pin_init(&(struct sl_pin_config){.is_asked = true}, NULL, 0);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	sl_pool_end();
	return failed;
}
