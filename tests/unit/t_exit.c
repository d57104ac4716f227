/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_exit.c - a program ends while its threads allocate and free, wherever they
 * are: it ends with its status, and its handlers can allocate.
 * Run by make check, once per variant.  t_exited.c does so before each step of
 * a set; here signals stop the threads, and the library is there as a whole.
 */
#define _GNU_SOURCE
#include "tests/unit/unit.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum way { EXIT, EXIT_ELSEWHERE, QUICK_EXIT, UNDERSCORE_EXIT, LAST_THREAD };
enum {
	WAYS = LAST_THREAD + 1,
	STATUS = 7,
	THREADS = 3,
	MAIL = 64,
	SIZES = 12,
};

static const char *const names[WAYS] = {"exit()", "exit() by another thread",
    "quick_exit()", "_exit()", "the end of the last thread"};

/* The last two are large. */
static const size_t sizes[SIZES] = {
    1, 8, 24, 48, 48, 100, 512, 1024, 4096, 20000, 40000, 300000};

static _Atomic(void *) mail[MAIL];
static atomic_bool is_over;

static void
work(uint64_t *dice, unsigned times)
{
	while (times-- > 0) {
		size_t size = sizes[unit_random(dice, SIZES)];
		char *p = malloc(size);

		if (p == NULL)
			unit_child_fail("no memory");
		p[0] = p[size - 1] = 1;
		free(atomic_exchange(&mail[unit_random(dice, MAIL)], p));
	}
}

static void *
churn(void *arg)
{
	uint64_t dice = unit_seed((uintptr_t)arg);

	while (!atomic_load(&is_over))
		work(&dice, 10);
	return NULL;
}

/* The thread stands where it is for a while. */
static void
stand(int sig)
{
	static const struct timespec nap = {0, 2000000};

	(void)sig;
	nanosleep(&nap, NULL);
}

static void
handle_exit(void)
{
	static uint64_t dice = 3;
	char *p = NULL;

	work(&dice, 200);
	for (size_t n = 10; n < 100000; n *= 3) {
		p = realloc(p, n);
		if (p == NULL)
			unit_child_fail("no memory in a handler");
		p[n - 1] = 1;
	}
	free(p);
	if (write(STDERR_FILENO, "worked", 6) != 6)
		_exit(2);
}

static void
start_threads(uint64_t dice)
{
	struct timespec nap = {0, (long)unit_random(&dice, 500000)};
	pthread_t t[THREADS];

	signal(SIGUSR1, stand);
	for (uintptr_t i = 0; i < THREADS; i++)
		if (pthread_create(&t[i], NULL, churn,
			(void *)(unit_random(&dice, 1000) + i)) != 0)
			unit_child_fail("no thread");
	nanosleep(&nap, NULL);
	for (unsigned i = 0; i < THREADS; i++) {
		pthread_kill(t[i], SIGUSR1);
		pthread_detach(t[i]);
	}
	atexit(handle_exit);
	at_quick_exit(handle_exit);
}

static void *
exit_elsewhere(void *arg)
{
	exit(arg == NULL ? STATUS : 1);
}

struct plan {
	enum way way;
	uint64_t seed;
};

static void
end(void *arg)
{
	const struct plan *p = arg;
	pthread_t t;

	start_threads(p->seed);
	switch (p->way) {
	case EXIT:
		exit(STATUS);
	case EXIT_ELSEWHERE:
		if (pthread_create(&t, NULL, exit_elsewhere, NULL) == 0)
			pthread_join(t, NULL);
		break;
	case QUICK_EXIT:
		quick_exit(STATUS);
	case UNDERSCORE_EXIT:
		_exit(STATUS);
	case LAST_THREAD:
		atomic_store(&is_over, true);
		pthread_exit(NULL);
	}
	unit_child_fail("the process did not end");
}

static void
expect(const struct unit_end *e, int status, bool runs_handlers, const char *by)
{
	if (e->status != status ||
	    (strstr(e->text, "worked") != NULL) != runs_handlers)
		fail_msg("by %s: %sstatus %d, signal %d, %.300s", by,
		    e->timed_out ? "no end, " : "", e->status, e->signal,
		    e->text);
}

static void
test_ends_amid_threads(void **state)
{
	struct plan p;
	struct unit_end e;

	(void)state;
	for (p.seed = 0; p.seed < unit_scaled(80); p.seed++) {
		p.way = (enum way)(p.seed % WAYS);
		e = unit_child(end, &p, 60);
		expect(&e, p.way == LAST_THREAD ? 0 : STATUS,
		    p.way != UNDERSCORE_EXIT, names[p.way]);
	}
}

static void
test_main_returns(void **state)
{
	struct unit_end e;

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		e = unit_exec(getenv("SPANLAB_OPTIONS"), "return", 60);
		expect(&e, STATUS, true, "the return of main");
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ends_amid_threads),
	    cmocka_unit_test(test_main_returns),
	};

	if (argc > 1 && strcmp(argv[1], "return") == 0) {
		start_threads((uint64_t)getpid());
		return STATUS;
	}
	unit_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
