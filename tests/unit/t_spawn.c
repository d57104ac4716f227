/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_spawn.c - the rest of fork, beside t_fork.c: streams that others use while
 * it runs, handlers that were registered before the allocator's own, and the
 * other ways to make a process.  Run by make check, once per variant.
 */
#define _GNU_SOURCE
#include "tests/unit/unit.h"

#include <errno.h>
#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/spanlab.h"

static atomic_bool stop;

static void
nap(long us)
{
	struct timespec t = {0, us * 1000};

	nanosleep(&t, NULL);
}

static void *
churn(void *arg)
{
	uint64_t x = unit_seed((uintptr_t)arg);

	while (!atomic_load(&stop)) {
		void *p[32];

		for (unsigned i = 0; i < 32; i++)
			p[i] = malloc(unit_random(&x, 40) == 0
					  ? unit_random(&x, 100000)
					  : unit_random(&x, 1500));
		for (unsigned i = 0; i < 32; i++)
			free(p[i]);
	}
	return NULL;
}

static void
wait_ok(pid_t pid, int want, const char *what)
{
	int status = -1;

	if (pid < 0)
		unit_child_fail(what);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != want)
		unit_child_fail(what);
}

/* Runs fn in a child that others cannot hang, amid threads. */
static void
amid_threads(void (*fn)(void *), void *arg)
{
	struct unit_end end = unit_child(fn, arg, 60);

	if (end.status != 0)
		fail_msg("status %d, signal %d, %s: %s", end.status, end.signal,
		    end.timed_out ? "hangs" : "", end.text);
}

static void
start(pthread_t *t, unsigned n, void *(*fn)(void *))
{
	for (uintptr_t i = 0; i < n; i++)
		if (pthread_create(&t[i], NULL, fn, (void *)(i + 1)) != 0)
			unit_child_fail("no thread");
}

static void
stop_all(pthread_t *t, unsigned n)
{
	atomic_store(&stop, true);
	for (unsigned i = 0; i < n; i++)
		pthread_join(t[i], NULL);
}

/* --- streams ------------------------------------------------------------- */

/* Waits for each stream while it holds the list of them. */
static void *
flush_all(void *arg)
{
	while (!atomic_load(&stop)) {
		fflush(NULL);
		nap(100);
	}
	return arg;
}

/* Allocates while it holds a stream. */
static void *
read_lines(void *arg)
{
	static const char dots[4000] = {[0 ... 3999] = '.'};
	FILE *f = tmpfile();
	char *line = NULL;
	size_t n = 0;

	if (f == NULL)
		unit_child_fail("no temporary file");
	for (int i = 0; i < 20; i++)
		fprintf(f, "%.*s\n", i * 200, dots);
	while (!atomic_load(&stop)) {
		rewind(f);
		while (getline(&line, &n, f) > 0) {
			unit_free_of_libc(line);
			line = NULL;
			n = 0;
		}
		nap(50);
	}
	unit_free_of_libc(line);
	fclose(f);
	return arg;
}

static void
use_stdio_in_child(unsigned n)
{
	char *text = NULL;
	size_t size = 0;
	FILE *f = open_memstream(&text, &size);

	if (f == NULL || fprintf(f, "%u\n", n) < 2 || fclose(f) != 0)
		_exit(1);
	unit_free_of_libc(text);
	fflush(NULL);
	f = fopen("/dev/null", "w");
	if (f == NULL || fputs("x", f) < 0 || fclose(f) != 0)
		_exit(2);
	_exit(0);
}

static void
fork_amid_streams(void *arg)
{
	pthread_t t[5];

	(void)arg;
	start(t, 2, flush_all);
	start(t + 2, 2, read_lines);
	start(t + 4, 1, churn);
	for (unsigned i = 0; i < unit_scaled(300); i++) {
		pid_t pid = fork();

		if (pid == 0)
			use_stdio_in_child(i);
		wait_ok(pid, 0, "a child with streams failed");
	}
	stop_all(t, 5);
	if (!sl_heap_check(NULL, 0, NULL, NULL))
		unit_child_fail("the heap is not sound");
}

/* One thread: the list of streams must be free again in parent and child. */
static void
fork_alone(void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < 10; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			pid = fork();
			if (pid == 0)
				use_stdio_in_child(i);
			wait_ok(pid, 0, "a child's child failed");
			use_stdio_in_child(i);
		}
		wait_ok(pid, 0, "a child failed");
		fflush(NULL);
	}
}

static void
test_streams(void **state)
{
	(void)state;
	amid_threads(fork_alone, NULL);
	amid_threads(fork_amid_streams, NULL);
}

/* --- handlers older than the allocator's --------------------------------- */

static unsigned early_prepared, early_parent;
static unsigned early_large; /* objects that they make besides */
static void *from_prepare[3];

/* Runs while the allocator's locks are held. */
static void
early_prepare(void)
{
	static const size_t size[] = {100, 3000, 200000};

	for (unsigned i = 0; i < UNIT_COUNT(size); i++) {
		free(malloc(size[i]));
		from_prepare[i] = calloc(1, size[i]);
	}
	for (unsigned i = 0; i < early_large; i++)
		free(malloc(200000));
	early_prepared++;
}

static void
free_from_prepare(void)
{
	for (unsigned i = 0; i < UNIT_COUNT(from_prepare); i++) {
		void *p = realloc(from_prepare[i], 5000);

		free(p != NULL ? p : from_prepare[i]);
		from_prepare[i] = NULL;
	}
}

static void
early_in_parent(void)
{
	free_from_prepare();
	early_parent++;
}

static void
early_register(void)
{
	if (pthread_atfork(early_prepare, early_in_parent, free_from_prepare) !=
	    0)
		_exit(99);
}

/* Before the constructor of any library. */
__attribute__((section(".preinit_array"),
    used)) static void (*const before_all)(void) = early_register;

static void
fork_with_early_handlers(void *arg)
{
	unsigned n = unit_scaled(100), before = early_prepared;
	pthread_t t[3];
	void *p;

	(void)arg;
	start(t, 3, churn);
	for (unsigned i = 0; i < n; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			p = malloc(i * 50);
			_exit(p == NULL);
		}
		wait_ok(pid, 0, "a child failed");
	}
	stop_all(t, 3);
	if (early_prepared - before != n || early_parent < n)
		unit_child_fail("the handlers did not run");
	if (!sl_heap_check(NULL, 0, NULL, NULL))
		unit_child_fail("the heap is not sound");
}

static void
test_early_handlers(void **state)
{
	(void)state;
	amid_threads(fork_with_early_handlers, NULL);
}

/* In epoch mode they allocate what a turn takes, and twice as much: not even
 * then may the thread that forks sweep, for that asks the set. */
static void
early_in_epochs(void)
{
	early_large = 20;
	fork_with_early_handlers(NULL);
}

static const struct unit_act acts[] = {{"early_in_epochs", early_in_epochs}};

static void
test_early_handlers_in_epochs(void **state)
{
	struct unit_end end = unit_exec("epoch=1", "early_in_epochs", 60);

	(void)state;
	if (end.status != 0)
		fail_msg("status %d, signal %d, %s: %s", end.status, end.signal,
		    end.timed_out ? "hangs" : "", end.text);
}

/* --- other ways ---------------------------------------------------------- */

static pid_t
by_vfork(void)
{
	pid_t pid = vfork();

	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", "exit 3", (char *)NULL);
		_exit(9);
	}
	return pid;
}

static pid_t
by_posix_spawn(void)
{
	char *argv[] = {"sh", "-c", "exit 3", NULL};
	pid_t pid;

	return posix_spawn(&pid, "/bin/sh", NULL, NULL, argv, environ) == 0
		   ? pid
		   : -1;
}

static void
spawn_amid_threads(void *arg)
{
	char line[16] = "";
	pthread_t t[3];
	FILE *f;

	(void)arg;
	start(t, 3, churn);
	for (unsigned i = 0; i < unit_scaled(20); i++) {
		wait_ok(by_vfork(), 3, "vfork");
		wait_ok(by_posix_spawn(), 3, "posix_spawn");
		if (WEXITSTATUS(system("exit 5")) != 5)
			unit_child_fail("system");
		f = popen("echo text", "r");
		if (f == NULL || fgets(line, sizeof(line), f) == NULL ||
		    strcmp(line, "text\n") != 0 || pclose(f) != 0)
			unit_child_fail("popen");
	}
	stop_all(t, 3);
	if (!sl_heap_check(NULL, 0, NULL, NULL))
		unit_child_fail("the heap is not sound");
}

static void
test_other_ways(void **state)
{
	(void)state;
	amid_threads(spawn_amid_threads, NULL);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_streams),
	    cmocka_unit_test(test_early_handlers),
	    cmocka_unit_test(test_early_handlers_in_epochs),
	    cmocka_unit_test(test_other_ways),
	};

	unit_acts(argc, argv, acts, UNIT_COUNT(acts));
	unit_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
