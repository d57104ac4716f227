/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * probes.c - small loops whose time says what lines cost; see probes.h.
 * Called by the model, as a guest, and by calibration.
 */
#include "harness/vmp/probes.h"

#include <stdalign.h>
#include <stddef.h>
#include <string.h>

#include "core/atomic.h"

struct probe_load probe_load;

enum { NODES = 1024, APART = 128 };

struct node {
	alignas(APART) _Atomic(uint32_t) next; /* number + 1; 0: none */
};

/* Its name is what reports say. */
static struct {
	alignas(APART) _Atomic(uint64_t) turn;
	alignas(APART) _Atomic(uint64_t) count;
	/* Boyd-Wickizer et al. have both words in one line. */
	alignas(APART) _Atomic(uint32_t) next;
	_Atomic(uint32_t) serving;
	alignas(APART) uint64_t guarded;
	alignas(APART) _Atomic(uint64_t) top; /* tag, number + 1 */
	alignas(APART) int lock;
} probe_shared;
static struct node nodes[NODES];
static struct {
	alignas(APART) _Atomic(uint64_t) count;
} probe_own[PROBE_THREADS_MAX];

void
probe_reset(void)
{
	probe_shared.turn = 0;
	probe_shared.count = 0;
	probe_shared.next = 0;
	probe_shared.serving = 0;
	probe_shared.guarded = 0;
	probe_shared.lock = 0;
	probe_shared.top = 1;
	for (unsigned i = 0; i < PROBE_THREADS_MAX; i++)
		probe_own[i].count = 0;
	for (unsigned i = 0; i < NODES; i++)
		nodes[i].next = i + 1 < NODES ? i + 2 : 0;
}

uint64_t
probe_count(void)
{
	return probe_shared.count;
}

uint64_t
probe_guarded(void)
{
	return probe_shared.guarded;
}

static void
think(unsigned thread, uint64_t cycles)
{
	if (cycles != 0)
		probe_think(thread, cycles);
}

/* A count of its own, which nobody else knows. */
static void
own(unsigned thread)
{
	_Atomic(uint64_t) *count = &probe_own[thread].count;
	unsigned ops = probe_load.ops;

	for (unsigned i = 0; i < ops; i++)
		sl_count(count);
}

/* A word goes to and fro by stores. */
static void
ping_pong(unsigned thread)
{
	unsigned ops = probe_load.ops;

	for (uint64_t i = 0; i < ops; i++) {
		/* pairs(probe.turn): the other's store. */
		while (sl_load_acq(&probe_shared.turn) != 2 * i + thread)
			;
		/* pairs(probe.turn): the other's load. */
		sl_store_rel(&probe_shared.turn, 2 * i + thread + 1);
	}
}

/* The same by compare-and-swap. */
static void
cas_ping_pong(unsigned thread)
{
	unsigned ops = probe_load.ops;
	uint64_t want;

	for (uint64_t i = 0; i < ops; i++)
		do
			want = 2 * i + thread;
		/* pairs(probe.cas): the other's. */
		while (
		    !sl_cas_sc(&probe_shared.turn, &want, 2 * i + thread + 1));
}

static void
fetch_add(unsigned thread)
{
	const uint64_t cycles = probe_load.think;
	unsigned ops = probe_load.ops;

	for (unsigned i = 0; i < ops; i++) {
		/* relaxed: a count */
		sl_fetch_add_rlx(&probe_shared.count, 1);
		think(thread, cycles);
	}
}

/* A lock that serves in turn, around one line. */
static void
ticket(unsigned thread)
{
	const uint64_t cycles = probe_load.think;
	unsigned ops = probe_load.ops;
	uint32_t mine;

	for (unsigned i = 0; i < ops; i++) {
		/* relaxed: the load below orders it */
		mine = sl_fetch_add_rlx(&probe_shared.next, 1);
		/* pairs(probe.ticket): the last holder's store. */
		while (sl_load_acq(&probe_shared.serving) != mine)
			probe_relax();
		probe_shared.guarded++;
		/* pairs(probe.ticket): the next one's load. */
		sl_store_rel(&probe_shared.serving, mine + 1);
		think(thread, cycles);
	}
}

/* A lock whose waiters sleep, around one line. */
static void
mutex(unsigned thread)
{
	const uint64_t cycles = probe_load.think;
	unsigned ops = probe_load.ops;

	for (unsigned i = 0; i < ops; i++) {
		probe_lock(&probe_shared.lock);
		probe_shared.guarded++;
		probe_unlock(&probe_shared.lock);
		think(thread, cycles);
	}
}

static uint32_t
pop(void)
{
	/* pairs(probe.top): who pushed it. */
	uint64_t top = sl_load_acq(&probe_shared.top);
	uint32_t number, next;

	do {
		number = (uint32_t)top;
		if (number == 0)
			return 0;
		/* relaxed: the tag says whether it is right */
		next = sl_load_rlx(&nodes[number - 1].next);
		/* pairs(probe.top): the next one's load. */
	} while (!sl_cas_sc(
	    &probe_shared.top, &top, ((top >> 32) + 1) << 32 | next));
	return number;
}

static void
push(uint32_t number)
{
	uint64_t top =
	    sl_load_rlx(&probe_shared.top); /* relaxed: the swap tells */

	do
		/* relaxed: published by the swap */
		sl_store_rlx(&nodes[number - 1].next, (uint32_t)top);
	/* pairs(probe.top): who pops it. */
	while (!sl_cas_sc(
	    &probe_shared.top, &top, ((top >> 32) + 1) << 32 | number));
}

/* A stack of numbers with a tag (Treiber). */
static void
treiber(unsigned thread)
{
	const uint64_t cycles = probe_load.think;
	unsigned ops = probe_load.ops;
	uint32_t number;

	for (unsigned i = 0; i < ops; i++) {
		number = pop();
		if (number != 0)
			push(number);
		think(thread, cycles);
	}
}

const struct probe probe_table[] = {
    {"own", "a load and a store of a thread's own line", 0, own},
    {"ping-pong", "a word stored in turn, half a round", 2, ping_pong},
    {"cas-ping-pong", "the same by compare-and-swap", 2, cas_ping_pong},
    {"fetch-add", "a shared count", 0, fetch_add},
    {"ticket", "a ticket lock around one line", 0, ticket},
    {"mutex", "a lock whose waiters sleep, around one line", 0, mutex},
    {"treiber", "a pop and a push of a stack with a tag", 0, treiber},
    {NULL, NULL, 0, NULL},
};

const struct probe *
probe_find(const char *name)
{
	for (const struct probe *p = probe_table; p->name != NULL; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}
