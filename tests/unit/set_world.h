/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * set_world.h - what the checks of a span set share: the first fault, the
 * counters, who holds a span, spans to fill and all that is left at the end.
 *
 * Included by the set_*.c and by tests/scenario/scenarios.c.
 */
#ifndef TESTS_SET_WORLD_H
#define TESTS_SET_WORLD_H

#include <stdbool.h>

#include "core/mheap.h"
#include "harness/mock_mheap.h"
#include "tests/unit/set_checks.h"
#include "tests/unit/unit.h"

/* Note a fault, if it is the first one.  Any thread. */
void set_fault(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The first fault since the last call, or NULL. */
const char *set_first_fault(void);
bool set_has_fault(void);

struct sl_stats set_counters(void);

/* Does the declared progress begin with these words? */
bool set_progress_is(const char *words);

/* The class of the smallest objects of at least so many bytes. */
sl_spanclass set_class_of(unsigned bytes, bool noscan);

/* A span fresh from the page heap, owned; NULL if there is none left. */
struct sl_mspan *set_new_span(sl_spanclass spc);

/* Is the span that a claim of the class returned what it ought to be? */
bool set_is_claimed_well(struct sl_mspan *s, sl_spanclass spc);

/*
 * Thread `who`, from 1, holds a span, or does no longer; two that do at once
 * are a fault.  Each hold adds one to a number beside the span that is not
 * atomic: the set orders its holders, which is what is tested.
 */
void set_hold(struct sl_mspan *s, unsigned who);
void set_let_go(struct sl_mspan *s, unsigned who);

/* How often all spans were held since the last reset. */
uint64_t set_holds(void);
void set_holds_reset(void);

/* The next free slot of an owned span, or -1. */
int set_take_slot(struct sl_mspan *s);

/* Walk the bag and what was spilled of it; visit may be NULL.  Returns how many
 * visits were made, with a fault if the walk does not end. */
size_t set_walk(sl_bag bag, void (*visit)(struct sl_mspan *));

/*
 * Claim all that is in the class: each span that left the page heap must come
 * back once, with no slot in use.  Then it goes to the heap.  In epoch mode
 * turns must bring all back.
 */
void set_collect(sl_spanclass spc);

#endif /* TESTS_SET_WORLD_H */
