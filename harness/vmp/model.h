/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model.h - compiled guest code on virtual cores, in virtual time.
 *
 * Used by the programs vmp-VARIANT, by probes and tests.  Every access of a
 * guest to memory costs cycles, as a profile says (profile.h) and as the line
 * that it touches stands: who has it, who waits for it.  The thread with the
 * smallest clock runs next, so what happens is one order of real steps of the
 * real code, the same in each run of one seed.  What is told is a model: see
 * spanlab-vmp(1) for what it leaves out.
 *
 * One run after the other, all on one thread of the system.  Guests must not
 * wait in the kernel; locks, pauses, sleep and the clock come here.
 */
#ifndef SL_VMP_MODEL_H
#define SL_VMP_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/vmp/profile.h"

enum {
	MODEL_THREADS_MAX = 256,
	/* Each may have one that it has started. */
	MODEL_AT_ONCE_MAX = 2 * MODEL_THREADS_MAX,
	MODEL_NAME_MAX = 48,
	MODEL_PLACE_MAX = 128,
	MODEL_WHY_MAX = 256,
};

struct model_config {
	const struct profile *profile;
	unsigned threads;
	unsigned cores; /* 0: as many as threads, if there are so many */
	uint64_t seed;
	uint64_t accesses_max; /* more is a run without end; 0: any number */
	/* Spinning on one line is skipped, not run: off for tests alone. */
	bool no_elision;
	/* Goes on where the last run ended: lines are whose they were. */
	bool goes_on;
	void (*body)(unsigned thread);
};

/* Of all threads, between the gate and model_stop(). */
#define MODEL_COUNTS(C)                                                        \
	C(accesses)                                                            \
	C(shared)        /* to lines that two cores have touched */            \
	C(misses)        /* of these */                                        \
	C(transfers)     /* a line went to another core, or lost sharers */    \
	C(remote)        /* of these, across sockets */                        \
	C(invalidations) /* copies lost */                                     \
	C(rmws)          /* locked instructions */                             \
	C(cas_failures)                                                        \
	C(miss_cycles)                                                         \
	C(queue_cycles) /* of these, while others had the line */              \
	C(futex_waits)                                                         \
	C(futex_wakes)                                                         \
	C(lock_waits) /* of locks that were taken */                           \
	C(lock_wait_cycles)                                                    \
	C(threads_started) /* in the run, by others */                         \
	C(interrupts)      /* of cores, by barriers of others */               \
	C(preemptions)                                                         \
	C(elided) /* turns of a spin loop that were skipped */                 \
	C(fiber_switches)

struct model_counts {
#define C(name) uint64_t name;
	MODEL_COUNTS(C)
#undef C
	uint64_t makespan; /* cycles: the last end less the first start */
	uint64_t digest;   /* of all steps and when they were taken */
};

/* NULL, or why there are no virtual threads here.  So many can be at once, with
 * those that are started in a run. */
const char *model_init(unsigned threads);

/* False: the run did not end as it should, why says how. */
bool model_run(
    const struct model_config *c, struct model_counts *out, char *why);

/* --- for guests, and what is in their place ----------------------------- */

/* All threads meet; then counting begins.  At most once in a run, else it
 * begins with the run. */
void model_gate(void);
/* All threads meet; what comes after costs nothing and is not counted, and
 * they run in turn. */
void model_stop(void);

uint64_t model_now(void); /* this thread's clock, in cycles */
unsigned model_core(void);
void model_think(uint64_t cycles); /* work that touches no memory */
void model_sleep(uint64_t cycles);
void model_yield(void);
/* In a loop that waits for another thread and counts its turns, which so are
 * never skipped; vmp_pause() is for those that do not. */
void model_pause_counted(void);
uint64_t model_random(void);

/* A new thread runs f(arg); its number is for model_join(), which must come.
 * Negative: there are as many as there can be at once. */
int model_spawn(void *(*f)(void *), void *arg);
void model_join(int thread);

/* Sleep if *word is still `seen`; wake n of those who sleep there. */
void model_futex_wait(int *word, int seen);
void model_futex_wake(int *word, int n);
/* A lock that was taken has been waited for since so many cycles. */
void model_waited(uint64_t cycles);

/* In place of the C library's, for guests. */
int vmp_memcmp(const void *a, const void *b, size_t n);

/* --- what was hot -------------------------------------------------------- */

/* What reports call the n bytes at p. */
void model_name(const void *p, size_t n, const char *name);

/* Variables that are arrays of n are a thing of each span class. */
void model_name_classes(unsigned n);

#define MODEL_UNNAMED "other memory"

struct model_line {
	char name[MODEL_NAME_MAX]; /* "mcentral[12].lists+0"; MODEL_UNNAMED */
	uint64_t accesses, transfers, remote, invalidations, wait_cycles,
	    cas_failures;
};

struct model_site {
	const void *pc;
	char place[MODEL_PLACE_MAX]; /* "mutex.c:84 sl_set_claim()" */
	uint64_t misses, cycles;
};

/* The n with the most transfers, or cycles in misses; how many there are. */
size_t model_hot_lines(struct model_line *out, size_t n);
size_t model_hot_sites(struct model_site *out, size_t n);

#endif /* SL_VMP_MODEL_H */
