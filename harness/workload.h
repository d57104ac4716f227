/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * workload.h - what a workload is.
 *
 * A workload is one short file in harness/workloads/ and one line in
 * workloads.def.  It fills a struct sl_workload; the trial engine (trial.h)
 * calls its functions:
 *
 *   prepare  main thread, before the workers know of the trial
 *   setup    each worker, untimed; all have ended before any run begins
 *   run      each worker, timed: from a common start to its own end
 *   drain    each worker, untimed; all runs have ended.  Frees what is left
 *   finish   main thread, after all have drained
 *
 * run() looks at sl_worker_goes_on() between batches of operations.  What
 * setup() and run() allocated must be freed when finish() returns: the
 * conservation check counts what is left.  The workload's own tables come
 * from sl_worker_memory(), never from malloc.
 */
#ifndef SL_WORKLOAD_H
#define SL_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sl_trial;
struct sl_worker;

enum { SL_PARAMS_MAX = 8 };

/* Written "mixed" on the command line, where -1 is in a parameter's range. */
enum { SL_PARAM_MIXED = -1 };

struct sl_param {
	const char *name; /* NULL ends a table */
	int64_t value;    /* unless the line in workloads.def says otherwise */
	int64_t min;
	int64_t max;
	const char *help;
};

struct sl_workload {
	const char *source;   /* who published it, with what parameters */
	const char *stresses; /* what, in a few words */
	const char *mcentral; /* how much it touches mcentral: "none" ... */
	bool is_control;      /* variants must not differ */
	/* What throughput counts; NULL: mallocs, each with its free. */
	const char *operation;
	bool counts_frees; /* an operation is a free */
	/* What it does depends on where its objects lie: the same seed gives
	 * another sequence with another allocator. */
	bool sees_addresses;
	bool allocates_nothing; /* it measures the machine */
	bool needs_trace;       /* it does what --trace=FILE says */
	unsigned least_threads; /* with fewer it is something else; 0: 1 */
	struct sl_param params[SL_PARAMS_MAX];
	void (*prepare)(struct sl_trial *t); /* any of these may be NULL, */
	void (*setup)(struct sl_worker *w);
	void (*run)(struct sl_worker *w); /* but this one */
	void (*drain)(struct sl_worker *w);
	void (*finish)(struct sl_trial *t);
};

/* One line of workloads.def. */
struct sl_workload_entry {
	const char *name;
	const struct sl_workload *wl;
	const char *presets; /* "size=64": other defaults, or "" */
	const char *suite;   /* those that are run together */
};

/* The values that a run will use, in the order of wl->params, and `ops`,
 * which every workload has: mallocs per worker, 0 = as many as the window
 * allows. */
struct sl_param_values {
	int64_t v[SL_PARAMS_MAX];
	int64_t ops;
};

/* The entry of that name in a table, whose last entry has no name. */
const struct sl_workload_entry *sl_workload_find(
    const struct sl_workload_entry *table, const char *name, size_t name_len);

/* Defaults and presets of an entry. */
void sl_param_defaults(
    const struct sl_workload_entry *e, struct sl_param_values *out);

enum sl_param_result {
	SL_PARAM_OK,
	SL_PARAM_UNKNOWN,   /* this workload has no such parameter */
	SL_PARAM_BAD_VALUE, /* not a number, or out of range */
};

/* Set one from "key=value" (len bytes). */
enum sl_param_result sl_param_set(const struct sl_workload *wl,
    struct sl_param_values *out, const char *text, size_t len);

/* "size=64 batch=512 ..." into buf, cut if it does not fit. */
void sl_param_print(const struct sl_workload *wl,
    const struct sl_param_values *values, char *buf, size_t len);

#endif /* SL_WORKLOAD_H */
