/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmp_places.h - how far this machine's CPUs are from each other, in a
 * profile's words.
 *
 * Used by vmp_calibrate.c and vmp_validate_host.c.
 */
#ifndef SL_DRIVER_VMP_PLACES_H
#define SL_DRIVER_VMP_PLACES_H

#include <stdbool.h>

enum sl_distance {
	SL_IN_CLUSTER, /* a shared last-level cache */
	SL_IN_SOCKET,  /* not even that */
	SL_REMOTE,
	SL_N_DISTANCES
};

/* Of the CPUs that this process may use. */
struct sl_places {
	unsigned cpus, per_socket, per_cluster;
	int first;
	int other[SL_N_DISTANCES]; /* a CPU so far from the first; -1: none */
	bool is_known;             /* what has which cache: else one cluster */
};

void sl_places_find(struct sl_places *p);

/* The nearest other CPU, or -1. */
int sl_places_second(const struct sl_places *p);

#endif /* SL_DRIVER_VMP_PLACES_H */
