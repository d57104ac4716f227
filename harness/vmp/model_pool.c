/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model_pool.c - what the harness has of the system, on the model: a pool of
 * virtual threads, its processors, the clock, and sleep.
 *
 * Called by trial.c and workloads, which are guests, and by program.c, in place
 * of pool.c, pin.c, wait.c and fresh.c.  A job of the pool is one run of the
 * model, which goes on where the last one ended.
 */
#include <stdio.h>

#include "harness/fresh.h"
#include "harness/observe.h"
#include "harness/pin.h"
#include "harness/pool.h"
#include "harness/say.h"
#include "harness/vmp/model_program.h"
#include "harness/wait.h"

static struct {
	sl_pool_job *job;
	void *arg;
	unsigned n;
	bool has_run;
} pool;

int
sl_pool_grow(unsigned n)
{
	const char *why;

	if (n > MODEL_THREADS_MAX)
		sl_quit(SL_EXIT_USAGE, "%u threads: the model has at most %d",
		    n, MODEL_THREADS_MAX);
	if (sl_observe_is_on())
		sl_quit(SL_EXIT_USAGE, "the model has no latencies, memory or "
				       "counters to observe");
	why = model_init(2 * n); /* each may have started one */
	if (why != NULL)
		sl_quit(SL_EXIT_CANNOT, "%s", why);
	return 0;
}

static void
body(unsigned thread)
{
	pool.job(thread, pool.arg);
}

void
sl_pool_start(unsigned n, sl_pool_job *job, void *arg)
{
	pool.n = n;
	pool.job = job;
	pool.arg = arg;
}

void
sl_pool_wait(void)
{
	char why[MODEL_WHY_MAX];
	struct model_config c = model_program.config;

	c.threads = pool.n;
	c.body = body;
	c.goes_on = pool.has_run;
	pool.has_run = true;
	if (!model_run(&c, &model_program.counts, why))
		sl_quit(SL_EXIT_CHECK, "the model: %s", why);
	model_program_job_ended();
}

/* The run takes no time of the system's clock that anybody could wait for. */
bool
sl_pool_wait_until(uint64_t ns)
{
	(void)ns;
	sl_pool_wait();
	return true;
}

void
sl_pool_end(void)
{
}

/* --- pin.h ---------------------------------------------------------------- */

bool
sl_pin_init(const struct sl_pin_config *config, char *why, size_t why_len)
{
	(void)config;
	(void)why;
	(void)why_len;
	return true;
}

/* Threads fill one socket after the other. */
int
sl_pin_self(unsigned index, unsigned threads)
{
	return threads <= sl_pin_allowed() ? (int)index : SL_PIN_FREE;
}

int
sl_pin_where(void)
{
	return (int)model_core();
}

unsigned
sl_pin_allowed(void)
{
	return model_program.config.cores;
}

const char *
sl_pin_name(void)
{
	return "modelled";
}

const char *
sl_pin_oversubscribed(void)
{
	return "none";
}

const char *
sl_pin_note(void)
{
	return "";
}

const char *
sl_pin_order(void)
{
	return "";
}

const char *
sl_pin_numa(void)
{
	return "modelled";
}

/* --- wait.h, fresh.h ------------------------------------------------------ */

uint64_t
sl_clock_ns(void)
{
	return (uint64_t)((double)model_now() / model_program.profile.ghz);
}

void
sl_wait_sleep(void)
{
	model_sleep((uint64_t)(SL_WAIT_SLEEP_NS * model_program.profile.ghz));
}

void
sl_fresh_run(struct sl_worker *w, void *(*f)(void *arg), void *arg)
{
	int thread = model_spawn(f, arg);

	(void)w;
	if (thread < 0)
		sl_quit(SL_EXIT_CANNOT, "the model has no thread more");
	model_join(thread);
}
