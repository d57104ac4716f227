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

#include "harness/driver/util.h"

struct sl_workload {
	char *name;
	char *summary; /* what it stresses, one line */
	char *source;  /* who published it */
	char *touch;   /* how much of mcentral it is said to touch */
	bool control;  /* variants must not differ on it */
};

struct sl_workloads {
	struct sl_workload *v;
	size_t n;
};

/* Asks the bench; exits with a clear line if it gives no sensible answer. */
void sl_workloads_find(const char *bench, struct sl_workloads *all);
void sl_workloads_pick(const struct sl_workloads *all,
    const struct sl_names *wanted, struct sl_workloads *picked);
/* Adds a copy. */
void sl_workloads_add(struct sl_workloads *l, const struct sl_workload *w);
const struct sl_workload *sl_workloads_get(
    const struct sl_workloads *l, const char *name);
void sl_workloads_destroy(struct sl_workloads *l);

#endif /* SL_DRIVER_WORKLOADS_H */
