/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * set_scenarios.c - the scenarios of tests/scenario/, run in three ways: the
 * bodies one after the other, in each order; one of them stopped before each
 * of its steps, while the others run; and all at once, by threads that are
 * delayed.
 * Called by t_scenarios.c and t_scenario_faults.c, through set_checks.h.
 *
 * The second way is a search: all schedules in which one thread is interrupted
 * once.  Where others may have to wait for the victim it goes on soon.
 */
#define _GNU_SOURCE 1
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/scenario/scenario.h"
#include "tests/step/control.h"
#include "tests/unit/set_world.h"

enum {
	VICTIM, /* hands */
	OTHERS,
	ORDERS = 6, /* of three; with four bodies, six of 24 */
	STEPS_MAX = 4000,
	STALL_MS = 2,    /* for what need not end, the first time */
	OVERLAP_MS = 10, /* for what ends unless it waits for the victim */
	PATIENCE_MS = 20000,
};

/* What a run of the scenario looks like; for messages. */
static struct plan {
	const struct scenario *sc;
	unsigned order[SCENARIO_THREADS_MAX]; /* of bodies; [0] is stopped */
	unsigned step;                        /* before which; 0: nowhere */
	bool waited; /* the others, for the victim, in this order */
} plan;

static unsigned sequences, stops, rounds;

static const char *
order_text(void)
{
	static char text[SCENARIO_THREADS_MAX + 1];

	for (unsigned i = 0; i < plan.sc->nthreads; i++)
		text[i] = (char)('1' + plan.order[i]);
	return text;
}

/* --- orders -------------------------------------------------------------- */

/* The k-th order of n bodies.  False: there are not so many. */
static bool
arrange(unsigned n, unsigned k)
{
	unsigned rest[SCENARIO_THREADS_MAX], left = n;

	for (unsigned i = 0; i < n; i++)
		rest[i] = i;
	for (unsigned i = 0; i < n; i++) {
		unsigned at = k % left;

		k /= left;
		plan.order[i] = rest[at];
		left--;
		for (unsigned j = at; j < left; j++)
			rest[j] = rest[j + 1];
	}
	return k == 0;
}

static void
run_body(unsigned place)
{
	scenario_run(plan.sc, plan.order[place], sl_mock_user());
}

static void
set_up(void)
{
	scenario_setup(plan.sc, sl_mock_user());
}

/* Says of a fault where it was found. */
static void
finish(const char *way)
{
	const char *fault;

	if (!set_has_fault())
		scenario_end(plan.sc, sl_mock_user());
	fault = set_first_fault();
	if (fault != NULL)
		set_fault("%s, %s, order %s, step %u: %s", plan.sc->name, way,
		    order_text(), plan.step, fault);
}

/* --- one after the other ------------------------------------------------- */

static void
run_in_sequence(void)
{
	unsigned n = plan.sc->nthreads;

	scenario_one_by_one(true);
	for (unsigned k = 0; arrange(n, k) && !set_has_fault(); k++) {
		set_up();
		for (unsigned i = 0; i < n; i++)
			run_body(i);
		finish("one by one");
		sequences++;
	}
	scenario_one_by_one(false);
}

/* --- one stopped --------------------------------------------------------- */

static void *
run_victim(void *arg)
{
	(void)arg;
	sl_mock_user();
	step_stop_at(plan.step);
	run_body(0);
	step_end();
	return NULL;
}

static void *
run_others(void *arg)
{
	(void)arg;
	for (unsigned i = 1; i < plan.sc->nthreads; i++)
		run_body(i);
	return NULL;
}

static void
expect_end(unsigned hand)
{
	if (!unit_hand_ended(hand, PATIENCE_MS))
		set_fault("thread %u does not come to its end", hand + 1);
}

/* The others, or most of them, while the victim stands.  Once they have had to
 * wait for it they get less time: there will be many such steps. */
static bool
others_end(void)
{
	static const struct timespec nap = {0, 200000};
	unsigned ms = step_is_held() ? STALL_MS : OVERLAP_MS;
	bool ended;

	if (plan.waited) {
		nanosleep(&nap, NULL);
		ms = 0;
	}
	ended = unit_hand_ended(OTHERS, ms);
	plan.waited |= !ended;
	return ended;
}

/* False: the body has no such step. */
static bool
stop_once(void)
{
	bool did_stop, ended = false;

	set_up();
	unit_begin_in_hand(VICTIM, run_victim, NULL);
	did_stop = step_wait();
	unit_begin_in_hand(OTHERS, run_others, NULL);
	if (did_stop) {
		ended = others_end();
		step_release();
		step_wait(); /* its end */
	}
	expect_end(VICTIM);
	if (!ended)
		expect_end(OTHERS);
	finish("one stopped");
	stops += did_stop;
	return did_stop;
}

/* Where there are many steps, some are left out: other ones for each order of
 * the others.  In the quick form these have one order only. */
static void
stop_at_each_step(void)
{
	const struct scenario *sc = plan.sc;
	unsigned stride = !sc->is_long ? 1 : sc->epoch ? 16 : 2;
	unsigned n = sc->nthreads;
	bool is_quick = unit_scaled(10) < 10;

	for (unsigned k = 0; arrange(n, k) && !set_has_fault(); k++) {
		if (is_quick && k == n)
			break;
		plan.waited = false;
		for (plan.step = 1 + k / n * stride / 2; plan.step < STEPS_MAX;
		     plan.step += stride)
			if (!stop_once() || set_has_fault())
				break;
	}
	plan.step = 0;
}

/* --- all at once --------------------------------------------------------- */

static void *
run_one(void *arg)
{
	sl_mock_user();
	run_body((unsigned)((unsigned *)arg - plan.order));
	return NULL;
}

static void
run_at_once(unsigned times)
{
	unsigned n = plan.sc->nthreads;

	step_delay_at_random(true);
	for (unsigned k = 0; k < times && !set_has_fault(); k++) {
		if (!arrange(n, k % ORDERS))
			arrange(n, 0);
		set_up();
		for (unsigned i = 0; i < n; i++)
			unit_begin_in_hand(i, run_one, &plan.order[i]);
		for (unsigned i = 0; i < n; i++)
			expect_end(i);
		finish("at once");
		rounds++;
	}
	step_delay_at_random(false);
}

const char *
set_check_scenarios(unsigned times, const char *only)
{
	unit_start_hands(SCENARIO_THREADS_MAX);
	for (size_t i = 0; i < scenarios_count && !set_has_fault(); i++) {
		plan = (struct plan){.sc = &scenarios[i]};
		if (!scenario_fits(plan.sc) ||
		    (only != NULL && strcmp(only, plan.sc->name) != 0))
			continue;
		run_in_sequence();
		stop_at_each_step();
		run_at_once(plan.sc->is_long ? times / 10 : times);
	}
	printf("# %u sequences, %u stops, %u rounds at once\n", sequences,
	    stops, rounds);
	return set_first_fault();
}
