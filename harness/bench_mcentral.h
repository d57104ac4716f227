/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench_mcentral.h - what the workloads of bench-mcentral-VARIANT share.
 *
 * Used by bench_mcentral.c and bench_mcentral_*.c.
 */
#ifndef SL_BENCH_MCENTRAL_H
#define SL_BENCH_MCENTRAL_H

#include "harness/mock_mheap.h"
#include "harness/trial.h"

/* The class of the smallest objects of param[0] bytes or more, pointer-free. */
sl_spanclass sl_bench_class(const struct sl_trial *t);

/* A thread has the span in its hands, or not any more.  That two have one ends
 * the program.  Any thread. */
void sl_bench_hold(struct sl_mspan *s);
void sl_bench_let_go(struct sl_mspan *s);

/* The conservation check, which every trial ends with. */
void sl_bench_collect(struct sl_trial *t);

/* So many threads beside the workers, each in read sections of so many
 * nanoseconds and asleep as long in between; until they are stopped, which
 * makes the figure `scans`, their sections.  Main thread only. */
enum { SL_BENCH_SCANNERS = 64 };
void sl_bench_scanners_start(unsigned n, uint64_t section_ns);
void sl_bench_scanners_stop(struct sl_trial *t);

/* Claim and insert alone (bench_mcentral_set.c). */
extern const struct sl_workload sl_wl_seam;
/* Read sections alone (bench_mcentral_look.c). */
extern const struct sl_workload sl_wl_look;

#endif /* SL_BENCH_MCENTRAL_H */
