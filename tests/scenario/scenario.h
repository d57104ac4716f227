/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scenario.h - small concurrent scenarios over the seam: a table, of which
 * each row has two to four threads that do a few things at once.
 *
 * Used by tests/unit/set_scenarios.c, which runs the bodies one after the
 * other in each order, with one of them stopped before each of its steps, and
 * by threads at once; and by whatever else can say what runs when.
 *
 * No body makes threads, sleeps, looks at a clock, draws random numbers or
 * waits for another body: the runner alone decides in what order they go on.
 * The page heap is mocked (harness/mock_mheap.h); faults go to set_fault() of
 * tests/unit/set_world.h.
 *
 *	scenario_setup(sc, sl_mock_user());       by one thread
 *	scenario_run(sc, i, sl_mock_user());      each i < sc->nthreads once
 *	scenario_end(sc, sl_mock_user());         by one thread, after all
 *
 * After scenario_end() the set is as empty as before, so the next scenario, or
 * the same again, finds the descriptors of this one: they are recycled at once.
 */
#ifndef TESTS_SCENARIO_H
#define TESTS_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

#include "core/mcentral.h"

enum {
	SCENARIO_THREADS_MAX = 4,
	SCENARIO_HELD_MAX = 8, /* spans that one thread may hold */
};

/* What a body works with. */
struct scenario_thread {
	unsigned id; /* from 1 */
	struct sl_mcentral_user *user;
	struct sl_mspan *held[SCENARIO_HELD_MAX];
	unsigned nheld;
	unsigned misses; /* claims that found nothing */
};

struct scenario {
	const char *name;
	const char *about;
	unsigned nthreads;
	bool epoch;   /* for the option epoch; the others for its absence */
	bool forks;   /* not for sets that never fork */
	bool is_long; /* goes through all bags: hundreds of steps or more */
	/* To begin with: spans in the set, and of each the slots in use; full
	 * spans that nobody owns or lists; threads that hold a span, and of
	 * it the slots in use. */
	unsigned listed, listed_used;
	unsigned full;
	unsigned holders, held_used;
	void (*body[SCENARIO_THREADS_MAX])(struct scenario_thread *t);
	void (*check)(struct sl_mcentral_user *u); /* its own; may be NULL */
};

extern const struct scenario scenarios[];
extern const size_t scenarios_count;

/* Is it for this set and these options? */
bool scenario_fits(const struct scenario *sc);

/* Bodies do not overlap: then a claim finds what is there, whatever the set
 * declares.  Before scenario_setup(); false from the start. */
void scenario_one_by_one(bool yes);

void scenario_setup(const struct scenario *sc, struct sl_mcentral_user *u);
void scenario_run(
    const struct scenario *sc, unsigned i, struct sl_mcentral_user *u);

/* What every scenario must leave: each span that left the page heap can be
 * claimed once, with no slot in use.  Then all go back to the heap. */
void scenario_end(const struct scenario *sc, struct sl_mcentral_user *u);

#endif /* TESTS_SCENARIO_H */
