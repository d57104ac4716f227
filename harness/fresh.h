/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fresh.h - a thread that the allocator has not seen before.
 *
 * Used by workloads in which threads end: a worker of the pool starts one,
 * waits for it, and may start the next.  The stack is the worker's and is
 * used again, so that the C library keeps none; starting a thread allocates
 * a few hundred bytes itself, which are not counted.
 */
#ifndef SL_FRESH_H
#define SL_FRESH_H

#include "harness/trial.h"

/* Run f(arg) on a fresh thread, and return when it has ended. */
void sl_fresh_run(struct sl_worker *w, void *(*f)(void *arg), void *arg);

#endif /* SL_FRESH_H */
