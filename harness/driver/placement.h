/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * placement.h - where a sweep's threads and their memory are to be, and what
 * this machine has for it.
 *
 * Used by sweep (options, plan), list and host.  The bench does the binding;
 * here it is said and refused before anything is created.
 */
#ifndef SL_DRIVER_PLACEMENT_H
#define SL_DRIVER_PLACEMENT_H

#include <hwloc.h>
#include <stdbool.h>

/* Exits with a clear line, and the nearest name, if it is no policy of
 * threads, or none of memory; if cells run here, none that this machine has. */
void sl_placement_check_pin(const char *text);
void sl_placement_check_numa(const char *text, bool is_here);

/* The CPUs in the order of use here: "0,2,1,3"; the caller frees.  "" for
 * none.  Exits with a clear line if it cannot be had. */
char *sl_placement_order(const char *pin);

/* "2 packages, 8 cores, 16 CPUs (2 to a core), 2 NUMA nodes", and
 * "L1d 32 KiB for 2 CPUs, ..."; the caller frees. */
char *sl_placement_topology(hwloc_topology_t topo);
char *sl_placement_caches(hwloc_topology_t topo);

/* `spanlab list pins`: on which CPU each of so many threads would be under
 * each policy; 0: as many as there are CPUs. */
void sl_placement_list(unsigned threads);

#endif /* SL_DRIVER_PLACEMENT_H */
