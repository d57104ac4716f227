/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * host_kernel.c - what it costs here to sleep, to wake another thread and to
 * give it the CPU; see host.h.  Called by spanlab vmp calibrate.
 */
#define _GNU_SOURCE 1
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <stdalign.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/atomic.h"
#include "harness/vmp/host.h"

enum {
	ASLEEP_NS = 60000, /* until then the other surely sleeps */
	TURNS = 20,        /* of a batch, each */
	STARTS = 4,
	BARRIERS = 10,
};

static struct {
	alignas(128) _Atomic(int) word;
	alignas(128) _Atomic(uint64_t) woken_at; /* of the other's clock, ns */
	alignas(128) _Atomic(int) last;          /* who yielded */
	_Atomic(unsigned) switches;
	_Atomic(bool) is_over;
	unsigned batches;
	struct host_kernel *out;
} k;

static long
futex(_Atomic(int) *word, int op, int value)
{
	return syscall(
	    SYS_futex, word, op | FUTEX_PRIVATE_FLAG, value, NULL, NULL, 0);
}

static void
keep(struct host_samples *s, double ns)
{
	s->ns[s->n++] = ns;
}

/* --- on two CPUs ---------------------------------------------------------- */

static void
wake_other(void)
{
	double begun = host_now_ns(), ended;
	long n;

	while (host_now_ns() - begun < ASLEEP_NS)
		sl_cpu_relax();
	k.woken_at = 0;
	k.word = 1;
	begun = host_now_ns();
	n = futex(&k.word, FUTEX_WAKE, 1);
	ended = host_now_ns();
	while (k.woken_at == 0)
		sl_cpu_relax();
	if (n != 1) /* it did not sleep */
		return;
	keep(&k.out->wake, ended - begun);
	keep(&k.out->latency,
	    (double)k.woken_at > ended ? (double)k.woken_at - ended : 0);
}

static void
be_woken(void)
{
	while (k.word == 0)
		futex(&k.word, FUTEX_WAIT, 0);
	k.woken_at = (uint64_t)host_now_ns();
}

static void
wake_body(unsigned me)
{
	for (unsigned i = 0; i < k.batches; i++) {
		if (me == 0)
			k.word = 0;
		host_meet();
		if (me == 0)
			wake_other();
		else
			be_woken();
		host_meet();
	}
}

/* The other runs meanwhile, so that it is interrupted. */
static void
barrier_body(unsigned me)
{
	double begun;

	if (me == 1) {
		while (!k.is_over)
			sl_cpu_relax();
		return;
	}
	for (unsigned i = 0; i < k.batches; i++) {
		begun = host_now_ns();
		for (int n = 0; n < BARRIERS; n++)
			if (syscall(SYS_membarrier,
				MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) != 0)
				goto out;
		keep(&k.out->barrier, (host_now_ns() - begun) / BARRIERS);
	}
out:
	k.is_over = true;
}

/* --- on one --------------------------------------------------------------- */

/* Each waits for its number, and gives the other's. */
static void
turn_body(unsigned me)
{
	for (unsigned i = 0; i < k.batches; i++) {
		double begun = host_now_ns();

		for (int n = 0; n < TURNS; n++) {
			while (k.word != (int)me)
				futex(&k.word, FUTEX_WAIT, (int)!me);
			k.word = (int)!me;
			futex(&k.word, FUTEX_WAKE, 1);
		}
		if (me == 0)
			keep(&k.out->turn,
			    (host_now_ns() - begun) / (2 * TURNS));
	}
}

/* Time by the times that it was another's turn. */
static void
yield_body(unsigned me)
{
	for (unsigned i = 0; i < k.batches; i++) {
		unsigned before = k.switches;
		double begun = host_now_ns();

		for (int n = 0; n < TURNS; n++) {
			if (k.last != (int)me)
				k.switches++;
			k.last = (int)me;
			sched_yield();
		}
		if (me == 0 && k.switches - before >= TURNS)
			keep(&k.out->yield,
			    (host_now_ns() - begun) / (k.switches - before));
	}
}

static void *
nothing(void *arg)
{
	return arg;
}

static void
start_body(unsigned me)
{
	pthread_t t[STARTS];
	double begun, ended;
	int made;

	(void)me;
	for (unsigned i = 0; i < k.batches; i++) {
		begun = host_now_ns();
		for (made = 0; made < STARTS; made++)
			if (pthread_create(&t[made], NULL, nothing, NULL) != 0)
				break;
		ended = host_now_ns();
		for (int n = 0; n < made; n++)
			pthread_join(t[n], NULL);
		if (made == STARTS)
			keep(&k.out->start, (ended - begun) / STARTS);
	}
}

bool
host_kernel_run(const int cpus[2], unsigned batches, struct host_kernel *out)
{
	static void (*const wakers[2])(unsigned) = {wake_body, wake_body};
	static void (*const turners[2])(unsigned) = {turn_body, turn_body};
	static void (*const yielders[2])(unsigned) = {yield_body, yield_body};
	static void (*const barriers[2])(unsigned) = {
	    barrier_body, barrier_body};
	static void (*const starters[2])(unsigned) = {start_body, NULL};
	const int one[2] = {cpus[0], cpus[0]};

	memset(out, 0, sizeof(*out));
	k.batches = batches;
	k.out = out;
	if (cpus[1] >= 0 && !host_run_on(cpus, wakers))
		return false;
	k.is_over = false;
	if (cpus[1] >= 0 &&
	    syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED,
		0, 0) == 0 &&
	    !host_run_on(cpus, barriers))
		return false;
	k.word = 0;
	if (!host_run_on(one, turners) || !host_run_on(one, starters))
		return false;
	k.last = -1;
	k.switches = 0;
	return host_run_on(one, yielders);
}
