/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * replay.h - a recorded trace as a list of steps that can be done again.
 *
 * Read by the main thread of a bench program, before there are workers;
 * constant afterwards, when the workload trace (workloads/trace.c) does it.
 *
 * An object has a number in place of an address, which says of an object only
 * for a while: each allocation, and each realloc, makes a new one.  Steps are
 * in the order of the trace, in which each object is made before it is freed or
 * moved; so whoever does the steps of some threads in this order, and waits
 * for an object that is not made yet, waits for a step before his own, and
 * somebody gets on.  Nothing else of the order between threads is kept.
 */
#ifndef SL_REPLAY_H
#define SL_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SL_REPLAY_NONE = UINT32_MAX };

/* A free is a step that makes nothing, a realloc one that does both. */
struct sl_replay_step {
	uint64_t size;  /* of what is made */
	uint64_t ended; /* size of what is freed or moved */
	uint32_t makes; /* object; SL_REPLAY_NONE: none */
	uint32_t ends;
	uint32_t thread;    /* of the trace, from 0 */
	uint8_t align_log2; /* 0: nothing special */
	bool zeroed;
	bool is_remote; /* what it ends another thread of the trace made */
};

struct sl_replay {
	uint64_t digest; /* of the file */
	uint64_t calls;  /* steps but for those that free what was kept */
	uint64_t kept;   /* objects that nobody freed: their maker does, last */
	uint64_t remote; /* objects that another thread ended than made */
	uint64_t others; /* records of other processes, left out */
	uint32_t threads;
	uint32_t objects;
	size_t nsteps;
	struct sl_replay_step steps[];
};

/* Read a file that trace=PATH wrote; of several processes that with most
 * records.  False, and one line in `why`: it cannot be. */
bool sl_replay_read(const char *path, char *why, size_t why_len);

/* What was read; NULL: nothing. */
const struct sl_replay *sl_replay_plan(void);

/* For tests: it is no more. */
void sl_replay_forget(void);

#endif /* SL_REPLAY_H */
