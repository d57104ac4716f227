/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hwcount.h - what one thread had of its processor: counters of the hardware
 * where it has them, switches, faults, time on the processor and off it.
 *
 * Used by observe.c.  All calls but sl_hwcount_name() and _why_not() by the
 * thread that is counted; what is counted is user space alone.  Threads that
 * it starts are in the hardware's counters, not in the others.
 */
#ifndef SL_HWCOUNT_H
#define SL_HWCOUNT_H

#include <stdbool.h>
#include <stdint.h>

enum { SL_N_HWCOUNTS = 7 };

struct sl_thread_use {
	uint64_t user_ns, system_ns;
	uint64_t vol_switches, invol_switches;
	uint64_t minor_faults, major_faults;
	uint64_t run_ns, wait_ns; /* on the processor; ready, and off it */
	bool has_wait;            /* the kernel has schedstat */
};

struct sl_hwcount {
	int fd[SL_N_HWCOUNTS]; /* -1: there is none */
	int error[SL_N_HWCOUNTS];
	int schedstat; /* file, or -1 */
	int cpu;       /* where it ended */
	struct sl_thread_use use;
	/* Scaled up if the kernel had to take turns; -1: not available. */
	double value[SL_N_HWCOUNTS];
};

/* Open what there is.  Before begin. */
void sl_hwcount_open(struct sl_hwcount *h);
void sl_hwcount_begin(struct sl_hwcount *h);
void sl_hwcount_end(struct sl_hwcount *h);
void sl_hwcount_close(struct sl_hwcount *h);

/* "cycles", ... */
const char *sl_hwcount_name(unsigned i);

/* Why a counter is not available: a few words. */
const char *sl_hwcount_why_not(int error);

#endif /* SL_HWCOUNT_H */
