/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options.h - sweep's command line.
 *
 * Used by main.c and sweep.c.
 */
#ifndef SL_DRIVER_OPTIONS_H
#define SL_DRIVER_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/driver/util.h"

enum {
	SL_THREADS_MAX = 4096,
	SL_ROUNDS_MAX = 1000,
	SL_RETRIES_MAX = 10,
};

struct sl_counts { /* thread counts, ascending */
	unsigned *v;
	size_t n;
};

/* What is seen of each cell beside its throughput, which this slows down. */
struct sl_observe {
	unsigned latency; /* one of so many operations is timed; 0: none */
	double memory_ms; /* between looks at memory; 0: none */
	bool counters;    /* what each thread had of its processor */
};

struct sl_options {
	struct sl_names allocators; /* empty: all */
	struct sl_names workloads;  /* empty: all */
	struct sl_counts threads;   /* empty: the preset's */
	const char *preset;         /* NULL: quick */
	const char *output;         /* NULL: results */
	const char *resume;
	bool dry_run;
	bool has_seed;
	bool has_retries;
	unsigned retries;
	int64_t seed;
	unsigned rounds; /* 0: the preset's */
	unsigned rounds_least;
	double timeout_s; /* 0: the preset's */
	double budget_s;  /* 0: the preset's */
	struct sl_observe observe;
	const char *engine;        /* "local", "slurm"; NULL: not said */
	const char *slurm_options; /* of sbatch; NULL: not said */
	unsigned task;             /* of a job array, on its node; 0: none */
	const char *pin;           /* NULL: left to the bench */
	const char *numa;          /* NULL: left alone */
	const char *trace;         /* a file to do again; NULL: none */
};

/* "1,2,4..128": numbers, and ranges that double.  False with one line in
 * `why` if it is not such a list. */
bool sl_counts_parse(
    const char *text, struct sl_counts *out, char *why, size_t why_len);
/* As it comes: the caller keeps them ascending. */
void sl_counts_append(struct sl_counts *c, unsigned n);
/* "1,2,4"; the caller frees. */
char *sl_counts_text(const struct sl_counts *c);

/* Exits with a clear line and status 2 on anything it does not understand.
 * argv[0] is the command. */
void sl_options_parse(struct sl_options *o, int argc, char **argv);

#endif /* SL_DRIVER_OPTIONS_H */
