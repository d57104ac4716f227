/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_lost.c - fork at the instructions of another thread's malloc and free.
 * Run by make check, once per variant.
 *
 * A thread makes some calls with the CPU's trap flag set, and after each
 * instruction waits until the main thread has forked: in the child it is lost
 * at that place, and what it kept must be fit to use.  Where it holds a lock
 * fork waits for the lock, and so the thread does not wait for fork.  What
 * spoils a restartable sequence or a transaction, as a trap does, is not seen
 * from inside.  t_forked.c does so before each atomic operation of a set, and
 * t_fork.c at random.
 */
#define _GNU_SOURCE
#include "tests/unit/unit.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
	LEAST = 8,        /* forks that must have been at a step that waited */
	PATIENCE_MS = 20, /* that fork may take before a lock is in its way */
	LARGE = 40000,    /* bytes: a span of its own, of five pages */
	SMALL = 10240,    /* bytes: a slot of four, in a span of five pages */
	LIVE = 6,         /* objects that live through it all */
	SPANS = 90,       /* that a child takes, more than a thread keeps */
	SECONDS = 30,
};

/* --- the steps --------------------------------------------------------- */

/* IDLE -> ASKED by the thread -> FORKING -> CHILD -> IDLE by main. */
enum state { IDLE, ASKED, FORKING, CHILD };

static _Atomic(enum state) state;
static atomic_bool ended;
static unsigned steps, every, first, waited;
static bool is_forked; /* at steps, not only counted */

static uint64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static void
on_step(int sig)
{
	int saved = errno;
	uint64_t began;

	(void)sig;
	if (steps++ % every != first || !is_forked)
		return;
	while (atomic_load(&state) == CHILD)
		sched_yield();
	if (atomic_load(&state) == FORKING) /* it waits for our lock */
		return;
	atomic_store(&state, ASKED);
	began = now_ms();
	while (atomic_load(&state) != CHILD) {
		if (now_ms() - began > PATIENCE_MS) {
			errno = saved;
			return;
		}
		sched_yield();
	}
	waited++;
	errno = saved;
}

#ifdef __x86_64__
enum { TRAP_FLAG = 1 << 8 };

static void
step_on(void)
{
	__builtin_ia32_writeeflags_u64(
	    __builtin_ia32_readeflags_u64() | TRAP_FLAG);
}

static void
step_off(void)
{
	__builtin_ia32_writeeflags_u64(
	    __builtin_ia32_readeflags_u64() & ~(uint64_t)TRAP_FLAG);
}
#else
static void
step_on(void)
{
}

static void
step_off(void)
{
}
#endif

/* --- what the thread does ---------------------------------------------- */

/* Spans that go in the order in which they came: what was kept above in an
 * array is below again. */
static void
large_ones(void)
{
	void *p[3];

	for (unsigned i = 0; i < UNIT_COUNT(p); i++)
		p[i] = malloc(LARGE);
	step_on();
	for (unsigned i = 0; i < UNIT_COUNT(p); i++)
		free(p[i]);
	p[0] = malloc(LARGE);
	step_off();
	free(p[0]);
}

/* Spans of four slots: new ones, then those that come from the set and go
 * there. */
static void
small_ones(void)
{
	enum { N = 9 };
	void *p[N];

	step_on();
	for (unsigned i = 0; i < N; i++)
		p[i] = malloc(SMALL);
	for (unsigned i = 0; i < N; i++) {
		free(p[i]);
		p[i] = i % 3 == 0 ? malloc(SMALL) : NULL;
	}
	step_off();
	for (unsigned i = 0; i < N; i++)
		free(p[i]);
}

static void (*calls)(void);

static void *
stepped(void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < 20; i++)
		free(malloc(LARGE));
	calls();
	atomic_store(&ended, true);
	return NULL;
}

/* --- what a child does ------------------------------------------------- */

static char *live[LIVE];

/* Objects side by side, which are what they were and are freed. */
static void *
use(void *arg)
{
	static const size_t sizes[] = {8192, SMALL, LARGE, 64};
	char *p[SPANS];
	uint64_t tag = (uintptr_t)arg;

	for (unsigned i = 0; i < SPANS; i++) {
		size_t size = sizes[i % UNIT_COUNT(sizes)];

		p[i] = malloc(size);
		if (p[i] == NULL)
			unit_child_fail("malloc failed in a child");
		unit_mark(p[i], size, tag + i);
	}
	for (unsigned i = 0; i < SPANS; i++) {
		if (!unit_is_marked(
			p[i], sizes[i % UNIT_COUNT(sizes)], tag + i))
			unit_child_fail("an object was overwritten");
		free(p[i]);
	}
	return NULL;
}

static void
live_on(void)
{
	pthread_t t;

	(void)use((void *)100);
	/* A new thread gets what the lost one had. */
	if (pthread_create(&t, NULL, use, (void *)300) != 0)
		unit_child_fail("no thread in a child");
	pthread_join(t, NULL);
	for (unsigned i = 0; i < LIVE; i++) {
		if (!unit_is_marked(live[i], LARGE, i))
			unit_child_fail("an old object was overwritten");
		free(live[i]);
	}
}

/* --- tests ------------------------------------------------------------- */

static void
fork_once(void)
{
	struct timespec nap = {0, 100000};
	uint64_t began = now_ms();
	int status;
	pid_t pid;

	atomic_store(&state, FORKING);
	pid = fork();
	if (pid == 0) {
		live_on();
		_exit(0);
	}
	assert_true(pid > 0);
	atomic_store(&state, CHILD);
	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (now_ms() - began > SECONDS * 1000) {
			kill(pid, SIGKILL);
			fail_msg("step %u: the child hangs", steps);
		}
		nanosleep(&nap, NULL);
	}
	if (status != 0)
		fail_msg("step %u: the child's status is %#x", steps, status);
	atomic_store(&state, IDLE);
}

static unsigned
run(bool with_forks)
{
	unsigned forks = 0;
	pthread_t t;

	is_forked = with_forks;
	steps = waited = 0;
	atomic_store(&state, IDLE);
	atomic_store(&ended, false);
	assert_int_equal(pthread_create(&t, NULL, stepped, NULL), 0);
	while (!atomic_load(&ended)) {
		if (atomic_load(&state) == ASKED) {
			fork_once();
			forks++;
		} else {
			sched_yield();
		}
	}
	pthread_join(t, NULL);
	return forks;
}

/* At most so many forks: of more steps they are drawn. */
static void
at_each_step(void (*fn)(void), unsigned most)
{
	struct sigaction action = {.sa_handler = on_step}, was;
	uint64_t dice = unit_seed(1);
	unsigned forks;

	UNIT_SKIP_IF_SANITIZED("too many steps");
	calls = fn;
	for (unsigned i = 0; i < LIVE; i++) {
		live[i] = malloc(LARGE);
		unit_mark(live[i], LARGE, i);
	}
	sigaction(SIGTRAP, &action, &was);
	every = 1;
	first = 0;
	(void)run(false);
	if (steps == 0) {
		print_message("# NOT CHECKED: no instruction traps here (not "
			      "x86-64, or not the CPU itself)\n");
		skip();
	}
	every = (steps + most - 1) / most;
	first = (unsigned)unit_random(&dice, every);
	forks = run(true);
	printf("# %u steps, one of %u asked for: %u forks, %u where the thread "
	       "stood\n",
	    steps, every, forks, waited);
	assert_true(waited >= LEAST && forks >= waited);
	sigaction(SIGTRAP, &was, NULL);
	for (unsigned i = 0; i < LIVE; i++)
		free(live[i]);
	unit_heap_is_sound(NULL, NULL);
}

static void
spans_of_the_page_heap(void **unused)
{
	(void)unused;
	at_each_step(large_ones, unit_scaled(2000));
}

static void
spans_of_the_set(void **unused)
{
	(void)unused;
	at_each_step(small_ones, unit_scaled(500));
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(spans_of_the_page_heap),
	    cmocka_unit_test(spans_of_the_set),
	};

	(void)argc;
	/* Threads shall not keep spans, which then come and go. */
	if (getenv("SPANLAB_OPTIONS") == NULL) {
		setenv("SPANLAB_OPTIONS", "hold=0", 1);
		execv("/proc/self/exe", argv);
	}
	unit_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
