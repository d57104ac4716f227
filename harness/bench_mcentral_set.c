/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench_mcentral_set.c - claim and insert alone, with their latencies.
 *
 * Run by bench-mcentral-VARIANT.  A visit takes `batch` spans straight from
 * the set, one claim each, works for `hold` nanoseconds, gives them back and
 * works for `work` nanoseconds.  An operation is a span taken and given back.
 *
 * About one claim in `sample` is timed, and the insertion of the same span;
 * the distance to the next is random, so that no rhythm of the loop shows.
 * What reading the clock costs is measured and reported beside the times,
 * which contain one such cost each.
 *
 * Private work is so many steps of the thread's own random numbers: it is
 * measured in advance, touches no shared memory and takes the same time on a
 * CPU whatever the scheduler does meanwhile.
 *
 * There are sets in which each operation of a crowd takes a turn of the
 * scheduler.  So that trials of these end too, the first thread that sees the
 * end of the window tells the others, who leave after the call that they are
 * in; what they still hold they give back untimed, one after the other, as
 * they listed their share in the beginning.
 */
#include <pthread.h>
#include <string.h>

#include "core/mheap.h"
#include "harness/bench_mcentral.h"
#include "harness/histogram.h"
#include "harness/say.h"

enum { P_SIZE, P_SPANS, P_BATCH, P_HOLD, P_WORK, P_SAMPLE };

enum { BATCH_MAX = 256 };

struct visitor {
	/* owner thread only, while it runs */
	struct sl_mspan *span[BATCH_MAX]; /* in its hands */
	size_t n;
	struct sl_histogram claims;
	struct sl_histogram inserts;
	uint64_t empty;   /* claims that found nothing */
	uint64_t to_next; /* claims until one is timed */
	uint64_t hold_steps;
	uint64_t work_steps;
};

/* Written before the workers run; constant afterwards. */
static double step_ns;
static double timer_ns;

/* Any thread: the window of this trial is over. */
static _Atomic(bool) is_over;

/* One thread at a time lists its spans, before and after the run. */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

/* --- clocks and private work --------------------------------------------- */

static void
work(struct sl_worker *w, uint64_t steps)
{
	while (steps-- > 0)
		sl_rng_next(&w->rng);
}

/* The least of several times of n steps, so that no interruption is in it. */
static void
measure_step(struct sl_worker *w)
{
	enum { STEPS = 20000, TIMES = 20 };
	uint64_t best = UINT64_MAX;

	for (int i = 0; i < TIMES; i++) {
		uint64_t start = sl_clock_ns();
		uint64_t took;

		work(w, STEPS);
		took = sl_clock_ns() - start;
		if (took < best)
			best = took;
	}
	step_ns = (double)best / STEPS;
}

/* The mean of many readings, the least of several such means. */
static void
measure_timer(void)
{
	enum { READINGS = 2000, TIMES = 20 };
	uint64_t best = UINT64_MAX;

	for (int i = 0; i < TIMES; i++) {
		uint64_t start = sl_clock_ns();
		uint64_t took;

		for (int k = 1; k < READINGS; k++)
			sl_clock_ns();
		took = sl_clock_ns() - start;
		if (took < best)
			best = took;
	}
	timer_ns = (double)best / READINGS;
}

static void
seam_prepare(struct sl_trial *t)
{
	/* relaxed: the workers are started after this */
	sl_store_rlx(&is_over, false);
	if (step_ns > 0)
		return;
	measure_step(&t->workers[0]);
	measure_timer();
}

/* --- the workers --------------------------------------------------------- */

static uint64_t
gap(struct sl_worker *w)
{
	uint32_t mean = (uint32_t)w->trial->param[P_SAMPLE];

	return 1 + sl_rng_below(&w->rng, 2 * mean - 1);
}

/* Each worker lists its share: threads may have lists of their own. */
static void
seam_setup(struct sl_worker *w)
{
	const int64_t *param = w->trial->param;
	struct visitor *v = sl_worker_memory(w, sizeof(*v));
	size_t share = (size_t)(param[P_SPANS] + param[P_BATCH] - 1);
	size_t want = share * w->trial->config->threads;
	sl_spanclass spc = sl_bench_class(w->trial);
	struct sl_mspan *s;

	v->hold_steps = (uint64_t)((double)param[P_HOLD] / step_ns);
	v->work_steps = (uint64_t)((double)param[P_WORK] / step_ns);
	v->to_next = gap(w);
	w->state = v;
	pthread_mutex_lock(&turn);
	sl_mock_user();
	for (; share > 0 && sl_mock_outstanding(spc) < want; share--) {
		s = sl_mheap_alloc_span(
		    NULL, sl_class_to_pages[spc / 2u], 1, spc, NULL, true);
		if (s == NULL)
			sl_quit(SL_EXIT_CANNOT, "there are only %d spans",
			    SL_MOCK_SPANS);
		if (sl_mspan_release(s))
			sl_set_insert(spc, s);
	}
	pthread_mutex_unlock(&turn);
}

static void
give_back(struct sl_mspan *s)
{
	sl_bench_let_go(s);
	if (sl_mspan_release(s))
		sl_set_insert(s->spanclass, s);
}

/* The window is over, or the quota done: nobody begins anything more. */
static void
look_at_the_end(struct sl_worker *w, uint64_t now)
{
	if (w->quota != UINT64_MAX ? w->mallocs >= w->quota
				   : now >= w->trial->deadline_ns)
		/* relaxed: only when, not what */
		sl_store_rlx(&is_over, true);
}

/* With a quota each thread has its own end. */
static bool
goes_on(const struct sl_worker *w)
{
	if (w->quota != UINT64_MAX)
		return w->mallocs < w->quota;
	/* relaxed: as above */
	return !sl_load_rlx(&is_over);
}

static struct sl_mspan *
claim_timed(struct sl_worker *w, sl_spanclass spc)
{
	struct visitor *v = w->state;
	uint64_t start = sl_clock_ns();
	struct sl_mspan *s = sl_set_claim(spc);
	uint64_t end = sl_clock_ns();

	if (s != NULL)
		sl_histogram_add(&v->claims, end - start);
	v->to_next = gap(w);
	look_at_the_end(w, end);
	return s;
}

static void
give_back_timed(struct sl_worker *w, struct sl_mspan *s)
{
	struct visitor *v = w->state;
	uint64_t start = sl_clock_ns();

	give_back(s);
	sl_histogram_add(&v->inserts, sl_clock_ns() - start);
}

/* Take what a visit takes; the span whose claim was timed, or NULL. */
static struct sl_mspan *
take(struct sl_worker *w, sl_spanclass spc, size_t batch)
{
	struct visitor *v = w->state;
	struct sl_mspan *timed = NULL;
	struct sl_mspan *s;

	while (v->n < batch && goes_on(w)) {
		if (--v->to_next == 0)
			timed = s = claim_timed(w, spc);
		else
			s = sl_set_claim(spc);
		if (s == NULL) {
			v->empty++;
			break; /* may be spurious */
		}
		sl_bench_hold(s);
		v->span[v->n++] = s;
	}
	return timed;
}

static void
seam_run(struct sl_worker *w)
{
	struct visitor *v = w->state;
	sl_spanclass spc = sl_bench_class(w->trial);
	size_t batch = (size_t)w->trial->param[P_BATCH];
	struct sl_mspan *timed;

	while (goes_on(w)) {
		timed = take(w, spc, batch);
		work(w, v->hold_steps);
		while (v->n > 0 && goes_on(w)) {
			struct sl_mspan *s = v->span[--v->n];

			if (s == timed)
				give_back_timed(w, s);
			else
				give_back(s);
			w->mallocs++;
			w->frees++;
		}
		work(w, v->work_steps);
	}
}

static void
seam_drain(struct sl_worker *w)
{
	struct visitor *v = w->state;

	pthread_mutex_lock(&turn);
	while (v->n > 0)
		give_back(v->span[--v->n]);
	pthread_mutex_unlock(&turn);
}

/* --- the figures --------------------------------------------------------- */

static void
quantiles(struct sl_trial *t, const struct sl_histogram *h, bool is_claim)
{
	static const struct {
		const char *claim, *insert;
		double part;
	} q[] = {
	    {"claim_p50_ns", "insert_p50_ns", 0.5},
	    {"claim_p99_ns", "insert_p99_ns", 0.99},
	    {"claim_p999_ns", "insert_p999_ns", 0.999},
	    {"claim_p9999_ns", "insert_p9999_ns", 0.9999},
	    {"claim_max_ns", "insert_max_ns", 1},
	};

	for (size_t i = 0; i < sizeof(q) / sizeof(q[0]); i++)
		sl_trial_figure(t, is_claim ? q[i].claim : q[i].insert,
		    (double)sl_histogram_quantile(h, q[i].part));
}

static void
seam_finish(struct sl_trial *t)
{
	static struct sl_histogram claims, inserts;
	uint64_t empty = 0;

	memset(&claims, 0, sizeof(claims));
	memset(&inserts, 0, sizeof(inserts));
	for (unsigned i = 0; i < t->config->threads; i++) {
		const struct visitor *v = t->workers[i].state;

		sl_histogram_merge(&claims, &v->claims);
		sl_histogram_merge(&inserts, &v->inserts);
		empty += v->empty;
	}
	quantiles(t, &claims, true);
	quantiles(t, &inserts, false);
	sl_trial_figure(t, "latency_samples", (double)claims.n);
	sl_trial_figure(t, "timer_ns", timer_ns);
	sl_trial_figure(t, "empty_claims", (double)empty);
	sl_bench_collect(t);
}

const struct sl_workload sl_wl_seam = {
    .source = "tcmalloc's central_freelist_benchmark, over a set of spans",
    .stresses = "claim and insert alone",
    .mcentral = "nothing else",
    .operation = "a span taken and given back",
    .params =
	{
	    {"size", 1024, 8, 8192, "bytes of a slot: the class"},
	    {"spans", 4, 1, 64, "in the set, per thread, beside a batch"},
	    {"batch", 1, 1, BATCH_MAX, "spans taken at a visit"},
	    {"hold", 0, 0, 1 << 20, "ns of work with them in hand"},
	    {"work", 0, 0, 1 << 20, "ns of work between visits"},
	    {"sample", 16, 1, 1 << 20, "one claim in so many is timed"},
	},
    .prepare = seam_prepare,
    .setup = seam_setup,
    .run = seam_run,
    .drain = seam_drain,
    .finish = seam_finish,
};
