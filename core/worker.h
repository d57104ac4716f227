/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * worker.h - a thread of the library's own, and its clocks.
 *
 * Used by mretain.  A layer over pthreads as thin as lock.h, so that a build
 * can replace it.  Such a thread gets no signals of the program's, is never
 * joined, and must not allocate.
 */
#ifndef SL_WORKER_H
#define SL_WORKER_H

#include <stdbool.h>
#include <stdint.h>

/* Let fn run in a thread of this name (15 characters at most).  It allocates,
 * and takes locks of the C library: call it where a program could call
 * pthread_create().  Returns an error number, or 0. */
int sl_worker_start(void (*fn)(void), const char *name);

/* By a worker: is no other thread left?  (The main thread ended, but not by
 * exit(), and then all others.)  The process ends when the worker returns. */
bool sl_worker_is_last(void);

/* By a worker. */
void sl_worker_sleep(uint64_t ns);

/* Of the clock, and of the CPU time of this thread. */
uint64_t sl_worker_now(void);
uint64_t sl_worker_cpu(void);

#endif /* SL_WORKER_H */
