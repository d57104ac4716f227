/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hosts.h - the machines that the cells of one sweep ran on.
 *
 * Used by results.c, which meets them, and by the report, which warns where
 * what is compared comes from more than one.  A sweep that ran in one place
 * has none here: its machine is the manifest's.
 */
#ifndef SL_DRIVER_HOSTS_H
#define SL_DRIVER_HOSTS_H

#include <jansson.h>

#include "harness/driver/util.h"

struct sl_results;

struct sl_hosts {
	struct sl_host {
		json_t *facts; /* sl_host_facts() there */
		size_t cells;
		double load1; /* the most, when a task began */
	} * v;
	size_t n;
};

/* The number, from 1, of the host that a cell's file tells of in `spanlab`;
 * 0: of none. */
unsigned sl_hosts_meet(struct sl_hosts *h, const json_t *spanlab);
/* The facts of that with most cells, borrowed; NULL: there is none. */
json_t *sl_hosts_main(const struct sl_hosts *h);
void sl_hosts_destroy(struct sl_hosts *h);

/* Comparisons across hosts, one sentence each. */
void sl_hosts_warnings(const struct sl_results *r, struct sl_names *lines);

#endif /* SL_DRIVER_HOSTS_H */
