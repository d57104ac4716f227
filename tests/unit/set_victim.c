/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * set_victim.c - a thread that stands still inside an operation of a set; see
 * set_victim.h.
 */
#define _GNU_SOURCE 1
#include "tests/unit/set_victim.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <time.h>

sl_spanclass set_spc;
struct set_holding set_victim;

static const struct set_stand *how;
static pthread_t thread;
static atomic_bool goes_on;

void
set_victim_start(void)
{
	if (set_spc != 0)
		return;
	set_spc = set_class_of(1024, true);
	unit_start_hands(SET_HANDS);
	step_stop_by_signal(SIGUSR1);
}

void
set_hold_new(struct set_holding *h)
{
	h->s[h->n++] = set_new_span(set_spc);
}

void
set_claim_into(struct set_holding *h)
{
	struct sl_mspan *s = sl_set_claim(set_spc);

	if (s != NULL && set_is_claimed_well(s, set_spc))
		h->s[h->n++] = s;
}

void
set_insert_from(struct set_holding *h)
{
	struct sl_mspan *s = h->s[--h->n];

	if (sl_mspan_release(s))
		sl_set_insert(set_spc, s);
}

void
set_put_back(struct set_holding *h)
{
	while (h->n > 0)
		set_insert_from(h);
}

/* In the end the victim holds a span if it is to insert one. */
static void
prepare(const struct set_situation *at)
{
	for (unsigned i = 0; i < at->listed; i++)
		set_hold_new(&set_victim);
	set_hold_new(&set_victim);
	if (at->is_old) {
		set_insert_from(&set_victim);
		set_claim_into(&set_victim);
	}
	for (unsigned i = 0; i < at->listed; i++)
		set_insert_from(&set_victim);
	if (!at->inserts)
		set_put_back(&set_victim);
	how->prepare();
}

static void
finish(void)
{
	if (!unit_hand_ended(SET_VICTIM, how->patience_ms))
		set_fault("the stopped thread does not go on");
	if (set_has_fault())
		return;
	set_put_back(&set_victim);
	how->give_up();
	set_collect(set_spc);
}

static void *
operate(void *arg)
{
	const struct set_situation *at = arg;

	sl_mock_user();
	step_stop_at(at->step);
	if (at->inserts)
		set_insert_from(&set_victim);
	else
		set_claim_into(&set_victim);
	step_end();
	return NULL;
}

bool
set_stand_once(const struct set_stand *h, struct set_situation *at)
{
	bool did_stop;

	how = h;
	prepare(at);
	unit_begin_in_hand(SET_VICTIM, operate, at);
	did_stop = step_wait();
	if (did_stop) {
		how->stand(at);
		step_wait(); /* its end */
	}
	finish();
	return did_stop;
}

static void
each_step(const struct set_stand *h, unsigned listed, bool inserts, bool is_old)
{
	struct set_situation at = {
	    .listed = listed, .inserts = inserts, .is_old = is_old};

	do
		at.step++;
	while (at.step < SET_STEPS_MAX && !set_has_fault() &&
	       set_stand_once(h, &at));
}

void
set_stand_at_each_step(const struct set_stand *h)
{
	static const unsigned listed[] = {0, 1, 3, 15, SET_LISTED_MAX};

	for (size_t i = 0; i < UNIT_COUNT(listed); i++) {
		each_step(h, listed[i], false, false);
		each_step(h, listed[i], true, false);
		each_step(h, listed[i], true, true);
	}
}

static void *
churn(void *arg)
{
	(void)arg;
	sl_mock_user();
	thread = pthread_self();
	atomic_store(&goes_on, true);
	while (atomic_load(&goes_on)) {
		set_claim_into(&set_victim);
		set_claim_into(&set_victim);
		set_put_back(&set_victim);
	}
	step_end();
	return NULL;
}

void
set_stand_anywhere(const struct set_stand *h, uint64_t *dice)
{
	struct set_situation at = {.listed = (unsigned)unit_random(dice, 4)};
	struct timespec nap = {0, (long)unit_random(dice, 200000)};

	how = h;
	prepare(&at);
	unit_begin_in_hand(SET_VICTIM, churn, NULL);
	while (!atomic_load(&goes_on))
		sched_yield();
	nanosleep(&nap, NULL);
	pthread_kill(thread, SIGUSR1);
	step_wait();
	how->stand(&at);
	step_wait(); /* its end */
	finish();
}

void
set_victim_ends(void)
{
	atomic_store(&goes_on, false);
}
