/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * workloads.h - which workloads spanlab-bench offers, and which are wanted.
 *
 * Used by sweep, list and report.
 */
#ifndef SL_DRIVER_WORKLOADS_H
#define SL_DRIVER_WORKLOADS_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "harness/driver/util.h"

struct sl_workload {
	char *name;             /* with parameters: "larson:size=16" */
	char *summary;          /* what it stresses, one line */
	char *source;           /* who published it */
	char *touch;            /* how much of mcentral it is said to touch */
	char *suite;            /* those that are run together */
	char *params;           /* "size=64 batch=1 ...": what it runs with */
	char *operation;        /* what its throughput counts */
	unsigned least_threads; /* with fewer it is something else */
	bool control;           /* variants must not differ on it */
};

struct sl_workloads {
	struct sl_workload *v;
	size_t n;
};

/* Asks the bench; exits with a clear line if it gives no sensible answer. */
void sl_workloads_find(const char *bench, struct sl_workloads *all);
/* Those named, or if none are, those of the suite.  A name may have
 * parameters behind it, NAME:KEY=VALUE+KEY=VALUE or with more colons in the
 * plus's place; the bench knows which there are. */
void sl_workloads_pick(const char *bench, const struct sl_workloads *all,
    const char *suite, const struct sl_names *wanted,
    struct sl_workloads *picked);
/* A name as it may be in a manifest and in the names of files: with plus. */
bool sl_workload_name_valid(const char *name);
/* That name from what a user wrote; the caller frees. */
char *sl_workload_name(const char *written);
/* Adds one as the bench and the manifest tell of it.  Whether its name is a
 * proper one is the caller's to know. */
void sl_workloads_add_json(struct sl_workloads *l, const json_t *w);
/* What throughput is of: "mallocs", or "operations" where a workload says
 * which they are. */
const char *sl_workloads_unit(const struct sl_workloads *l);
/* The parameter of that name; otherwise if there is none. */
long sl_workload_param(
    const struct sl_workload *w, const char *name, long otherwise);
const struct sl_workload *sl_workloads_get(
    const struct sl_workloads *l, const char *name);
void sl_workloads_destroy(struct sl_workloads *l);

#endif /* SL_DRIVER_WORKLOADS_H */
