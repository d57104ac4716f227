/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * set_stopped.c - while a thread stands still inside an operation of a set,
 * others can do what the set declares (enum sl_guarantee), and no more.
 * Called by t_stopped.c and t_stopped_says_*.c, through set_checks.h.
 *
 * One thread claims, one inserts, and one begins and ends its life.  What is
 * declared lock-free must come to its end; what is mostly so must unless the
 * victim stands where others may wait for it; and what blocks must be seen to
 * wait somewhere, or the declaration is wrong.
 */
#include <stdio.h>

#include "tests/unit/set_victim.h"

enum {
	CLAIMER = SET_VICTIM + 1, /* hands */
	INSERTER,
	LIFE,
	GIVEN = 3, /* spans for the inserter */
	TAKEN = 8,
	STALL_MS = 5, /* for what need not end */
};

static struct set_holding claimer, inserter;

static const char *const names[] = {"victim", "claimer", "inserter", "life"};
static unsigned waits[SET_HANDS], stops;

static void
give(void)
{
	for (unsigned i = 0; i < GIVEN; i++)
		set_hold_new(&inserter);
}

static void
give_up(void)
{
	set_put_back(&inserter); /* if nothing stopped */
	set_put_back(&claimer);
}

static void *
claim_some(void *arg)
{
	(void)arg;
	sl_mock_user();
	for (unsigned i = 0; i < TAKEN; i++)
		set_claim_into(&claimer);
	return NULL;
}

static void *
insert_some(void *arg)
{
	(void)arg;
	sl_mock_user();
	set_put_back(&inserter);
	return NULL;
}

static void *
short_life(void *arg)
{
	struct set_holding mine = {.n = 0};

	(void)arg;
	sl_mock_user();
	set_claim_into(&mine);
	set_put_back(&mine);
	return NULL;
}

/* In a thread of its own, which enters and leaves the set. */
static void *
live(void *arg)
{
	unit_threads(1, short_life, arg, 0);
	return NULL;
}

static enum sl_guarantee
guarantee_of(unsigned hand)
{
	enum sl_guarantee insert = sl_set_info.insert;
	enum sl_guarantee claim = sl_set_info.claim;

	if (hand == CLAIMER)
		return claim;
	if (hand == INSERTER)
		return insert;
	return insert < claim ? insert : claim;
}

static unsigned patience_ms;

/* All the others have begun: which of them end? */
static void
judge(const struct set_situation *at, bool is_held, bool *ended)
{
	for (unsigned i = CLAIMER; i <= LIFE; i++) {
		enum sl_guarantee g = guarantee_of(i);
		bool must =
		    g >= SL_LOCK_FREE || (g == SL_MOSTLY_LOCK_FREE && !is_held);

		ended[i] = unit_hand_ended(i, must ? patience_ms : STALL_MS);
		waits[i] += !ended[i];
		if (must && !ended[i])
			set_fault("the %s waits for a thread that stands "
				  "before step %u of its %s%s",
			    names[i], at->step,
			    at->inserts ? "insertion" : "claim",
			    is_held ? ", holding something" : "");
	}
}

static void
stand(const struct set_situation *at)
{
	bool ended[SET_HANDS];

	stops++;
	unit_begin_in_hand(CLAIMER, claim_some, NULL);
	unit_begin_in_hand(INSERTER, insert_some, NULL);
	unit_begin_in_hand(LIFE, live, NULL);
	judge(at, step_is_held(), ended);
	/* Or it might keep an unfair lock for itself. */
	set_victim_ends();
	step_release();
	for (unsigned i = CLAIMER; i <= LIFE; i++)
		if (!ended[i] && !unit_hand_ended(i, patience_ms))
			set_fault(
			    "the %s waits on, with nobody stopped", names[i]);
}

static struct set_stand
begin(unsigned patience)
{
	struct set_stand how = {
	    .prepare = give,
	    .stand = stand,
	    .give_up = give_up,
	    .patience_ms = patience,
	};

	patience_ms = patience;
	set_victim_start();
	return how;
}

static void
expect_waits(unsigned hand)
{
	if (guarantee_of(hand) == SL_BLOCKING && waits[hand] == 0)
		set_fault("it is said to block, but the %s never waited",
		    names[hand]);
}

const char *
set_check_stopped_at_steps(unsigned patience)
{
	struct set_stand how = begin(patience);

	set_stand_at_each_step(&how);
	printf("# stopped %u times; waited: claimer %u, inserter %u, life %u\n",
	    stops, waits[CLAIMER], waits[INSERTER], waits[LIFE]);
	expect_waits(CLAIMER);
	expect_waits(INSERTER);
	return set_first_fault();
}

const char *
set_check_stopped_anywhere(unsigned patience, unsigned times)
{
	struct set_stand how = begin(patience);
	uint64_t dice = unit_seed(3);

	for (unsigned i = 0; i < times && !set_has_fault(); i++)
		set_stand_anywhere(&how, &dice);
	return set_first_fault();
}
