/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sched.h - inside the virtual multiprocessor: steps, choices, buffers.
 *
 * Used by the files of harness/vmp that make it up.
 */
#ifndef SL_VMP_SCHED_H
#define SL_VMP_SCHED_H

#include "harness/vmp/engine.h"
#include "harness/vmp/fiber.h"
#include "harness/vmp/vmp.h"

static inline bool
vmp_kind_writes(enum vmp_kind k)
{
	return k != VMP_READ && k != VMP_LOAD && k != VMP_FENCE &&
	       k != VMP_PAUSE && k != VMP_END;
}

static inline bool
vmp_kind_drains(enum vmp_kind k)
{
	return k > VMP_STORE;
}

enum { VMP_BUFFER_MAX = 16 }; /* stores that wait, of one thread */

enum vthread_state {
	VTHREAD_READY,
	VTHREAD_PAUSED,  /* until somebody writes, or nobody is ready */
	VTHREAD_BLOCKED, /* until somebody leaves what it waits for */
	VTHREAD_SLEEPS,  /* until the clock says wakes_at */
	VTHREAD_ENDED,
};

struct vthread {
	struct fiber fiber;
	unsigned id;
	enum vthread_state state;
	bool is_away; /* on the virtual CPU that is not its first */
	uintptr_t waits_for;
	uint64_t wakes_at;     /* ns */
	void (*start)(void *); /* of a thread that another has made */
	void *arg;
	int64_t priority; /* PCT */
	unsigned nbuffer;
	struct vmp_buffered {
		uintptr_t p;
		unsigned n;
		uint64_t value;
	} buffer[VMP_BUFFER_MAX];
};

enum vmp_phase {
	PHASE_OFF,
	PHASE_ALONE, /* one thread: nothing is chosen */
	PHASE_RUN,
};

/* The run that there is. */
extern struct vmp_now {
	enum vmp_phase phase;
	const struct vmp_scenario *scenario;
	const struct vmp_run *how;
	struct vmp_result *result;
	unsigned n;
	struct vthread *self; /* NULL: the system's own thread */
	bool is_indivisible;
	uint64_t clock; /* ns: goes on when all that could run sleep */
} vmp_now;

extern struct vthread vmp_threads[VMP_THREADS_MAX];

/* The thread that runs cannot go on: another does. */
void vmp_give_way(void);
/* The stores of a thread, or of all, reach memory. */
void vmp_drain(struct vthread *t);
void vmp_drain_all(void);

/* --- policy.c ------------------------------------------------------------ */

/* What may happen at a decision; the first is what happens by itself. */
struct vmp_option {
	enum vmp_event_kind kind;
	unsigned thread;
};

/* A decision: what happens. */
const struct vmp_option *vmp_choose(
    const struct vmp_option *o, unsigned n, bool is_free, bool is_shared);

void policy_start(
    const struct vmp_run *how, struct vthread *threads, unsigned n);
/* is_free: any option may be taken without counting as a deviation.  is_shared:
 * the threads can see the difference. */
unsigned policy_choose(const struct vmp_option *o, unsigned n,
    uint32_t decision, bool is_free, bool is_shared);
void policy_paused(struct vthread *t);
/* A thread that was not there when the run began. */
void policy_born(struct vthread *t);
/* The run is over; nshared words are known to be shared. */
void policy_end(unsigned nshared);

/* --- trace.c ------------------------------------------------------------- */

void trace_start(void);
void trace_step(
    unsigned thread, uintptr_t p, size_t n, enum vmp_kind kind, const void *pc);
void trace_buffered(
    bool is_drained, unsigned thread, uintptr_t p, unsigned n, uint64_t value);
/* The steps of the last run with `trace`, those that threads can see of each
 * other. */
void vmp_trace_print(void);

#endif /* SL_VMP_SCHED_H */
