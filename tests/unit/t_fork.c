/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_fork.c - fork while other threads allocate: the child can allocate, free,
 * start threads and fork again; handlers of pthread_atfork may allocate.
 * Run by make check, once per variant.
 */
#include "tests/unit/unit.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/spanlab.h"

enum { CHURNERS = 3, SHELF = 512 };

/* Shared by the churning threads: each puts its object in a place and frees
 * what lay there, so most frees are of another thread's objects. */
static _Atomic(void *) shelf[SHELF];
static atomic_bool stop;
static atomic_ulong turns;

static void
one_turn(uint64_t *x)
{
	size_t n = unit_random(x, 64) == 0 ? unit_random(x, 200000)
					   : 1 + unit_random(x, 2000);
	char *p = malloc(n);

	if (p)
		p[0] = p[n - 1] = 1;
	free(atomic_exchange(&shelf[unit_random(x, SHELF)], p));
}

static void *
churner(void *arg)
{
	uint64_t x = unit_seed((uintptr_t)arg);

	while (!atomic_load(&stop)) {
		one_turn(&x);
		atomic_fetch_add(&turns, 1);
	}
	return NULL;
}

/* --- in handlers --------------------------------------------------------- */

static atomic_ulong prepared, in_parent, in_child;

static void *from_prepare;

static void
handler_prepare(void)
{
	free(malloc(300000));
	from_prepare = malloc(777);
	prepared++;
}

static void
handler_parent(void)
{
	free(from_prepare);
	free(calloc(10, 10));
	in_parent++;
}

static void
handler_child(void)
{
	free(from_prepare);
	free(calloc(10, 1000));
	in_child++;
}

/* --- what a child does --------------------------------------------------- */

static void
allocate_and_free(uint64_t *x, unsigned n)
{
	void *p[64] = {NULL};

	for (unsigned i = 0; i < n; i++) {
		unsigned k = (unsigned)unit_random(x, 64);
		size_t size = unit_random(x, 40) ? unit_random(x, 2500)
						 : unit_random(x, 90000);

		free(p[k]);
		p[k] = malloc(size);
		if (p[k] == NULL)
			unit_child_fail("malloc failed in a child");
		memset(p[k], 1, size);
	}
	for (unsigned k = 0; k < 64; k++)
		free(p[k]);
}

static void *
thread_of_child(void *arg)
{
	uint64_t x = (uintptr_t)arg;

	allocate_and_free(&x, 200);
	return NULL;
}

/* Returns the status as wait gives it, or -1 after the time limit. */
static int
wait_for(pid_t pid, unsigned seconds)
{
	struct timespec nap = {0, 2000000};
	int status;

	for (unsigned i = 0; i < seconds * 500; i++) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return status;
		nanosleep(&nap, NULL);
	}
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	return -1;
}

static void
live_as_child(uint64_t seed, unsigned depth)
{
	uint64_t x = seed;
	pthread_t t;
	pid_t pid;

	/* What the parent's threads had made is as good as our own. */
	for (unsigned i = 0; i < SHELF; i++)
		free(atomic_exchange(&shelf[i], NULL));
	allocate_and_free(&x, 600);
	if (pthread_create(&t, NULL, thread_of_child, (void *)(seed | 1)) != 0)
		unit_child_fail("no thread in a child");
	pthread_join(t, NULL);
	if (depth > 0) {
		pid = fork();
		if (pid < 0)
			unit_child_fail("no fork in a child");
		if (pid == 0) {
			live_as_child(seed + 1, depth - 1);
			_exit(0);
		}
		if (wait_for(pid, 20) != 0)
			unit_child_fail("a child's child failed");
	}
	allocate_and_free(&x, 200);
}

/* --- tests --------------------------------------------------------------- */

static void
start_churners(pthread_t *t)
{
	atomic_store(&stop, false);
	for (uintptr_t i = 0; i < CHURNERS; i++)
		assert_int_equal(
		    pthread_create(&t[i], NULL, churner, (void *)(i + 1)), 0);
}

static void
stop_churners(pthread_t *t)
{
	atomic_store(&stop, true);
	for (unsigned i = 0; i < CHURNERS; i++)
		pthread_join(t[i], NULL);
	for (unsigned i = 0; i < SHELF; i++)
		free(atomic_exchange(&shelf[i], NULL));
}

static void
fork_many(unsigned n, unsigned depth)
{
	uint64_t x = unit_seed(77);

	for (unsigned i = 0; i < n; i++) {
		struct timespec nap = {0, (long)unit_random(&x, 2000000)};
		pid_t pid;
		int status;

		nanosleep(&nap, NULL);
		fflush(stdout);
		pid = fork();
		assert_return_code(pid, errno);
		if (pid == 0) {
			live_as_child(i + 1, depth);
			_exit(0);
		}
		one_turn(&x);
		status = wait_for(pid, 30);
		if (status == -1)
			fail_msg("child %u hangs", i);
		if (status != 0)
			fail_msg("child %u: status %#x", i, status);
	}
}

static void
test_fork_quiet(void **state)
{
	(void)state;
	fork_many(10, 2);
	unit_heap_is_sound(NULL, NULL);
}

static void
test_fork_amid_churn(void **state)
{
	pthread_t t[CHURNERS];
	unsigned long before = atomic_load(&turns);

	(void)state;
	start_churners(t);
	fork_many(unit_scaled(100), 1);
	stop_churners(t);
	printf("# %lu turns of the churning threads\n",
	    atomic_load(&turns) - before);
	assert_true(atomic_load(&turns) > before);
	unit_heap_is_sound(NULL, NULL);
}

/* Handlers stay registered for good: this test comes last. */
static void
test_fork_with_handlers(void **state)
{
	pthread_t t[CHURNERS];

	(void)state;
	assert_int_equal(
	    pthread_atfork(handler_prepare, handler_parent, handler_child), 0);
	start_churners(t);
	fork_many(unit_scaled(60), 1);
	stop_churners(t);
	assert_true(atomic_load(&prepared) >= unit_scaled(60));
	assert_int_equal(atomic_load(&prepared), atomic_load(&in_parent));
	unit_heap_is_sound(NULL, NULL);
}

/* fork() inside two threads at once. */
static void *
forker(void *arg)
{
	unsigned *wrong = arg;

	for (unsigned i = 0; i < unit_scaled(30); i++) {
		pid_t pid = fork();

		if (pid == 0) {
			live_as_child(i + 5, 0);
			_exit(0);
		}
		*wrong += pid < 0 || wait_for(pid, 30) != 0;
	}
	return NULL;
}

static void
test_fork_from_threads(void **state)
{
	unsigned wrong[2] = {0, 0};
	pthread_t t[CHURNERS];

	(void)state;
	start_churners(t);
	fflush(stdout);
	unit_threads(2, forker, wrong, sizeof(wrong[0]));
	stop_churners(t);
	assert_int_equal(wrong[0], 0);
	assert_int_equal(wrong[1], 0);
	unit_heap_is_sound(NULL, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fork_quiet),
	    cmocka_unit_test(test_fork_amid_churn),
	    cmocka_unit_test(test_fork_from_threads),
	    cmocka_unit_test(test_fork_with_handlers),
	};

	unit_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
