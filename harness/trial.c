/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trial.c - the trial engine: setup, gate, timed run, drain.
 *
 * Called by the main thread of a bench program.  The main thread sleeps while
 * the workers run, or looks at memory (observe.h); it counts before they start
 * and after the last has ended.
 */
#define _GNU_SOURCE 1
#include "harness/trial.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "harness/pin.h"
#include "harness/pool.h"
#include "harness/say.h"

static void *
memory_map(size_t bytes, int more_flags)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | more_flags, -1, 0);

	if (p == MAP_FAILED)
		sl_quit(
		    SL_EXIT_CANNOT, "no memory for %zu bytes of tables", bytes);
	return p;
}

static void *
memory_add(struct sl_memory *m, size_t bytes, int more_flags)
{
	for (int i = 0; i < SL_MEMORY_MAX; i++) {
		if (m->block[i].p != NULL)
			continue;
		m->block[i].p = memory_map(bytes, more_flags);
		m->block[i].bytes = bytes;
		return m->block[i].p;
	}
	sl_quit(SL_EXIT_CANNOT, "a workload asks for more than %d tables",
	    SL_MEMORY_MAX);
}

static void
memory_drop(struct sl_memory *m)
{
	for (int i = 0; i < SL_MEMORY_MAX; i++)
		if (m->block[i].p != NULL)
			munmap(m->block[i].p, m->block[i].bytes);
}

/* Backed by pages at once: the run shall take no page fault for a table. */
void *
sl_worker_memory(struct sl_worker *w, size_t bytes)
{
	return memory_add(&w->memory, bytes, MAP_POPULATE);
}

void *
sl_trial_memory(struct sl_trial *t, size_t bytes)
{
	return memory_add(&t->memory, bytes, MAP_POPULATE);
}

void *
sl_worker_stack(struct sl_worker *w, size_t bytes)
{
	return memory_add(&w->memory, bytes, MAP_NORESERVE | MAP_STACK);
}

void
sl_trial_figure(struct sl_trial *t, const char *name, double value)
{
	struct sl_trial_result *r = t->result;

	if (r->nfigures == SL_FIGURES_MAX)
		sl_quit(SL_EXIT_CANNOT,
		    "a workload reports more than %d "
		    "figures",
		    SL_FIGURES_MAX);
	r->figures[r->nfigures++] = (struct sl_figure){name, value};
}

_Noreturn void
sl_trial_no_memory(size_t size)
{
	sl_quit(SL_EXIT_CANNOT, "malloc(%zu) returned NULL", size);
}

/* Wait until all workers are here.  The last to come sets the deadline and
 * opens the gate. */
static void
gate_pass(struct sl_trial *t)
{
	struct sl_wait wait = sl_trial_wait(t);
	unsigned before;

	/* relaxed: a count; the setups were ordered by the pool. */
	before = sl_fetch_add_rlx(&t->arrived, 1);
	if (before + 1 == t->config->threads) {
		t->deadline_ns = sl_clock_ns() + t->config->window_ns;
		/* pairs(trial.gate): who passes sees the deadline. */
		sl_store_rel(&t->gate_open, true);
		return;
	}
	/* pairs(trial.gate): see above. */
	while (!sl_load_acq(&t->gate_open))
		sl_wait_once(&wait);
}

static void
job_setup(unsigned index, void *arg)
{
	struct sl_trial *t = arg;
	struct sl_worker *w = &t->workers[index];

	w->bound_cpu = sl_pin_self(index, t->config->threads);
	sl_observe_setup(w);
	if (t->config->wl->setup != NULL)
		t->config->wl->setup(w);
}

/* Its name is how a tool that counts instructions knows what is timed. */
__attribute__((noinline)) void
sl_trial_timed(struct sl_worker *w)
{
	w->trial->config->wl->run(w);
	/* not the last thing it does, or it would not be there at the end */
	w->end_ns = sl_clock_ns();
}

static void
job_run(unsigned index, void *arg)
{
	struct sl_trial *t = arg;
	struct sl_worker *w = &t->workers[index];

	w->mallocs = 0;
	w->frees = 0;
	gate_pass(t);
	sl_observe_begin(w);
	w->start_ns = sl_clock_ns();
	sl_trial_timed(w);
	w->end_cpu = sl_pin_where();
	sl_observe_end(w);
}

static void
job_drain(unsigned index, void *arg)
{
	struct sl_trial *t = arg;

	t->config->wl->drain(&t->workers[index]);
}

static void
trial_init(struct sl_trial *t, const struct sl_trial_config *c)
{
	double quota = (double)c->values.ops * c->scale;

	memset(t, 0, sizeof(*t));
	t->config = c;
	t->param = c->values.v;
	t->is_shared = c->threads > sl_pin_allowed();
	t->workers = memory_map(c->threads * sizeof(*t->workers), 0);
	for (unsigned i = 0; i < c->threads; i++) {
		struct sl_worker *w = &t->workers[i];

		w->index = i;
		w->trial = t;
		w->quota = UINT64_MAX;
		if (c->values.ops > 0)
			w->quota = quota < 1 ? 1 : (uint64_t)quota;
		sl_rng_init(&w->rng, c->seed, c->round, i);
	}
}

static void
timed_run(struct sl_trial *t, struct sl_trial_result *out)
{
	sl_probe_sample(&out->before);
	sl_pool_start(t->config->threads, job_run, t);
	sl_observe_wait(t);
	sl_probe_sample(&out->after);
}

static void
add_up(const struct sl_trial *t, struct sl_trial_result *out)
{
	uint64_t first = UINT64_MAX;
	uint64_t last = 0;

	out->min_thread_ops = UINT64_MAX;
	for (unsigned i = 0; i < t->config->threads; i++) {
		const struct sl_worker *w = &t->workers[i];
		uint64_t ops = w->mallocs > w->frees ? w->mallocs : w->frees;

		out->mallocs += w->mallocs;
		out->frees += w->frees;
		out->pinned +=
		    w->bound_cpu != SL_PIN_FREE && w->bound_cpu == w->end_cpu;
		if (ops < out->min_thread_ops)
			out->min_thread_ops = ops;
		if (ops > out->max_thread_ops)
			out->max_thread_ops = ops;
		if (w->start_ns < first)
			first = w->start_ns;
		if (w->end_ns > last)
			last = w->end_ns;
	}
	out->makespan_ns = last > first ? last - first : 1;
}

static void
cpus_print(const struct sl_trial *t, struct sl_trial_result *out)
{
	size_t at = 0;

	if (out->pinned < t->config->threads)
		return;
	for (unsigned i = 0; i < t->config->threads; i++)
		at += (size_t)snprintf(out->cpus + at, sizeof(out->cpus) - at,
		    "%s%d", i > 0 ? "," : "", t->workers[i].end_cpu);
}

void
sl_trial_run(const struct sl_trial_config *c, struct sl_trial_result *out)
{
	struct sl_trial t;

	memset(out, 0, sizeof(*out));
	trial_init(&t, c);
	t.result = out;
	sl_observe_prepare(&t);
	if (c->wl->prepare != NULL)
		c->wl->prepare(&t);
	sl_pool_start(c->threads, job_setup, &t);
	sl_pool_wait();
	timed_run(&t, out);
	add_up(&t, out);
	cpus_print(&t, out);
	if (c->wl->drain != NULL) {
		sl_pool_start(c->threads, job_drain, &t);
		sl_pool_wait();
	}
	if (c->wl->finish != NULL)
		c->wl->finish(&t);
	sl_observe_drained(&t);
	sl_observe_write(&t);
	for (unsigned i = 0; i < c->threads; i++)
		memory_drop(&t.workers[i].memory);
	memory_drop(&t.memory);
	munmap(t.workers, c->threads * sizeof(*t.workers));
}
