/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * args.h - the command line of the bench programs.
 *
 * Called by their main thread, at the beginning.  The flags of Google
 * Benchmark are left alone.
 */
#ifndef SL_ARGS_H
#define SL_ARGS_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/pin.h"
#include "harness/trial.h"

enum { SL_ARGS_PARAMS_MAX = 16 };

struct sl_args {
	const char *workloads; /* comma-separated; NULL: all */
	unsigned threads[SL_THREADS_MAX];
	unsigned nthreads; /* of the list */
	const char *params[SL_ARGS_PARAMS_MAX];
	unsigned nparams;
	uint64_t seed;
	double seconds;
	double scale;
	int reps;
	struct sl_pin_config pin;
	struct sl_observe_config observe;
	const char *observed; /* the file for it; NULL: none */
	const char *expect;   /* NULL: any allocator */
	const char *trace;    /* the file to do again; NULL: none */
	bool is_list;
	bool is_list_json;
	bool is_whoami;
	bool is_help;
};

/* Take our own flags out of argv; those of Google Benchmark stay.  False: a
 * flag is wrong, and a line on stderr says how. */
bool sl_args_parse(struct sl_args *a, int *argc, char **argv);

/* "1,2,4..128" into numbers; a..b doubles, and ends with b.  False: bad. */
bool sl_args_threads(struct sl_args *a, const char *text);

#endif /* SL_ARGS_H */
