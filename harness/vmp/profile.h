/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * profile.h - what a modelled machine is: how many cores, and what things cost.
 *
 * Used by the model, by the programs that run it, and by spanlab.  A profile
 * is a text file (profiles/); spanlab-vmp(1) says how to write one.  Each line
 *
 *     key = number unit  # where the number is from
 *
 * Every key of the table below must be there, once, and behind every number a
 * comment.  A time is in cycles, ns, us or ms; `ghz` comes before the first.
 */
#ifndef SL_VMP_PROFILE_H
#define SL_VMP_PROFILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum {
	PROFILE_NAME_MAX = 32,
	PROFILE_WHY_MAX = 256,
	PROFILE_CORES_MAX = 128,
};

/* K(key, kind, least, most, what it is); times are in cycles here. */
#define PROFILE_KEYS(K)                                                        \
	K(cores, COUNT, 1, 128, "cores")                                       \
	K(cores_per_socket, COUNT, 1, 128, "of them in a socket")              \
	K(cores_per_cluster, COUNT, 1, 128, "with a last-level cache")         \
	K(instr, TIME, 0, 1000, "besides, for each access")                    \
	K(l1, TIME, 0, 1000, "a load that hits")                               \
	K(store, TIME, 0, 1000, "a store to a line that is owned")             \
	K(rmw, TIME, 0, 1000, "a locked instruction on such a line")           \
	K(rmw16, TIME, 0, 1000, "one of 16 bytes")                             \
	K(fence, TIME, 0, 1000, "a full barrier")                              \
	K(pause, TIME, 1, 1000, "the pause instruction")                       \
	K(cold, TIME, 0, 10000, "the first access to a line by anyone")        \
	K(clean_socket, TIME, 0, 10000, "a load of a clean line, own socket")  \
	K(clean_remote, TIME, 0, 10000, "of one that other sockets have")      \
	K(read_cluster, TIME, 0, 100000, "a load of a line changed nearby")    \
	K(read_socket, TIME, 0, 100000, "changed elsewhere in the socket")     \
	K(read_remote, TIME, 0, 100000, "changed in another socket")           \
	K(own_cluster, TIME, 0, 100000, "a store to a line changed nearby")    \
	K(own_socket, TIME, 0, 100000, "changed elsewhere in the socket")      \
	K(own_remote, TIME, 0, 100000, "changed in another socket")            \
	K(upgrade_socket, TIME, 0, 100000, "a store to a clean line")          \
	K(upgrade_remote, TIME, 0, 100000, "that other sockets have too")      \
	K(per_sharer, TIME, 0, 1000, "and for each sharer but one")            \
	K(occupancy, TIME, 0, 1000, "between two loads of a clean line")       \
	K(hold, TIME, 0, 10000, "a line stays before it may go on")            \
	K(snoop_pct, PERCENT, 0, 100,                                          \
	    "of a transfer the old owner still hits")                          \
	K(store_overlap, PERCENT, 0, 100,                                      \
	    "of a store's miss later work hides")                              \
	K(near_socket_pct, PERCENT, 0, 100, "of turns go within the socket")   \
	K(near_cluster_pct, PERCENT, 0, 100, "or within the cluster")          \
	K(jitter_pct, PERCENT, 0, 90, "each transfer is longer or shorter")    \
	K(syscall, TIME, 0, 1000000, "into the kernel and out")                \
	K(futex_wait, TIME, 0, 1000000, "to go to sleep, besides")             \
	K(futex_wake, TIME, 0, 1000000, "to wake one thread, besides")         \
	K(wake_latency, TIME, 0, 10000000, "until the woken one runs")         \
	K(context_switch, TIME, 0, 1000000, "from a thread to the next")       \
	K(quantum, TIME, 1000, 1e12, "a thread runs while others wait")        \
	K(thread_start, TIME, 0, 10000000, "to start a thread, besides")       \
	K(thread_end, TIME, 0, 10000000, "to end one")                         \
	K(ipi, TIME, 0, 1000000, "to interrupt other cores and wait for them") \
	K(ipi_more, TIME, 0, 1000000, "and for each of them but one")          \
	K(interrupt, TIME, 0, 1000000, "that such a core loses")

struct profile {
	char name[PROFILE_NAME_MAX];
	double ghz;
#define K(key, kind, least, most, what) uint64_t key;
	PROFILE_KEYS(K)
#undef K
};

/* False: why says what is wrong, and in which line. */
bool profile_read(struct profile *p, const char *file, char *why);

/* One value, as "snoop_pct=25"; a time may have its unit behind it. */
bool profile_set(struct profile *p, const char *text, char *why);

/* All of it, as it was understood. */
void profile_print(const struct profile *p, FILE *f);

#endif /* SL_VMP_PROFILE_H */
