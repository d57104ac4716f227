/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mretain.h - how much memory free pages may keep: the background scavenger
 * and the memory limit (Go: gcPaceScavenger, bgscavenge, memoryLimit).
 *
 * Used by mheap, mstats, mallocgc and mfree.
 *
 * scavenge=MS: a thread gives memory back that is more than the most that was
 * in use lately, in a period of MS milliseconds, and a tenth.  It uses one
 * percent of a CPU.  It is made when there is reason to, and ends when there
 * is none: no thread waits for something to do, and a process whose main
 * thread has ended (not by exit) waits for it no longer than for one nap.
 *
 * memlimit=MIB: memory of free pages goes back, at once, when what the
 * allocator has is more than that.  A limit in Go's sense: what is in use may
 * exceed it, and nothing fails because of it.
 *
 *   state     who changes it, when
 *   --------------------------------------------------------------------
 *   IDLE      any thread to WANTED, under the heap lock: there is reason to
 *   WANTED    any thread to RUNS, outside of core, then makes the thread
 *   RUNS      the thread to IDLE, under the heap lock: there is none;
 *             its maker to REFUSED: the system refuses the thread
 *   REFUSED   for good
 *   any       a forked child to IDLE
 */
#ifndef SL_MRETAIN_H
#define SL_MRETAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/atomic.h"
#include "core/options.h"
#include "core/switches.h"

enum sl_retain_state {
	SL_RETAIN_IDLE,
	SL_RETAIN_WANTED,
	SL_RETAIN_RUNS,
	SL_RETAIN_REFUSED,
};
extern _Atomic(unsigned) sl_retain_state;

/* Under the heap lock, when pages were freed: is there reason to scavenge? */
void sl_retain_look(void);

/* Make the thread, if it is wanted: outside of core, and where a program could
 * call pthread_create().  That is not where small objects are freed, which the
 * C library does under a lock of its own that pthread_create() takes. */
void sl_retain_start(void);

static inline bool
sl_retain_is_wanted(void)
{
	/* relaxed: it is looked at again */
	return sl_unlikely(sl_load_rlx(&sl_retain_state) == SL_RETAIN_WANTED);
}

/* Would so many pages more, with all that there is, exceed the limit? */
bool sl_retain_is_over(size_t npages);

/* Pages were taken, and not yet written to: keep within the limit.  False: it
 * cannot be kept by what this thread sees. */
bool sl_retain_keep(void);

/* --- policy, for tests --------------------------------------------------- */

/* In pages. */
struct sl_retained {
	size_t inuse, garbage;
	size_t most;  /* in use, lately */
	size_t ready; /* all that takes memory, metadata too */
	size_t limit; /* 0: none */
};

/* What should go back, and whether that is reason enough to begin. */
size_t sl_retain_excess(const struct sl_retained *r);
bool sl_retain_has_reason(const struct sl_retained *r);

/* How long to sleep after so much work, of CPU time. */
uint64_t sl_retain_nap(uint64_t work_ns);

/* --- the rest ------------------------------------------------------------ */

struct sl_retain_counts {
	uint64_t starts;       /* of the thread */
	uint64_t bytes;        /* that it gave back */
	uint64_t limit_bytes;  /* given back because of the limit */
	uint64_t limit_passed; /* how often that did not do */
};
struct sl_retain_counts sl_retain_counts(void);

void sl_retain_fork_child(void);

#endif /* SL_MRETAIN_H */
