/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * control.h - where threads are delayed or stopped in code that was compiled
 * with step.h.  Only one thread at a time is stopped.
 *
 * Used by the tests of the kind `step`.
 */
#ifndef TESTS_STEP_CONTROL_H
#define TESTS_STEP_CONTROL_H

#include <stdbool.h>

/* From now on each step may let other threads run first: mostly none, often
 * one turn of the scheduler, now and then many. */
void step_delay_at_random(bool on);

/* The calling thread stops before its n-th step from now (1: the next).  0: it
 * does not. */
void step_stop_at(unsigned n);

/* The calling thread has come to the end of what was to be stopped.  Returns
 * how many steps it took since step_stop_at(). */
unsigned step_end(void);

/* From now on the signal sig stops the thread that gets it, wherever it is. */
void step_stop_by_signal(int sig);

/* Waits until a thread has stopped (true) or come to its end. */
bool step_wait(void);

/* Of the stopped thread: may others have to wait for it? */
bool step_is_held(void);

/* The stopped thread goes on. */
void step_release(void);

#endif /* TESTS_STEP_CONTROL_H */
