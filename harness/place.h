/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * place.h - in which order threads take the processors of a machine.
 *
 * Used by pin.c, which binds, and by the driver, which says what would be
 * bound where.  All here is a function of a topology of hwloc's, which may be
 * another machine's, and nothing of this process.
 *
 * A PU (hwloc's word: a hardware thread) has a place in its core, a core in
 * its NUMA node, a node in its package.  A policy sorts by these, in an order
 * of its own; what is last changes fastest:
 *
 *   policy      sorts by                   Synch's name
 *   compact     package node core thread   numa-dense-smt-prefer
 *   per-socket  package thread node core   numa-dense
 *   scatter     thread core node package   numa-sparse
 *   smt-first   core node package thread   numa-sparse-smt-prefer
 *   smt-last    thread package node core
 *   flat        the kernel's number        flat
 *
 * In words: compact fills a core, then the next, then the next package;
 * per-socket fills a package, first one thread to each core; scatter takes
 * packages in turn, one thread to each core first; smt-first takes packages in
 * turn, a whole core at a time; smt-last gives each core of the machine one
 * thread, package by package, and then a second; flat goes by numbers.
 */
#ifndef SL_PLACE_H
#define SL_PLACE_H

#include <hwloc.h>
#include <stdbool.h>
#include <stddef.h>

enum sl_place_policy {
	SL_PLACE_NONE, /* threads are not bound */
	SL_PLACE_COMPACT,
	SL_PLACE_PER_SOCKET,
	SL_PLACE_SCATTER,
	SL_PLACE_SMT_FIRST,
	SL_PLACE_SMT_LAST,
	SL_PLACE_FLAT,
	SL_PLACE_POLICIES,
};

enum { SL_PLACE_MAX = 4096 }; /* PUs, and numbers of PUs */

struct sl_place {
	enum sl_place_policy policy;
	/* With more threads than PUs: begin again with the first, and not,
	 * as otherwise, bind none. */
	bool wraps;
};

/* A PU, and its rank among those that may be used. */
struct sl_place_pu {
	unsigned cpu;     /* the kernel's number */
	unsigned package; /* from 0 */
	unsigned node;    /* within the package */
	unsigned core;    /* within the node */
	unsigned thread;  /* within the core */
	unsigned numa;    /* the kernel's number of the node */
};

/* "scatter", "numa-sparse", "scatter:wrap", "none".  False: no such policy. */
bool sl_place_parse(const char *text, struct sl_place *out);

/* "compact"; NULL behind the last policy. */
const char *sl_place_name(enum sl_place_policy policy);
/* What Synch calls it; NULL: nothing. */
const char *sl_place_synch_name(enum sl_place_policy policy);

/* The PUs in the order of use, those of `allowed` only (NULL: all); how many.
 * 0: none, or more than `max`.  With SL_PLACE_NONE in hwloc's order. */
unsigned sl_place_order(hwloc_topology_t topo, hwloc_const_cpuset_t allowed,
    enum sl_place_policy policy, struct sl_place_pu *pus, unsigned max);

/* The PU of thread `index` of `threads`; NULL: it is bound to none. */
const struct sl_place_pu *sl_place_of(const struct sl_place *place,
    const struct sl_place_pu *pus, unsigned npus, unsigned index,
    unsigned threads);

/* "0,2,1,3", cut where `len` ends. */
void sl_place_print(
    const struct sl_place_pu *pus, unsigned npus, char *buf, size_t len);

#endif /* SL_PLACE_H */
