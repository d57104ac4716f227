/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * numa.c - from which NUMA nodes the memory of a bench program comes.
 *
 * Called by pin.c in the bench programs, and by the driver.  The nodes come
 * from hwloc; the policy is a system call, as the C library has none for it,
 * and hwloc allocates for it what a worker must not.
 */
#define _GNU_SOURCE 1
#include "harness/numa.h"

#include <errno.h>
#include <linux/mempolicy.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
	const char *name;
	int kernel;
} modes[SL_NUMA_MODES] = {
    [SL_NUMA_INHERITED] = {"", MPOL_DEFAULT},
    [SL_NUMA_LOCAL] = {"local", MPOL_DEFAULT},
    [SL_NUMA_INTERLEAVE] = {"interleave", MPOL_INTERLEAVE},
    [SL_NUMA_BIND] = {"bind", MPOL_BIND},
    [SL_NUMA_PREFERRED] = {"preferred", MPOL_PREFERRED},
};

const char *
sl_numa_name(enum sl_numa_mode mode)
{
	return mode < SL_NUMA_MODES ? modes[mode].name : NULL;
}

static enum sl_numa_mode
mode_of(const char *text)
{
	size_t len = strcspn(text, ":");

	for (int i = SL_NUMA_LOCAL; i < SL_NUMA_MODES; i++)
		if (strlen(modes[i].name) == len &&
		    memcmp(modes[i].name, text, len) == 0)
			return (enum sl_numa_mode)i;
	return SL_NUMA_INHERITED;
}

bool
sl_numa_is_mode(const char *text)
{
	return mode_of(text) != SL_NUMA_INHERITED;
}

static bool
refuse(char *why, size_t why_len, const char *text, const char *line)
{
	snprintf(why, why_len, "'%.80s': %s", text, line);
	return false;
}

/* Numbers and ranges, nothing else: hwloc reads "0 x" as 0. */
static bool
read_nodes(const char *list, hwloc_bitmap_t nodes)
{
	return *list != '\0' && strlen(list) < 1000 &&
	       strspn(list, "0123456789,-") == strlen(list) &&
	       strchr("0123456789", list[strlen(list) - 1]) != NULL &&
	       hwloc_bitmap_list_sscanf(nodes, list) == 0 &&
	       hwloc_bitmap_weight(nodes) > 0 &&
	       hwloc_bitmap_last(nodes) < SL_NUMA_NODES_MAX;
}

/* `nodes` becomes those that are meant. */
static bool
choose(enum sl_numa_mode mode, const char *text, hwloc_topology_t topo,
    hwloc_bitmap_t nodes, char *why, size_t why_len)
{
	hwloc_const_nodeset_t here = hwloc_topology_get_topology_nodeset(topo);
	const char *list = strchr(text, ':');

	if (mode == SL_NUMA_LOCAL)
		return list == NULL ||
		       refuse(why, why_len, text, "local has no nodes");
	if (list == NULL && mode != SL_NUMA_INTERLEAVE)
		return refuse(why, why_len, text,
		    "which nodes? such as bind:0-1 or preferred:0");
	if (list != NULL && !read_nodes(list + 1, nodes))
		return refuse(why, why_len, text,
		    "nodes are numbers and ranges, such as 0,2-3");
	if (hwloc_get_nbobjs_by_type(topo, HWLOC_OBJ_NUMANODE) <= 1)
		return refuse(why, why_len, text,
		    "not available: this machine has one NUMA node");
	if (list == NULL)
		hwloc_bitmap_copy(nodes, here);
	if (!hwloc_bitmap_isincluded(nodes, here))
		return refuse(why, why_len, text,
		    "this machine does not have all of these NUMA nodes, or "
		    "this process may not use them");
	if (mode == SL_NUMA_PREFERRED && hwloc_bitmap_weight(nodes) != 1)
		return refuse(why, why_len, text, "one node can be preferred");
	return true;
}

bool
sl_numa_parse(const char *text, hwloc_topology_t topo, struct sl_numa *out,
    char *why, size_t why_len)
{
	hwloc_bitmap_t nodes;
	bool good;
	int i;

	memset(out, 0, sizeof(*out));
	out->mode = mode_of(text);
	if (out->mode == SL_NUMA_INHERITED)
		return refuse(why, why_len, text,
		    "must be local, interleave, interleave:NODES, bind:NODES "
		    "or preferred:NODE");
	nodes = hwloc_bitmap_alloc();
	if (nodes == NULL)
		return refuse(why, why_len, text, "no memory");
	good = choose(out->mode, text, topo, nodes, why, why_len);
	for (i = good ? hwloc_bitmap_first(nodes) : -1; i >= 0;
	     i = hwloc_bitmap_next(nodes, i))
		out->nodes[(unsigned)i / SL_NUMA_WORD] |=
		    1ul << ((unsigned)i % SL_NUMA_WORD);
	hwloc_bitmap_free(nodes);
	return good;
}

/* Ask the kernel; false: it has no NUMA. */
static bool
in_force(int *mode, unsigned long *nodes)
{
	memset(nodes, 0, SL_NUMA_NODES_MAX / 8);
	return syscall(SYS_get_mempolicy, mode, nodes,
		   (unsigned long)SL_NUMA_NODES_MAX, NULL, 0ul) == 0;
}

bool
sl_numa_holds(const struct sl_numa *numa)
{
	unsigned long nodes[SL_NUMA_NODES_MAX / SL_NUMA_WORD];
	int mode;

	if (numa->mode == SL_NUMA_INHERITED)
		return true;
	if (!in_force(&mode, nodes) || mode != modes[numa->mode].kernel)
		return false;
	/* of the default there are no nodes to compare */
	return mode == MPOL_DEFAULT ||
	       memcmp(nodes, numa->nodes, sizeof(nodes)) == 0;
}

int
sl_numa_apply(const struct sl_numa *numa)
{
	int mode = modes[numa->mode].kernel;
	long failed;

	if (numa->mode == SL_NUMA_INHERITED)
		return 0;
	/* the kernel leaves out the last bit that it is told of */
	failed = mode == MPOL_DEFAULT
		     ? syscall(SYS_set_mempolicy, mode, NULL, 0ul)
		     : syscall(SYS_set_mempolicy, mode, numa->nodes,
			   (unsigned long)SL_NUMA_NODES_MAX + 1);
	if (failed)
		return errno;
	return sl_numa_holds(numa) ? 0 : EINVAL;
}

void
sl_numa_print(char *buf, size_t len)
{
	unsigned long nodes[SL_NUMA_NODES_MAX / SL_NUMA_WORD];
	const char *between = ":";
	int mode, at;

	if (!in_force(&mode, nodes)) {
		snprintf(buf, len, "none: the kernel has no NUMA");
		return;
	}
	snprintf(buf, len, "mode %d", mode);
	for (int i = SL_NUMA_LOCAL; i < SL_NUMA_MODES; i++)
		if (modes[i].kernel == mode)
			snprintf(buf, len, "%s", modes[i].name);
	at = (int)strlen(buf);
	for (unsigned i = 0; i < SL_NUMA_NODES_MAX && (size_t)at < len; i++) {
		if (!(nodes[i / SL_NUMA_WORD] >> (i % SL_NUMA_WORD) & 1))
			continue;
		at += snprintf(buf + at, len - (size_t)at, "%s%u", between, i);
		between = ",";
	}
}
