/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * placement_list.c - the machine's processors and caches in words, and which
 * thread is on which of them under each policy.
 *
 * Called by list and host.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/placement.h"
#include "harness/driver/placement_machine.h"
#include "harness/driver/util.h"

/* "3 to 4", or "4"; the most and the least of something. */
static void
add_range(struct sl_text *t, unsigned least, unsigned most)
{
	if (least != most)
		sl_text_addf(t, "%u to ", least);
	sl_text_addf(t, "%u", most);
}

static void
add_count(struct sl_text *t, int n, const char *what)
{
	sl_text_addf(
	    t, "%s%d %s%s", t->len ? ", " : "", n, what, n == 1 ? "" : "s");
}

/* How many PUs the objects of a type have. */
static void
weights(hwloc_topology_t topo, hwloc_obj_type_t type, unsigned *least,
    unsigned *most)
{
	hwloc_obj_t o = NULL;

	*least = ~0u;
	*most = 0;
	while ((o = hwloc_get_next_obj_by_type(topo, type, o))) {
		unsigned n = (unsigned)hwloc_bitmap_weight(o->cpuset);

		*least = n < *least ? n : *least;
		*most = n > *most ? n : *most;
	}
}

char *
sl_placement_topology(hwloc_topology_t topo)
{
	int packages = hwloc_get_nbobjs_by_type(topo, HWLOC_OBJ_PACKAGE);
	int cores = hwloc_get_nbobjs_by_type(topo, HWLOC_OBJ_CORE);
	unsigned least, most;
	struct sl_text t = {0};

	if (packages > 0)
		add_count(&t, packages, "package");
	if (cores > 0)
		add_count(&t, cores, "core");
	add_count(&t, hwloc_get_nbobjs_by_type(topo, HWLOC_OBJ_PU), "CPU");
	if (cores > 0) {
		weights(topo, HWLOC_OBJ_CORE, &least, &most);
		sl_text_add(&t, " (");
		add_range(&t, least, most);
		sl_text_add(&t, " to a core)");
	}
	add_count(&t, hwloc_get_nbobjs_by_type(topo, HWLOC_OBJ_NUMANODE),
	    "NUMA node");
	return t.s;
}

static void
add_size(struct sl_text *t, unsigned long long bytes)
{
	if (bytes % (1 << 20) == 0)
		sl_text_addf(t, "%llu MiB", bytes >> 20);
	else
		sl_text_addf(t, "%llu KiB", bytes >> 10);
}

/* Sizes may differ, where cores do. */
static void
add_cache(struct sl_text *t, hwloc_topology_t topo, hwloc_obj_type_t type,
    const char *name)
{
	unsigned long long small = ~0ull, large = 0;
	unsigned least, most;
	hwloc_obj_t o = NULL;

	while ((o = hwloc_get_next_obj_by_type(topo, type, o))) {
		unsigned long long size = o->attr->cache.size;

		small = size < small ? size : small;
		large = size > large ? size : large;
	}
	if (large == 0)
		return;
	sl_text_addf(t, "%s%s ", t->len ? ", " : "", name);
	if (small != large) {
		add_size(t, small);
		sl_text_add(t, " to ");
	}
	add_size(t, large);
	weights(topo, type, &least, &most);
	sl_text_add(t, " for ");
	add_range(t, least, most);
	sl_text_addf(t, " CPU%s", most == 1 ? "" : "s");
}

char *
sl_placement_caches(hwloc_topology_t topo)
{
	struct sl_text t = {0};

	sl_text_add(&t, "");
	add_cache(&t, topo, HWLOC_OBJ_L1CACHE, "L1d");
	add_cache(&t, topo, HWLOC_OBJ_L2CACHE, "L2");
	add_cache(&t, topo, HWLOC_OBJ_L3CACHE, "L3");
	add_cache(&t, topo, HWLOC_OBJ_L4CACHE, "L4");
	return t.s;
}

static void
say_policy(const struct sl_machine *m, enum sl_place_policy policy,
    unsigned threads, struct sl_place_pu *pus)
{
	unsigned n =
	    sl_place_order(m->topo, m->allowed, policy, pus, SL_PLACE_MAX);
	struct sl_place place = {policy, true};
	const char *synch = sl_place_synch_name(policy);

	printf("%-10s  %-22s ", sl_place_name(policy), synch ? synch : "-");
	for (unsigned i = 0; i < threads; i++)
		printf(" %u", sl_place_of(&place, pus, n, i, threads)->cpu);
	puts("");
}

void
sl_placement_list(unsigned threads)
{
	struct sl_place_pu *pus = sl_alloc_array(SL_PLACE_MAX, sizeof *pus);
	struct sl_machine m;
	char *topology, *caches;
	unsigned n;

	sl_machine_open(&m);
	n = sl_place_order(m.topo, m.allowed, SL_PLACE_NONE, pus, SL_PLACE_MAX);
	if (n == 0)
		sl_die(SL_EXIT_CANNOT, "no CPU, or more than %d", SL_PLACE_MAX);
	if (threads == 0)
		threads = n;
	topology = sl_placement_topology(m.topo);
	caches = sl_placement_caches(m.topo);
	printf("%s%s%s\n%u CPU%s may be used%s\n\n", topology,
	    *caches ? "\n" : "", caches, n, n == 1 ? "" : "s",
	    m.is_here ? "" : ", of a machine that is not this one");
	puts("CPU  package  NUMA node  core  thread (core: within the node, "
	     "thread: within the core)");
	for (unsigned i = 0; i < n; i++)
		printf("%3u  %7u  %9u  %4u  %6u\n", pus[i].cpu, pus[i].package,
		    pus[i].numa, pus[i].core, pus[i].thread);
	printf("\npolicy      Synch's name            CPUs of threads 0 to "
	       "%u%s\n",
	    threads - 1, threads > n ? " (bound with :wrap only)" : "");
	for (int i = SL_PLACE_NONE + 1; i < SL_PLACE_POLICIES; i++)
		say_policy(&m, (enum sl_place_policy)i, threads, pus);
	free(topology);
	free(caches);
	free(pus);
	sl_machine_close(&m);
}
