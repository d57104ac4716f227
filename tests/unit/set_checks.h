/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * set_checks.h - what a span set must do, as checks over the seam.
 *
 * Used by t_set.c, on the set of each variant, and by t_set_faults.c, on sets
 * that are wrong on purpose.  The page heap is mocked (harness/mock_mheap.h).
 * A check returns NULL, or one line that says what it found.
 */
#ifndef TESTS_SET_CHECKS_H
#define TESTS_SET_CHECKS_H

#include <stdbool.h>
#include <stdint.h>

/* Before all others. */
void set_checks_init(void);

/*
 * One thread, random steps, against a model: what is in the set, what a claim
 * must return (by order, if the set declares one), what a walk visits, what
 * the counters say.  Once per process.
 */
const char *set_check_sequence(uint64_t seed, unsigned steps);

/*
 * Threads claim spans from a few and insert them again at once, `claims` tries
 * in all.  No span is in two hands, what an inserter wrote is seen by the
 * claimer, and at the end every span is in the set once.
 */
const char *set_check_recycling(unsigned threads, unsigned claims);

/*
 * Threads cache, uncache and detach spans as mcaches do, `spans` in all, and
 * free slots of each other's spans meanwhile, so that full spans go back to
 * the set from other threads.  No slot is in two hands, at the end every span
 * is in the set once, with all its slots free, and the counters add up.
 */
const char *set_check_policy(unsigned threads, unsigned spans);

/*
 * Threads, at most 8, claim and insert two spans, `rounds` steps in all.  What
 * they did is recorded and must be a history of a linearizable bag, with the
 * misses that the set declares.
 */
const char *set_check_history(unsigned threads, unsigned rounds);

/*
 * Memory is refused, always or at random, by one thread; or from some request
 * on, by several, which are delayed as below: no span is lost.
 */
const char *set_check_refused(uint64_t seed, unsigned rounds);
const char *set_check_refused_threads(unsigned spans);

/* The checks with threads, each of which loses the CPU between any two steps of
 * a set that was compiled with tests/step/step.h. */
const char *set_check_delayed(void);

/*
 * One thread stands still inside an operation, before each of its steps in
 * turn, or where a signal meets it, so many times.  Others end their operations
 * if the set declares that, within patience_ms; if it declares that they wait,
 * some do.  The set was compiled with step.h.  In one process, each once.
 */
const char *set_check_stopped_at_steps(unsigned patience_ms);
const char *set_check_stopped_anywhere(unsigned patience_ms, unsigned times);

/* A fork while a thread stands inside an operation, before each of its steps in
 * turn: the set of the child is whole, and a child ends within so many seconds.
 * Once per process. */
const char *set_check_forked(unsigned seconds);

/*
 * A process ends, in one of several ways or in all, while a thread stands
 * inside an operation, before each of its steps in turn: it ends with its
 * status within so many seconds, and what its handlers ask of the set is done.
 * In children, which begin the set anew if the caller has not.
 */
const char *set_check_exited(bool in_all_ways, unsigned seconds);

/* The scenarios of tests/scenario/ that fit, or the one of that name: bodies in
 * all orders, one of them stopped before each of its steps, and so many times
 * all at once.  Once per process. */
const char *set_check_scenarios(unsigned times, const char *only);

#endif /* TESTS_SET_CHECKS_H */
