/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * engine.h - what compiled guests reach, whichever engine runs them.
 *
 * Called by tsan.c for each access of a guest.  There are two engines, and a
 * program is linked with one: sched.c and its like choose who takes the next
 * step, to explore (libslvmp); model_sched.c and its like let the thread with
 * the smallest clock take it, to tell how long it all lasts (libslmodel).
 */
#ifndef SL_VMP_ENGINE_H
#define SL_VMP_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum vmp_kind {
	VMP_READ, /* plain */
	VMP_WRITE,
	VMP_LOAD, /* atomic, or volatile */
	VMP_STORE,
	VMP_STORE_SC, /* is over before what follows: drains the buffer */
	VMP_RMW,      /* the same */
	VMP_FENCE,
	VMP_TAKE, /* a lock */
	VMP_LEAVE,
	VMP_WAIT,
	VMP_WAKE,
	VMP_PAUSE,
	VMP_END,
	VMP_KINDS
};

/* What a thread is about to do; other threads may run first.  False: outside of
 * a run. */
bool vmp_step(uintptr_t p, size_t n, enum vmp_kind kind, const void *pc);

/* Of the last step: what it found, what it left, and whether it did that. */
void vmp_values(uint64_t found, uint64_t left, bool done);

/* Does the store, of which the step was taken, go to the thread's buffer? */
bool vmp_buffer_store(uintptr_t p, unsigned n, uint64_t value);
/* Is there one of its own that a load finds first? */
bool vmp_buffer_load(uintptr_t p, unsigned n, uint64_t *value);

/* The CPU on which the running thread is. */
unsigned vmp_cpu(void);

/* A restartable sequence on the n bytes at p comes: other threads may run
 * first, and this one may be on another CPU then.  The rest is one step. */
void vmp_restartable(uintptr_t p, size_t n, const void *pc);

#endif /* SL_VMP_ENGINE_H */
