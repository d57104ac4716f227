/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * host_threads.c - two threads of this machine, each bound to its CPU, and the
 * probes on them; see host.h.  Called by host_lines.c, host_kernel.c, and by
 * spanlab vmp calibrate and validate.
 */
#define _GNU_SOURCE 1
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdalign.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/atomic.h"
#include "harness/vmp/host.h"
#include "harness/vmp/probes.h"

static struct {
	alignas(128) _Atomic(unsigned) met; /* of all meetings */
	alignas(128) _Atomic(bool) failed;
	const int *cpus;
	void (*const *body)(unsigned thread);
} run;

static struct {
	unsigned batches, threads;
	const struct probe *probe;
	struct host_samples *out;
	double begun[HOST_THREADS_MAX], ended[HOST_THREADS_MAX];
	uint64_t random[HOST_THREADS_MAX];
} load;

/* --- threads ------------------------------------------------------------- */

/* A thread that has none to meet would wait for ever: then both end. */
void
host_meet(void)
{
	/* pairs(host.meet): who comes last releases the other. */
	unsigned n = sl_fetch_add_sc(&run.met, 1) + 1;

	n += n % 2;
	/* pairs(host.meet): what the other did before. */
	while (sl_load_acq(&run.met) < n && !sl_load_rlx(&run.failed))
		sl_cpu_relax(); /* relaxed: either way it ends */
}

static void *
thread(void *arg)
{
	unsigned me = (unsigned)(uintptr_t)arg;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((unsigned)run.cpus[me], &set);
	if (sched_setaffinity(0, sizeof(set), &set) != 0)
		run.failed = true;
	if (run.body[1] != NULL)
		host_meet();
	if (!run.failed)
		run.body[me](me);
	return NULL;
}

bool
host_run_on(const int cpus[HOST_THREADS_MAX],
    void (*const body[HOST_THREADS_MAX])(unsigned thread))
{
	pthread_t t[HOST_THREADS_MAX];
	unsigned n = 0;

	run.met = 0;
	run.failed = false;
	run.cpus = cpus;
	run.body = body;
	for (; n < HOST_THREADS_MAX && body[n] != NULL; n++)
		if (pthread_create(&t[n], NULL, thread, (void *)(uintptr_t)n) !=
		    0) {
			run.failed = true;
			break;
		}
	while (n-- > 0)
		pthread_join(t[n], NULL);
	return !run.failed;
}

/* --- what probes ask of the machine -------------------------------------- */

/* xorshift (Marsaglia, 2003). */
static uint64_t
random_of(unsigned me)
{
	uint64_t x = load.random[me];

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return load.random[me] = x;
}

void
probe_think(unsigned me, uint64_t cycles)
{
	uint64_t n = cycles / 2 + random_of(me) % (cycles + 1);
	uint64_t x = 3, factor = 5;

	__asm__ volatile("" : "+r"(factor)); /* or it becomes an addition */
	for (uint64_t i = 0; i < n; i += 3) {
		x *= factor; /* three cycles */
		__asm__ volatile("" : "+r"(x));
	}
}

void
probe_relax(void)
{
	sl_cpu_relax();
}

static long
futex(int *word, int op, int value)
{
	return syscall(
	    SYS_futex, word, op | FUTEX_PRIVATE_FLAG, value, NULL, NULL, 0);
}

/* As guest_mutex.c has it. */
void
probe_lock(int *word)
{
	int was = 0;

	/* pairs(probe.lock): the last holder's. */
	if (__atomic_compare_exchange_n(
		word, &was, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return;
	/* pairs(probe.lock): as above. */
	while (__atomic_exchange_n(word, 2, __ATOMIC_ACQUIRE) != 0)
		futex(word, FUTEX_WAIT, 2);
}

void
probe_unlock(int *word)
{
	/* pairs(probe.lock): the next one's. */
	if (__atomic_exchange_n(word, 0, __ATOMIC_RELEASE) == 2)
		futex(word, FUTEX_WAKE, 1);
}

/* --- probes -------------------------------------------------------------- */

static void
note(void)
{
	double first = load.begun[0], last = load.ended[0];

	if (load.threads > 1 && load.begun[1] < first)
		first = load.begun[1];
	if (load.threads > 1 && load.ended[1] > last)
		last = load.ended[1];
	load.out->ns[load.out->n++] =
	    (last - first) / ((double)probe_load.ops * load.threads);
}

static void
probe_body(unsigned me)
{
	load.random[me] = 88172645463325252u + me;
	for (unsigned i = 0; i <= load.batches; i++) {
		if (me == 0)
			probe_reset();
		if (load.threads > 1)
			host_meet();
		load.begun[me] = host_now_ns();
		load.probe->body(me);
		load.ended[me] = host_now_ns();
		if (load.threads > 1)
			host_meet();
		if (me == 0 && i > 0) /* the first warms up */
			note();
		if (load.threads > 1)
			host_meet();
	}
}

bool
host_probe_run(const struct host_probe *p, struct host_samples *out)
{
	void (*const body[HOST_THREADS_MAX])(unsigned) = {
	    probe_body, p->threads > 1 ? probe_body : NULL};

	out->n = 0;
	load.probe = probe_find(p->name);
	load.batches = p->batches;
	load.threads = p->threads;
	load.out = out;
	probe_load.threads = p->threads;
	probe_load.ops = p->ops;
	probe_load.think = p->think;
	return load.probe != NULL && host_run_on(p->cpus, body);
}
