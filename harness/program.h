/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * program.h - what the bench programs have in common: their main().
 *
 * Called by bench.c and bench_mcentral.c.  Registers each workload with each
 * number of threads as one benchmark `<workload>/T:<threads>`; one iteration
 * of Google Benchmark is one trial, and a conservation check follows it.
 *
 * Exit status: 0; 2 bad usage; 3 a conservation check failed or an object
 * was overwritten; 4 another malloc answers than --expect says; 1 no memory
 * or no thread; Google Benchmark's own for its flags.
 */
#ifndef SL_PROGRAM_H
#define SL_PROGRAM_H

#include "harness/workload.h"

struct sl_program {
	const char *what; /* it measures, for --help */
	const struct sl_workload_entry *workloads;
	void (*probe)(void); /* call one of sl_probe_init...() */
};

int sl_program_main(int argc, char **argv, const struct sl_program *p);

#endif /* SL_PROGRAM_H */
