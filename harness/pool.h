/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pool.h - threads that stay for the whole life of a bench program.
 *
 * Called by the main thread only.  Between two jobs each thread sleeps on
 * its own semaphore, outside the allocator, so that the heap may be checked;
 * a thread that a job does not need is not woken.
 */
#ifndef SL_POOL_H
#define SL_POOL_H

#include <stdbool.h>
#include <stdint.h>

typedef void sl_pool_job(unsigned index, void *arg);

/* Have at least n threads.  0, or an errno value. */
int sl_pool_grow(unsigned n);

/* Let threads 0 .. n-1 do job(index, arg); return at once. */
void sl_pool_start(unsigned n, sl_pool_job *job, void *arg);

/* Wait until all have done the job.  What they wrote may then be read. */
void sl_pool_wait(void);

/* The same, but not beyond that time on the monotonic clock.  False: some have
 * not. */
bool sl_pool_wait_until(uint64_t ns);

/* End and join all threads. */
void sl_pool_end(void);

#endif /* SL_POOL_H */
