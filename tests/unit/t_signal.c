/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_signal.c - signal handlers that allocate, ten thousand times a second:
 * with signals=1 they work; without, a handler that interrupted a slow path
 * ends the program with a message, and nothing hangs.  Handlers that fork.
 * Run by make check, once per variant; each act is a process of its own.
 */
#define _GNU_SOURCE
#include "tests/unit/unit.h"

#include <malloc.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/spanlab.h"

static const char message[] =
    "malloc or free called inside malloc or free by the same thread";

static void
must(bool ok, const char *what)
{
	if (!ok)
		unit_child_fail(what);
}

static void
handle_alarm(void (*handler)(int))
{
	struct sigaction sa = {.sa_handler = handler, .sa_flags = SA_RESTART};

	sigaction(SIGALRM, &sa, NULL);
}

/* Every 100 us, to whichever thread the kernel picks. */
static void
alarm_often(void (*handler)(int))
{
	struct itimerval t = {{0, 100}, {0, 100}};

	handle_alarm(handler);
	setitimer(ITIMER_REAL, &t, NULL);
}

/* Once, for handlers that take longer than such a time. */
static void
alarm_soon(void)
{
	struct itimerval t = {{0, 0}, {0, 300}};

	setitimer(ITIMER_REAL, &t, NULL);
}

static void
alarm_off(void)
{
	struct itimerval t = {{0, 0}, {0, 0}};

	setitimer(ITIMER_REAL, &t, NULL);
	signal(SIGALRM, SIG_IGN);
}

static double
seconds_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* --- objects that say what they are -------------------------------------- */

enum { SHELF = 256, THREADS = 3, FEW = 100 };

struct object {
	size_t size;
	uint64_t tag;
};

/* Whoever puts an object here frees what lay in its place: handlers and the
 * threads that they interrupt, in all combinations. */
static _Atomic(struct object *) shelf[SHELF];
static atomic_ulong made, freed, wrong, handled;
static atomic_bool stop;
static _Thread_local uint64_t own_random;

static struct object *
make(uint64_t *x)
{
	size_t n = sizeof(struct object) + (unit_random(x, 50) == 0
						   ? unit_random(x, 120000)
						   : unit_random(x, 700));
	struct object *o = malloc(n);

	if (o == NULL) {
		atomic_fetch_add(&wrong, 1);
		return NULL;
	}
	atomic_fetch_add(&made, 1);
	o->size = n;
	o->tag = unit_random(x, 1000);
	unit_mark(o + 1, n - sizeof(*o), o->tag);
	return o;
}

static void
drop(struct object *o)
{
	if (o == NULL)
		return;
	if (!unit_is_marked(o + 1, o->size - sizeof(*o), o->tag))
		atomic_fetch_add(&wrong, 1);
	free(o);
	atomic_fetch_add(&freed, 1);
}

static void
turn(uint64_t *x)
{
	drop(atomic_exchange(&shelf[unit_random(x, SHELF)], make(x)));
}

static void
on_alarm(int sig)
{
	(void)sig;
	for (unsigned i = 0; i < 4; i++)
		turn(&own_random);
	atomic_fetch_add(&handled, 1);
}

static void *
churn(void *arg)
{
	uint64_t x = unit_seed((uintptr_t)arg);

	own_random = x + 1;
	while (!atomic_load(&stop))
		turn(&x);
	return NULL;
}

/* --- with signals=1 ------------------------------------------------------ */

/* What takes locks and is no malloc, meanwhile. */
static void
ask_around(uint64_t *x)
{
	struct sl_stats st = {.size = sizeof(st)};
	pid_t pid;

	for (unsigned i = 0; i < 100; i++)
		turn(x);
	malloc_trim(0);
	must(sl_stats_read(&st) == 0, "sl_stats_read");
	pid = fork();
	if (pid == 0) {
		for (unsigned i = 0; i < 20; i++)
			turn(x);
		_exit(atomic_load(&wrong) != 0);
	}
	if (pid > 0) {
		int status = -1;

		while (waitpid(pid, &status, 0) < 0)
			;
		must(status == 0, "a child failed");
	}
}

static void
handlers_allocate(void)
{
	uint64_t x = unit_seed(3), objects;
	pthread_t t[THREADS];
	char why[200];
	double end = seconds_now() + unit_scaled(10) * 0.05;

	own_random = unit_seed(4);
	for (uintptr_t i = 0; i < THREADS; i++)
		pthread_create(&t[i], NULL, churn, (void *)(i + 10));
	alarm_often(on_alarm);
	/* On a busy machine the alarms may be late. */
	while (seconds_now() < end || atomic_load(&handled) < FEW)
		ask_around(&x);
	atomic_store(&stop, true);
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
	alarm_off();
	for (unsigned i = 0; i < SHELF; i++)
		drop(atomic_exchange(&shelf[i], NULL));
	must(atomic_load(&wrong) == 0, "an object changed");
	must(atomic_load(&made) == atomic_load(&freed), "made and freed");
	if (!sl_heap_check(why, sizeof(why), &objects, NULL))
		unit_child_fail(why);
}

/* --- without ------------------------------------------------------------- */

/* So that the compiler does not know what malloc is for. */
static void *(*volatile const do_malloc)(size_t) = malloc;

/* Large objects are always the slow path's. */
static void
on_alarm_large(int sig)
{
	(void)sig;
	free(do_malloc(50000));
}

static void
large_until(double seconds)
{
	double end = seconds_now() + seconds;

	while (seconds_now() < end)
		for (unsigned i = 0; i < 100; i++)
			free(do_malloc(100000));
}

static void
slow_path_interrupted(void)
{
	alarm_often(on_alarm_large);
	large_until(20);
}

static sigjmp_buf back;

static void
on_alarm_jump(int sig)
{
	(void)sig;
	siglongjmp(back, 1);
}

static void
left_by_longjmp(void)
{
	double end = seconds_now() + 20;

	alarm_often(on_alarm_jump);
	while (seconds_now() < end)
		if (sigsetjmp(back, 1) == 0)
			large_until(20);
}

static void
expect_message(const char *act)
{
	struct unit_end end = unit_exec(NULL, act, 30);

	if (end.signal != SIGABRT || strstr(end.text, message) == NULL)
		fail_msg("%s: status %d, signal %d, %s: %s", act, end.status,
		    end.signal, end.timed_out ? "hangs" : "", end.text);
}

/* --- handlers that fork -------------------------------------------------- */

static volatile sig_atomic_t forks, bad_children;
static volatile pid_t main_process;

static void
wait_for_child(pid_t pid)
{
	int status = -1;

	while (waitpid(pid, &status, 0) < 0)
		;
	bad_children += status != 0;
	forks++;
	alarm_soon();
}

/* The child does no more than POSIX allows. */
static void
on_alarm_fork(int sig)
{
	pid_t pid = fork();

	(void)sig;
	if (pid == 0)
		_exit(0);
	if (pid > 0)
		wait_for_child(pid);
}

/* The child goes on where the handler interrupted it. */
static void
on_alarm_fork_on(int sig)
{
	pid_t pid;

	(void)sig;
	if (getpid() != main_process)
		return;
	pid = fork();
	if (pid > 0)
		wait_for_child(pid);
}

static void
in_child_go_on(void)
{
	uint64_t x = 5;

	for (unsigned i = 0; i < 50; i++)
		turn(&x);
	_exit(atomic_load(&wrong) != 0);
}

static void
fork_in_handlers(void (*handler)(int), unsigned n)
{
	double end = seconds_now() + 20;
	uint64_t x = unit_seed(6);

	main_process = getpid();
	handle_alarm(handler);
	alarm_soon();
	while (forks < (sig_atomic_t)n && seconds_now() < end) {
		for (unsigned i = 0; i < 50; i++) {
			turn(&x);
			free(do_malloc(100000));
		}
		if (getpid() != main_process)
			in_child_go_on();
	}
	alarm_off();
	must(forks >= (sig_atomic_t)n, "few forks");
	must(bad_children == 0, "a child failed");
	must(atomic_load(&wrong) == 0, "an object changed");
}

static void
handlers_fork(void)
{
	fork_in_handlers(on_alarm_fork, unit_scaled(200));
}

static void
children_return(void)
{
	fork_in_handlers(on_alarm_fork_on, unit_scaled(200));
}

static void
handlers_fork_amid_threads(void)
{
	pthread_t t[THREADS];

	for (uintptr_t i = 0; i < THREADS; i++)
		pthread_create(&t[i], NULL, churn, (void *)(i + 10));
	fork_in_handlers(on_alarm_fork, unit_scaled(100));
	atomic_store(&stop, true);
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(t[i], NULL);
}

static const struct unit_act acts[] = {
    {"handlers_allocate", handlers_allocate},
    {"slow_path_interrupted", slow_path_interrupted},
    {"left_by_longjmp", left_by_longjmp},
    {"handlers_fork", handlers_fork},
    {"children_return", children_return},
    {"handlers_fork_amid_threads", handlers_fork_amid_threads},
};

static void
expect_success(const char *options, const char *act)
{
	struct unit_end end = unit_exec(options, act, 240);

	if (end.status != 0)
		fail_msg("%s: status %d, signal %d, %s: %s", act, end.status,
		    end.signal, end.timed_out ? "hangs" : "", end.text);
}

/* --- tests --------------------------------------------------------------- */

static void
test_allowed(void **state)
{
	(void)state;
	expect_success("signals=1", "handlers_allocate");
}

static void
test_message(void **state)
{
	(void)state;
	expect_message("slow_path_interrupted");
	expect_message("left_by_longjmp");
}

static void
test_fork(void **state)
{
	(void)state;
	expect_success(NULL, "handlers_fork");
	expect_success(NULL, "children_return");
	expect_success(NULL, "handlers_fork_amid_threads");
	expect_success("signals=1", "children_return");
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_allowed),
	    cmocka_unit_test(test_message),
	    cmocka_unit_test(test_fork),
	};

	unit_acts(argc, argv, acts, UNIT_COUNT(acts));
	unit_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
