/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * host.h - what accesses, lines and the kernel cost on this machine, measured.
 *
 * Used by spanlab vmp calibrate and spanlab vmp validate.  Everything is
 * measured in many short batches, since other work, hypervisors and timers only
 * disturb some of them; what is said of the batches is the caller's.  Nothing
 * is subtracted here.
 */
#ifndef SL_VMP_HOST_H
#define SL_VMP_HOST_H

#include <stdbool.h>
#include <stdint.h>

enum {
	HOST_BATCHES_MAX = 401,
	HOST_THREADS_MAX = 2,
};

/* Nanoseconds for each operation, a batch each. */
struct host_samples {
	unsigned n; /* 0: cannot be measured here */
	double ns[HOST_BATCHES_MAX];
};

/* Of the calling thread alone. */
#define HOST_LOOPS(L)                                                          \
	L(cycle, "a chain of multiplications, of three cycles each")           \
	L(tight, "a loop of loads that hit and do not wait for each other")    \
	L(load, "a chain of loads that hit")                                   \
	L(store, "a loop of stores to a line of its own")                      \
	L(rmw, "a loop of locked additions to such a line")                    \
	L(rmw16, "a loop of compare-and-swaps of 16 bytes")                    \
	L(fence, "a loop of stores, a full barrier behind each")               \
	L(pause, "a loop of pause instructions")                               \
	L(cold, "a chain of loads through 4 MiB, line after line")             \
	L(syscall, "a loop of calls of getppid")

enum host_loop {
#define L(name, how) HOST_##name,
	HOST_LOOPS(L)
#undef L
	    HOST_NLOOPS
};

const char *host_loop_how(enum host_loop loop);
void host_loop_run(
    enum host_loop loop, unsigned batches, struct host_samples *out);

/* Of lines that go between two CPUs: each access of a chain. */
struct host_lines {
	struct host_samples read;    /* loads of what the other changed */
	struct host_samples upgrade; /* locked additions to what both have */
	struct host_samples own;     /* to what the other changed */
	struct host_samples clean; /* loads of what the other has, unchanged */
};

/* False: there are no threads on these CPUs. */
bool host_lines_run(
    const int cpus[2], unsigned batches, struct host_lines *out);

/* Of the kernel. */
struct host_kernel {
	struct host_samples wake;    /* a call that wakes a thread elsewhere */
	struct host_samples latency; /* from its end until that one runs */
	struct host_samples turn;    /* two on one CPU wake each other */
	struct host_samples yield;   /* two on one CPU yield to each other */
	struct host_samples start;   /* pthread_create */
	struct host_samples barrier; /* membarrier, while another CPU runs us */
};

/* The first two and the last need two CPUs: else cpus[1] is -1. */
bool host_kernel_run(
    const int cpus[2], unsigned batches, struct host_kernel *out);

/* A probe (probes.h) as it is, on real threads: for each operation of all. */
struct host_probe {
	const char *name;
	unsigned threads;
	int cpus[HOST_THREADS_MAX];
	unsigned ops;
	uint64_t think; /* cycles */
	unsigned batches;
};
bool host_probe_run(const struct host_probe *p, struct host_samples *out);

/* --- within host_*.c ------------------------------------------------------ */

double host_now_ns(void);

/* Both at once on their CPUs, until both have ended; a NULL is none. */
bool host_run_on(const int cpus[HOST_THREADS_MAX],
    void (*const body[HOST_THREADS_MAX])(unsigned thread));

/* Both get here, or none goes on; for two threads. */
void host_meet(void);

#endif /* SL_VMP_HOST_H */
