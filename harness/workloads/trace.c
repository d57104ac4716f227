/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trace.c - what a real program allocated and freed, from a recorded trace.
 *
 * Called by the trial engine.  Each worker does the steps of one thread of the
 * trace, or of several in their order if there are fewer workers; with more,
 * copies of the trace run beside each other.  Time between calls is left out.
 *
 * An object that another worker makes is waited for: a free never comes before
 * its malloc.  That is all of the order between threads that is kept within a
 * pass, and what it costs is counted (replay_waits).  Each wait is for a step
 * before one's own (replay.h), so none is for ever.  At the end of a pass
 * its maker frees what the program had not, and all workers meet
 * (replay_pass_waits): the last to come decides whether there is another one.
 */
#define _GNU_SOURCE 1
#include <stdlib.h>

#include "harness/replay.h"
#include "harness/say.h"
#include "harness/stamp.h"
#include "harness/trial.h"

enum { P_PASSES, P_MARKS };

typedef _Atomic(void *) slot;

struct replay {
	const struct sl_replay *plan; /* constant */
	slot *slots;                  /* constant; plan->objects of each copy */
	unsigned copies;              /* constant */
	bool is_over; /* written by who decides, before the decision */
	_Atomic(uint64_t) arrived; /* at ends of passes, all workers */
	_Atomic(uint64_t) decided; /* at so many ends of passes */
};

struct mine {
	slot *slots; /* of this copy */
	struct sl_replay_step *steps;
	size_t nsteps;
	uint64_t mallocs, frees; /* that the engine has not seen */
	uint64_t waits, wait_ns;
	uint64_t pass_waits, pass_wait_ns;
};

static void
trace_prepare(struct sl_trial *t)
{
	const struct sl_replay *plan = sl_replay_plan();
	struct replay *r = sl_trial_memory(t, sizeof(*r));

	if (plan == NULL)
		sl_quit(SL_EXIT_USAGE, "trace: say which: --trace=FILE");
	r->plan = plan;
	r->copies = (t->config->threads + plan->threads - 1) / plan->threads;
	r->slots = sl_trial_memory(t, r->copies * plan->objects * sizeof(slot));
	t->shared = r;
}

/* Workers [first, first + n) do a copy, and this one what is its part. */
static void
trace_setup(struct sl_worker *w)
{
	struct replay *r = w->trial->shared;
	unsigned threads = w->trial->config->threads;
	unsigned copy = (unsigned)((uint64_t)w->index * r->copies / threads);
	unsigned first = (copy * threads + r->copies - 1) / r->copies;
	unsigned n = ((copy + 1) * threads + r->copies - 1) / r->copies - first;
	struct mine *m = sl_worker_memory(w, sizeof(*m));

	w->state = m;
	m->slots = r->slots + (size_t)copy * r->plan->objects;
	for (size_t i = 0; i < r->plan->nsteps; i++)
		m->nsteps += r->plan->steps[i].thread % n == w->index - first;
	if (m->nsteps == 0)
		return;
	m->steps = sl_worker_memory(w, m->nsteps * sizeof(*m->steps));
	m->nsteps = 0;
	for (size_t i = 0; i < r->plan->nsteps; i++)
		if (r->plan->steps[i].thread % n == w->index - first)
			m->steps[m->nsteps++] = r->plan->steps[i];
}

/* All workers do the same passes.  They meet before each but the first. */
static bool
begins(struct sl_worker *w, uint64_t pass)
{
	struct replay *r = w->trial->shared;
	uint64_t most = (uint64_t)w->trial->param[P_PASSES];
	uint64_t all = pass * w->trial->config->threads;
	struct sl_wait wait = sl_trial_wait(w->trial);
	struct mine *m = w->state;
	uint64_t from;

	if (pass == 0)
		return true;
	/* pairs(trace.met): who comes last has all slots as they were left. */
	if (sl_fetch_add_sc(&r->arrived, 1) + 1 == all) {
		r->is_over = most > 0 ? pass >= most : !sl_worker_goes_on(w);
		/* pairs(trace.met): ... and whoever goes on has, too. */
		sl_store_rel(&r->decided, pass);
		return !r->is_over;
	}
	m->pass_waits++;
	from = sl_clock_ns();
	/* pairs(trace.met): see above. */
	while (sl_load_acq(&r->decided) < pass)
		sl_wait_once(&wait);
	m->pass_wait_ns += sl_clock_ns() - from;
	return !r->is_over;
}

static void
wait_for(struct sl_worker *w, slot *s)
{
	struct mine *m = w->state;
	struct sl_wait wait = sl_trial_wait(w->trial);
	uint64_t from = sl_clock_ns();

	m->waits++;
	/* pairs(trace.made): who finds it there sees its marks. */
	while (sl_load_acq(s) == NULL)
		sl_wait_once(&wait);
	m->wait_ns += sl_clock_ns() - from;
}

static void *
take(struct sl_worker *w, const struct sl_replay_step *s)
{
	struct mine *m = w->state;
	slot *from = &m->slots[s->ends];
	void *p;

	/* pairs(trace.made): who finds it there sees its marks. */
	if (sl_load_acq(from) == NULL)
		wait_for(w, from);
	/* relaxed: this worker has seen it */
	p = sl_load_rlx(from);
	if (w->trial->param[P_MARKS])
		sl_stamp_check(p, s->ended);
	/* relaxed: who makes it again in the next pass has met us before */
	sl_store_rlx(from, NULL);
	return p;
}

static void *
allocate(struct sl_worker *w, const struct sl_replay_step *s, void *old)
{
	struct mine *m = w->state;
	size_t size = s->size > 0 ? s->size : 1;
	void *p = NULL;

	if (old == NULL && s->align_log2 == 0 && !s->zeroed)
		return sl_worker_malloc(w, size);
	m->mallocs++;
	m->frees += old != NULL;
	if (old != NULL)
		p = realloc(old, size);
	else if (s->zeroed)
		p = calloc(1, size);
	else if (posix_memalign(&p,
		     s->align_log2 < 3 ? 8 : (size_t)1 << s->align_log2,
		     size) != 0)
		p = NULL;
	if (p == NULL)
		sl_trial_no_memory(size);
	return p;
}

static void
step(struct sl_worker *w, const struct sl_replay_step *s)
{
	struct mine *m = w->state;
	void *old = s->ends != SL_REPLAY_NONE ? take(w, s) : NULL;
	void *p;

	if (s->makes == SL_REPLAY_NONE) {
		sl_worker_free(w, old);
		return;
	}
	p = allocate(w, s, old);
	if (w->trial->param[P_MARKS])
		sl_stamp_write(p, s->size);
	/* pairs(trace.made): see take(). */
	sl_store_rel(&m->slots[s->makes], p);
}

static void
trace_run(struct sl_worker *w)
{
	struct mine *m = w->state;

	for (uint64_t pass = 0; begins(w, pass); pass++)
		for (size_t i = 0; i < m->nsteps; i++)
			step(w, &m->steps[i]);
	w->mallocs += m->mallocs;
	w->frees += m->frees;
}

static void
trace_finish(struct sl_trial *t)
{
	const struct replay *r = t->shared;
	uint64_t waits = 0, ns = 0, pass_waits = 0, pass_ns = 0;

	for (unsigned i = 0; i < t->config->threads; i++) {
		const struct mine *m = t->workers[i].state;

		waits += m->waits;
		pass_waits += m->pass_waits;
		ns += m->wait_ns;
		pass_ns += m->pass_wait_ns;
	}
	sl_trial_figure(t, "replay_threads", r->plan->threads);
	sl_trial_figure(t, "replay_copies", r->copies);
	/* relaxed: all workers have ended. */
	sl_trial_figure(t, "replay_passes", (double)sl_load_rlx(&r->decided));
	sl_trial_figure(t, "replay_calls", (double)r->plan->calls);
	sl_trial_figure(t, "replay_kept", (double)r->plan->kept);
	sl_trial_figure(t, "replay_remote", (double)r->plan->remote);
	sl_trial_figure(t, "replay_waits", (double)waits);
	sl_trial_figure(t, "replay_pass_waits", (double)pass_waits);
	sl_trial_figure(t, "replay_wait_ms", (double)ns / 1e6);
	sl_trial_figure(t, "replay_pass_wait_ms", (double)pass_ns / 1e6);
}

const struct sl_workload sl_wl_trace = {
    .source = "a program of the user's, recorded by SPANLAB_OPTIONS=trace=PATH",
    .stresses = "what that program does, without the time between calls",
    .mcentral = "as the program",
    .operation = "an allocation of the program's",
    .needs_trace = true,
    .params =
	{
	    {"passes", 0, 0, 1 << 30, "times through; 0: fill the window"},
	    {"marks", 1, 0, 1, "1: objects are marked, and marks checked"},
	},
    .prepare = trace_prepare,
    .setup = trace_setup,
    .run = trace_run,
    .finish = trace_finish,
};
