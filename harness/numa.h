/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * numa.h - from which NUMA nodes the memory of a bench program comes.
 *
 * Used by pin.c, which has it in force before there are workers, and by the
 * driver, which refuses what this machine does not have.  The kernel takes a
 * policy for a thread, and a thread has that of the one that started it; what
 * is said here is the kernel's own word for it (set_mempolicy(2)).
 *
 *   local           the node of the processor that first touches a page
 *   interleave      all nodes in turn; interleave:LIST these
 *   bind:LIST       these nodes and no other
 *   preferred:NODE  this one while it has memory
 */
#ifndef SL_NUMA_H
#define SL_NUMA_H

#include <hwloc.h>
#include <stdbool.h>
#include <stddef.h>

enum sl_numa_mode {
	SL_NUMA_INHERITED, /* left alone: the parent's, mostly local */
	SL_NUMA_LOCAL,
	SL_NUMA_INTERLEAVE,
	SL_NUMA_BIND,
	SL_NUMA_PREFERRED,
	SL_NUMA_MODES,
};

enum { SL_NUMA_NODES_MAX = 1024, SL_NUMA_WORD = 8 * sizeof(unsigned long) };

struct sl_numa {
	enum sl_numa_mode mode;
	unsigned long nodes[SL_NUMA_NODES_MAX / SL_NUMA_WORD];
};

/* "local", "interleave", NULL behind the last; SL_NUMA_INHERITED: "". */
const char *sl_numa_name(enum sl_numa_mode mode);

/* Read "interleave:0-1" for a machine.  False, and one line in `why`: it
 * cannot be read, or cannot be had there. */
bool sl_numa_parse(const char *text, hwloc_topology_t topo, struct sl_numa *out,
    char *why, size_t why_len);

/* Whether the first word is a mode at all, whatever the machine. */
bool sl_numa_is_mode(const char *text);

/* Put it in force for the calling thread and those that it will start, and
 * read it back.  An errno value. */
int sl_numa_apply(const struct sl_numa *numa);

/* Whether the kernel says so of the calling thread.  Allocates nothing. */
bool sl_numa_holds(const struct sl_numa *numa);

/* "local", "interleave:0-1": what the kernel says of the calling thread. */
void sl_numa_print(char *buf, size_t len);

#endif /* SL_NUMA_H */
