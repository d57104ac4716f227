/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmp_places.c - how far this machine's CPUs are from each other; see
 * vmp_places.h.  Called by vmp_calibrate.c and vmp_validate_host.c.
 */
#define _GNU_SOURCE
#include "harness/driver/vmp_places.h"

#include <hwloc.h>
#include <sched.h>
#include <string.h>

#include "harness/vmp/profile.h"

struct cpu {
	int number;
	hwloc_obj_t package, cache, core;
};

/* NULL, by hwloc's word for a type that this machine has not. */
static hwloc_obj_t
above(hwloc_topology_t t, hwloc_obj_t pu, hwloc_obj_type_t type)
{
	return hwloc_get_ancestor_obj_by_type(t, type, pu);
}

static unsigned
find_cpus(hwloc_topology_t t, const cpu_set_t *allowed, struct cpu *cpus)
{
	int all = hwloc_get_nbobjs_by_type(t, HWLOC_OBJ_PU);
	unsigned n = 0;

	for (int i = 0; i < all && n < PROFILE_CORES_MAX; i++) {
		hwloc_obj_t pu =
		    hwloc_get_obj_by_type(t, HWLOC_OBJ_PU, (unsigned)i);

		if (pu->os_index >= CPU_SETSIZE ||
		    !CPU_ISSET(pu->os_index, allowed))
			continue;
		cpus[n++] = (struct cpu){(int)pu->os_index,
		    above(t, pu, HWLOC_OBJ_PACKAGE),
		    above(t, pu, HWLOC_OBJ_L3CACHE),
		    above(t, pu, HWLOC_OBJ_CORE)};
	}
	return n;
}

static enum sl_distance
distance(const struct cpu *a, const struct cpu *b)
{
	if (a->package != b->package)
		return SL_REMOTE;
	return a->cache == b->cache ? SL_IN_CLUSTER : SL_IN_SOCKET;
}

/* Another core rather than another thread of the first's. */
static void
choose_others(struct sl_places *p, const struct cpu *cpus, unsigned n)
{
	bool is_core[SL_N_DISTANCES] = {false};

	for (unsigned i = 1; i < n; i++) {
		enum sl_distance d = distance(&cpus[0], &cpus[i]);

		if (p->other[d] >= 0 && is_core[d])
			continue;
		if (p->other[d] >= 0 && cpus[i].core == cpus[0].core)
			continue;
		p->other[d] = cpus[i].number;
		is_core[d] = cpus[i].core != cpus[0].core;
	}
}

/* Of the first's socket and cluster; a profile's are all alike. */
static void
count_units(struct sl_places *p, const struct cpu *cpus, unsigned n)
{
	p->per_socket = p->per_cluster = 0;
	for (unsigned i = 0; i < n; i++) {
		enum sl_distance d = distance(&cpus[0], &cpus[i]);

		p->per_socket += d != SL_REMOTE;
		p->per_cluster += d == SL_IN_CLUSTER;
	}
	p->per_socket -= p->per_socket % p->per_cluster;
}

void
sl_places_find(struct sl_places *p)
{
	static struct cpu cpus[PROFILE_CORES_MAX];
	cpu_set_t allowed;
	hwloc_topology_t t;
	unsigned n = 0;

	memset(p, 0, sizeof *p);
	memset(p->other, -1, sizeof p->other);
	if (sched_getaffinity(0, sizeof allowed, &allowed))
		CPU_ZERO(&allowed);
	if (hwloc_topology_init(&t) == 0) {
		if (hwloc_topology_load(t) == 0)
			n = find_cpus(t, &allowed, cpus);
		if (n > 0) {
			p->is_known = true;
			p->cpus = n;
			p->first = cpus[0].number;
			choose_others(p, cpus, n);
			count_units(p, cpus, n);
		}
		hwloc_topology_destroy(t);
	}
	for (int c = 0; c < CPU_SETSIZE && !p->is_known; c++) {
		if (!CPU_ISSET(c, &allowed) || p->cpus == PROFILE_CORES_MAX)
			continue;
		if (p->cpus == 0)
			p->first = c;
		else if (p->cpus == 1)
			p->other[SL_IN_CLUSTER] = c;
		p->per_socket = p->per_cluster = ++p->cpus;
	}
}

int
sl_places_second(const struct sl_places *p)
{
	for (int d = 0; d < SL_N_DISTANCES; d++)
		if (p->other[d] >= 0)
			return p->other[d];
	return -1;
}
