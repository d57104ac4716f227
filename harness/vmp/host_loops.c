/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * host_loops.c - what one thread's accesses cost here; see host.h.
 * Called by spanlab vmp calibrate.
 */
#define _GNU_SOURCE 1
#include <stdalign.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "core/atomic.h"
#include "harness/vmp/host.h"

enum {
	WORDS = 8,
	LINE = 64,
	COLD_BYTES = 4 << 20,
	COLD_LINES = COLD_BYTES / LINE,
};

static struct {
	alignas(128) _Atomic(uint64_t) word[WORDS];
	alignas(128) _Atomic(void *) ring[WORDS];
	alignas(128) unsigned __int128 pair;
} mine;

/* What the compiler must not leave out. */
#define KEEP(x) __asm__ volatile("" : "+r"(x))

double
host_now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* --- a batch of n operations each ----------------------------------------- */

static void
cycle(unsigned n)
{
	uint64_t x = 3, factor = 5;

	KEEP(factor); /* or it becomes an addition */
	for (unsigned i = 0; i < n; i += 3) {
		x *= factor;
		KEEP(x);
	}
}

static void
tight(unsigned n)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < n; i += WORDS)
		for (unsigned k = 0; k < WORDS; k++)
			/* relaxed: it is one thread's */
			sum += sl_load_rlx(&mine.word[k]);
	KEEP(sum);
}

static void
load(unsigned n)
{
	void *p = &mine.ring[0];

	for (unsigned i = 0; i < WORDS; i++) /* relaxed: it is one thread's */
		sl_store_rlx(&mine.ring[i], &mine.ring[(i + 1) % WORDS]);
	for (unsigned i = 0; i < n; i++)
		p = sl_load_rlx((_Atomic(void *) *)p); /* relaxed: likewise */
	KEEP(p);
}

static void
store(unsigned n)
{
	for (unsigned i = 0; i < n; i += WORDS)
		for (unsigned k = 0; k < WORDS; k++)
			/* relaxed: it is one thread's */
			sl_store_rlx(&mine.word[k], i);
}

static void
rmw(unsigned n)
{
	for (unsigned i = 0; i < n; i++) /* relaxed: it is one thread's */
		sl_fetch_add_rlx(&mine.word[0], 1);
}

#if defined(__x86_64__)
static void
rmw16(unsigned n)
{
	uint64_t low = (uint64_t)mine.pair, high = (uint64_t)(mine.pair >> 64);

	for (unsigned i = 0; i < n; i++)
		__asm__ volatile("lock cmpxchg16b %0"
				 : "+m"(mine.pair), "+a"(low), "+d"(high)
				 : "b"(low), "c"(high)
				 : "cc");
}
#endif

static void
fence(unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		sl_store_rlx(&mine.word[0], i); /* relaxed: one thread's */
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
	}
}

static void
pause_loop(unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		sl_cpu_relax();
}

static void
cold(unsigned n)
{
	static void **first, **at;
	void **p;

	if (first == NULL) {
		first = malloc(COLD_BYTES);
		for (size_t i = 0; first != NULL && i < COLD_LINES; i++)
			first[i * LINE / sizeof(*first)] =
			    &first[(i + 1) % COLD_LINES * LINE /
				   sizeof(*first)];
		at = first;
	}
	p = at;
	for (unsigned i = 0; p != NULL && i < n; i++)
		p = (void **)*(void *volatile *)p;
	at = p;
}

static void
call(unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		syscall(SYS_getppid);
}

#if !defined(__x86_64__)
#define rmw16 NULL
#endif

static const struct {
	void (*run)(unsigned n); /* NULL: not here */
	unsigned ops;            /* of a batch: some ten microseconds */
} loops[HOST_NLOOPS] = {
    [HOST_cycle] = {cycle, 30000},
    [HOST_tight] = {tight, 40000},
    [HOST_load] = {load, 10000},
    [HOST_store] = {store, 20000},
    [HOST_rmw] = {rmw, 4000},
    [HOST_rmw16] = {rmw16, 2000},
    [HOST_fence] = {fence, 1000},
    [HOST_pause] = {pause_loop, 1000},
    [HOST_cold] = {cold, 4000},
    [HOST_syscall] = {call, 100},
};

const char *
host_loop_how(enum host_loop loop)
{
	static const char *const how[HOST_NLOOPS] = {
#define L(name, text) text,
	    HOST_LOOPS(L)
#undef L
	};

	return how[loop];
}

void
host_loop_run(enum host_loop loop, unsigned batches, struct host_samples *out)
{
	unsigned ops = loops[loop].ops;
	double begun;

	out->n = 0;
	if (loops[loop].run == NULL)
		return;
	loops[loop].run(ops); /* warms up */
	for (unsigned i = 0; i < batches; i++) {
		begun = host_now_ns();
		loops[loop].run(ops);
		out->ns[out->n++] = (host_now_ns() - begun) / ops;
	}
}
