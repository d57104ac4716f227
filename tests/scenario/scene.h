/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scene.h - what the bodies of scenarios work with: threads that hold spans,
 * slots in use, and the calls of the seam with a look at what they return.
 *
 * Included by scene.c and scenarios.c.
 */
#ifndef TESTS_SCENE_H
#define TESTS_SCENE_H

#include "tests/scenario/scenario.h"
#include "tests/unit/set_world.h"

enum { SCENE_SLOTS = 2 /* of a span */ };

/* Slots in use, to be freed by whoever the scenario says. */
struct scene_slot {
	struct sl_mspan *span;
	unsigned number;
};

extern struct scene {
	sl_spanclass class;     /* the one in question */
	sl_spanclass neighbour; /* the same with pointers */
	struct scenario_thread threads[SCENARIO_THREADS_MAX];
	struct scene_slot slots[SCENARIO_HELD_MAX];
	unsigned nslots;
} scene;

/* The thread holds the span from now on; or does no longer. */
void scene_keep(struct scenario_thread *t, struct sl_mspan *s);
struct sl_mspan *scene_let_go_last(struct scenario_thread *t);

/* Give up a span that is held no longer. */
void scene_insert(sl_spanclass c, struct sl_mspan *s);

/* Claim, and hold what was found. */
bool scene_claim_from(struct scenario_thread *t, sl_spanclass c);
bool scene_claim(struct scenario_thread *t);

/* Where there is a span in the set all the time, whatever the others do. */
void scene_claim_what_is_there(struct scenario_thread *t);
bool scene_never_misses(void);

/* Insert the span that is held for the shortest or the longest time, if one
 * is. */
void scene_give_last(struct scenario_thread *t);
void scene_give_first(struct scenario_thread *t);

/* Free slot i of those in use, as a thread that does not own the span. */
void scene_free_slot(struct scenario_thread *t, unsigned i);

/* Take the next free slot of a span that the caller owns.  False: none. */
bool scene_use_slot(struct sl_mspan *s);

#endif /* TESTS_SCENE_H */
