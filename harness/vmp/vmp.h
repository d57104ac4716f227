/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmp.h - the virtual multiprocessor: compiled code on virtual threads, one
 * step at a time, in an order that is chosen and can be repeated.
 *
 * Used by the programs vmp-VARIANT and by what they run.  Guest code is
 * compiled with -fsanitize=thread, so that each access of its to memory calls
 * a function __tsan_*; those are ours (tsan.c), ThreadSanitizer's own library
 * is not linked.  A step is such a call: of an atomic or volatile access
 * anywhere, or of a plain one outside the thread's own stack.  Before each
 * step another thread may be chosen to run.  What guests write is undone after
 * each run, so all runs begin in one state.
 *
 * All virtual threads run on one thread of the system, so guests must not wait
 * in the kernel: locks, pauses and yields of core come here (guest.h,
 * guest_lock.c).
 */
#ifndef SL_VMP_H
#define SL_VMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is explored has few threads; the model's guests say more. */
#ifndef VMP_THREADS
#define VMP_THREADS 8
#endif

enum {
	VMP_THREADS_MAX = VMP_THREADS,
	VMP_TEXT_MAX = 256,
	VMP_EVENTS_MAX = 4096, /* of one run's schedule */
};

/* --- what is run -------------------------------------------------------- */

/* Guest code, like all that it calls. */
struct vmp_scenario {
	const char *name;
	unsigned threads;
	void (*prepare)(void);          /* alone, before the threads; or NULL */
	void (*enter)(unsigned thread); /* each, one after the other; or NULL */
	void (*body)(unsigned thread);  /* in any order */
	void (*check)(void); /* alone, when all have ended; or NULL */
	const void *arg;     /* vmp_arg() */
};

/* --- for guests ---------------------------------------------------------- */

/* A check failed: the run ends here. */
_Noreturn void vmp_fail(const char *fmt, ...)
    __attribute__((format(printf, 1, 2)));

/* In a loop that waits for another thread: it goes on when another has written
 * something, or when no other can run. */
void vmp_pause(void);

/* Another thread may as well have this one's core. */
void vmp_yield(void);

/* A lock, of which `word` is 0 when it is free; pc is who asks. */
void vmp_lock(int *word, const void *pc);
bool vmp_trylock(int *word, const void *pc);
void vmp_unlock(int *word, const void *pc);

/* Sleep if *word is still `seen`; wake all who sleep there. */
void vmp_futex_wait(_Atomic(int) *word, int seen);
void vmp_futex_wake(_Atomic(int) *word);

/* Sleep.  The clock, in ns from the beginning of the run, stands while anybody
 * can run; then it goes on to when the first of those that sleep awakes. */
void vmp_sleep(uint64_t ns);
uint64_t vmp_clock(void);

/* One thread more.  False: there are VMP_THREADS_MAX, or no run. */
bool vmp_spawn(void (*start)(void *), void *arg);

/* A full barrier in each thread (membarrier). */
void vmp_barrier(void);

/* Does the system interrupt the thread just now: is it moved to another CPU, or
 * does its transaction fail? */
bool vmp_is_interrupted(void);

/* What each thread does when its body has ended; NULL: nothing. */
extern void (*vmp_at_thread_end)(void);

/* The number of the running thread; VMP_THREADS_MAX outside of runs. */
unsigned vmp_self(void);

/* That of the scenario which runs. */
const void *vmp_arg(void);

/* The others never run again, as in the child of a fork; what they have not
 * done is not done.  The run ends when the caller's body does. */
void vmp_stop_others(void);

/* All up to the next vmp_indivisible(false) is one step.  vmp_will_write() is
 * for what is written by code that is not compiled as a guest. */
void vmp_indivisible(bool on);
void vmp_will_write(const void *p, size_t n);

/* The n bytes at p are nobody's: to touch them is a fault, until they are
 * allowed again or the run ends. */
void vmp_forbid(const void *p, size_t n);
void vmp_allow(const void *p, size_t n);

/* What traces call the n bytes at p. */
void vmp_name(const void *p, size_t n, const char *name);

/* --- how ----------------------------------------------------------------- */

enum vmp_mode {
	VMP_RANDOM, /* whichever thread, by a seed */
	VMP_PCT,    /* by priorities that change at few steps, by a seed */
	VMP_DFS,    /* all schedules with at most so many deviations */
	VMP_REPLAY, /* as a schedule says */
};

enum vmp_event_kind {
	VMP_SWITCH = '>',    /* the thread runs */
	VMP_DELAY = '~',     /* its store goes to its buffer */
	VMP_DRAIN = '!',     /* the oldest store of its buffer reaches memory */
	VMP_INTERRUPT = '^', /* see vmp_is_interrupted() */
};

/* What happened at a decision, counted from 0, that would not have happened by
 * itself. */
struct vmp_event {
	uint32_t decision;
	uint8_t kind; /* enum vmp_event_kind */
	uint8_t thread;
};

struct vmp_schedule {
	unsigned n;
	struct vmp_event event[VMP_EVENTS_MAX];
};

struct vmp_run {
	enum vmp_mode mode;
	uint64_t seed;       /* RANDOM, PCT */
	unsigned depth;      /* PCT: priorities change depth - 1 times */
	uint64_t length;     /* PCT: decisions of a run, about */
	unsigned deviations; /* DFS: preemptions and delays, at most */
	bool tso;            /* stores wait in buffers, as on x86 */
	uint64_t steps_max;  /* more is a run without end */
	bool trace;          /* keep each step for vmp_trace_print() */
	const struct vmp_schedule *replay;
};

struct vmp_result {
	bool failed;
	char text[VMP_TEXT_MAX];
	uint64_t steps, decisions;
	struct vmp_schedule schedule; /* what VMP_REPLAY repeats */
};

/* Once.  NULL, or why there are no virtual threads here. */
const char *vmp_init(void);

void vmp_run(const struct vmp_scenario *sc, const struct vmp_run *how,
    struct vmp_result *result);

/* DFS: begin anew; go on to the next schedule, false: all were run.  Restarts
 * by itself when a run has met memory that two threads share and that was not
 * known to be shared: only there a thread can be interrupted. */
void vmp_dfs_start(void);
bool vmp_dfs_next(void);

#endif /* SL_VMP_H */
