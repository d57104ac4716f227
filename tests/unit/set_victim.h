/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * set_victim.h - a thread that stands still inside an operation of a set, in
 * many situations.
 *
 * Included by set_victim.c, set_stopped.c, set_forked.c and set_exited.c.
 */
#ifndef TESTS_SET_VICTIM_H
#define TESTS_SET_VICTIM_H

#include "tests/step/control.h"
#include "tests/unit/set_world.h"

enum {
	SET_VICTIM, /* its hand; the next are for the caller, three at most */
	SET_HANDS = 4,
	SET_LISTED_MAX = 20, /* more than lie apart for a thread or a CPU */
	SET_HELD_MAX = SET_LISTED_MAX + 2,
	SET_STEPS_MAX = 300, /* of an operation */
};

/* Spans that a thread holds. */
struct set_holding {
	struct sl_mspan *s[SET_HELD_MAX];
	unsigned n;
};

struct set_situation {
	bool inserts;  /* the victim's operation; else it claims */
	unsigned step; /* of it, before which the victim stands; 0: anywhere */
	unsigned listed; /* spans in the set before it */
	bool is_old;     /* the victim's span was listed before */
};

extern sl_spanclass set_spc; /* the class in question */
extern struct set_holding set_victim;

/* Once, before the others. */
void set_victim_start(void);

void set_hold_new(struct set_holding *h);
void set_claim_into(struct set_holding *h);
void set_insert_from(struct set_holding *h);
void set_put_back(struct set_holding *h);

/*
 * Has the victim stop before each step of each operation in each situation.
 * prepare() may hold spans.  stand() is called while the victim stands, and
 * ends with step_release().  give_up() puts back what is held.  At the end of
 * each situation all spans must be there.
 */
struct set_stand {
	void (*prepare)(void);
	void (*stand)(const struct set_situation *at);
	void (*give_up)(void);
	unsigned patience_ms; /* for what must end */
};
void set_stand_at_each_step(const struct set_stand *how);

/* The same once.  False: there is no such step. */
bool set_stand_once(const struct set_stand *how, struct set_situation *at);

/* The victim claims and inserts, until a signal stops it.  Once. */
void set_stand_anywhere(const struct set_stand *how, uint64_t *dice);

/* The victim shall end its operations when it goes on. */
void set_victim_ends(void);

#endif /* TESTS_SET_VICTIM_H */
