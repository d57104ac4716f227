/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_epoch.c - epoch mode through the whole allocator: what is freed comes back
 * after a turn and not before, wrong frees are found, threads and forks.
 * Run by make check, once per variant.  Each act is a process of its own, since
 * the option is read at the first allocation.
 */
#include "tests/unit/unit.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/spanlab.h"

enum { OBJECTS = 4000, SLOTS = 512, THREADS = 4 };

/* Turns come by sl_epoch_advance() only; or often. */
#define NEVER "epoch=1000000"
#define OFTEN "epoch=1"

static void
must(bool ok, const char *what)
{
	if (!ok)
		unit_child_fail(what);
}

static void
is_sound(void)
{
	char why[256];

	must(sl_heap_check(why, sizeof(why), NULL, NULL), why);
}

static size_t
some_size(uint64_t *x)
{
	return unit_random(x, 50) == 0 ? 40000 + unit_random(x, 100000)
				       : 1 + unit_random(x, 3000);
}

static int
by_value(const void *a, const void *b)
{
	uintptr_t p = *(const uintptr_t *)a, q = *(const uintptr_t *)b;

	return p < q ? -1 : p > q;
}

/* One thread: between two sweeps every address is given out once at most, and
 * after them those of the first come again. */
static void
addresses(void)
{
	static uintptr_t given[OBJECTS], first[OBJECTS];
	uint64_t x = unit_seed(1);
	unsigned again = 0;

	for (unsigned turn = 0; turn < 6; turn++) {
		/* A slot of its own: so there is a refill, which gives up what
		 * was cached before the turn. */
		void *volatile alone = malloc(32768);

		free(alone);
		for (unsigned i = 0; i < OBJECTS; i++) {
			void *p = malloc(some_size(&x));

			must(p != NULL, "out of memory");
			given[i] = (uintptr_t)p;
			free(p);
		}
		qsort(given, OBJECTS, sizeof(given[0]), by_value);
		for (unsigned i = 1; i < OBJECTS; i++)
			must(given[i] != given[i - 1], "an address twice");
		if (turn == 0)
			memcpy(first, given, sizeof(first));
		for (unsigned i = 0; turn > 0 && i < OBJECTS; i++)
			again += bsearch(&given[i], first, OBJECTS,
				     sizeof(first[0]), by_value) != NULL;
		must(sl_epoch_advance(), "no turn");
		is_sound();
	}
	must(again > OBJECTS, "what was freed does not come back");
}

static void
zeros(void)
{
	for (unsigned i = 0; i < 20000; i++) {
		size_t n = i % 97 + 16;
		unsigned char *p = calloc(1, n);

		for (size_t k = 0; k < n; k++)
			must(p[k] == 0, "calloc without zeros");
		memset(p, 0xff, n);
		free(p);
		p = sl_mallocgc(i % 15 + 1, true, true);
		must(*p == 0, "a tiny object without zeros");
		*p = 0xff;
		sl_free(p);
		if (i % 500 == 0)
			sl_epoch_advance();
	}
	is_sound();
}

/* Objects of all threads in one table: frees are mostly of another's. */
static _Atomic(unsigned char *) table[SLOTS];

static void *
churn(void *arg)
{
	uint64_t x = unit_seed(*(unsigned *)arg);

	for (unsigned i = unit_scaled(50000); i > 0; i--) {
		unsigned char *p = malloc(some_size(&x)), *old;
		unsigned at = (unsigned)unit_random(&x, SLOTS);

		*p = (unsigned char)at;
		old = atomic_exchange(&table[at], p);
		must(old == NULL || *old == (unsigned char)at, "damaged");
		free(old);
	}
	return NULL;
}

static void
run_threads(void)
{
	unsigned ids[THREADS] = {0, 1, 2, 3};
	struct sl_stats s = {.size = sizeof(s)};
	uint64_t before, after;
	char why[256];

	unit_threads(THREADS, churn, ids, sizeof(ids[0]));
	must(sl_heap_check(why, sizeof(why), &before, NULL), why);
	for (unsigned i = 0; i < SLOTS; i++)
		free(table[i]);
	must(sl_heap_check(why, sizeof(why), &after, NULL), why);
	must(before - after <= SLOTS && before - after > SLOTS / 2,
	    "the table's objects are not gone");
	sl_stats_read(&s);
	must(s.turns > 10 && s.sweeps > 100, "no turns, no sweeps");
}

static void
forks(void)
{
	unsigned id = 0;
	int status;
	pid_t pid;

	churn(&id);
	pid = fork();
	if (pid == 0) {
		churn(&id);
		is_sound();
		_exit(sl_epoch_advance() ? 0 : 9);
	}
	must(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0,
	    "the child failed");
	churn(&id);
	is_sound();
}

static void
free_twice(size_t n, unsigned turns)
{
	void *volatile p = malloc(n);
	void *volatile near = malloc(n); /* keeps the span in use */

	must(near != NULL, "out of memory");
	free(p);
	for (unsigned i = 0; i < turns; i++)
		must(sl_epoch_advance(), "no turn");
	free(p);
}

static void
twice_at_once(void)
{
	free_twice(100, 0);
}

static void
twice_after_a_turn(void)
{
	free_twice(100, 1);
}

static void
twice_after_the_sweep(void)
{
	free_twice(100, 3);
}

static void
large_twice(void)
{
	free_twice(100000, 0);
}

static void
large_after_the_sweep(void)
{
	free_twice(100000, 3);
}

static const struct unit_act acts[] = {
    {"addresses", addresses},
    {"zeros", zeros},
    {"threads", run_threads},
    {"forks", forks},
    {"twice_at_once", twice_at_once},
    {"twice_after_a_turn", twice_after_a_turn},
    {"twice_after_the_sweep", twice_after_the_sweep},
    {"large_twice", large_twice},
    {"large_after_the_sweep", large_after_the_sweep},
};

static void
runs_clean(const char *options, const char *act)
{
	struct unit_end end = unit_exec(options, act, 120);

	if (end.status != 0)
		fail_msg("%s, %s: status %d, signal %d, %s: %s", options, act,
		    end.status, end.signal, end.timed_out ? "too slow" : "",
		    end.text);
}

static void
no_address_twice_in_a_generation(void **state)
{
	(void)state;
	runs_clean(NEVER, "addresses");
}

static void
swept_memory_is_cleared(void **state)
{
	(void)state;
	runs_clean(NEVER, "zeros");
}

static void
threads_with_turns(void **state)
{
	(void)state;
	runs_clean(OFTEN, "threads");
	runs_clean(OFTEN ",clobber=1", "threads");
}

static void
forks_with_turns(void **state)
{
	(void)state;
	runs_clean(OFTEN, "forks");
}

static void
double_frees_are_found(void **state)
{
	(void)state;
	for (size_t i = 4; i < UNIT_COUNT(acts); i++) {
		struct unit_end end = unit_exec(NEVER, acts[i].name, 60);

		if (end.signal != SIGABRT ||
		    strstr(end.text, " free: ") == NULL)
			fail_msg("%s: status %d, signal %d: %s", acts[i].name,
			    end.status, end.signal, end.text);
	}
}

static void
only_if_asked_for(void **state)
{
	(void)state;
	assert_false(sl_epoch_advance());
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_address_twice_in_a_generation),
	    cmocka_unit_test(swept_memory_is_cleared),
	    cmocka_unit_test(threads_with_turns),
	    cmocka_unit_test(forks_with_turns),
	    cmocka_unit_test(double_frees_are_found),
	    cmocka_unit_test(only_if_asked_for),
	};

	unit_acts(argc, argv, acts, UNIT_COUNT(acts));
	unit_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
