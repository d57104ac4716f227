/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_hooks.c - with a hook on, no allocation and no free escapes it.
 * Run by make check, once.  Each act is a process of its own, since hooks are
 * decided at the first allocation.  The hook here is clobber=1, which leaves
 * its mark in the memory.
 */
#include "tests/unit/unit.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "core/spanlab.h"

static const size_t sizes[] = {1, 8, 9, 16, 24, 33, 100, 112, 1000, 1024, 3000,
    8192, 20000, 32768, 32769, 40000, 100000, 1u << 20};

/* Reads what was freed, so p is a number: the compiler must not know.  Which
 * byte of the pattern is where depends on the address. */
static bool
is_all(uintptr_t p, size_t n, const unsigned char *pattern)
{
	const volatile unsigned char *c = (void *)p;

	for (size_t i = 0; i < n; i++)
		if (c[i] != pattern[(p + i) % 4])
			return false;
	return true;
}

static const unsigned char junk[4] = {0xa5, 0xa5, 0xa5, 0xa5};
static const unsigned char beef[4] = {0xef, 0xbe, 0xad, 0xde};
static const unsigned char zero[4];

static void
must(bool ok, const char *what)
{
	if (!ok)
		unit_child_fail(what);
}

static void *
free_it(void *p)
{
	free(p);
	return NULL;
}

/* Many times, so that fast paths would have had their chance. */
static void
marks_on_all(void)
{
	unit_start_hands(2);
	for (unsigned round = 0; round < 20; round++) {
		for (unsigned i = 0; i < UNIT_COUNT(sizes); i++) {
			size_t n = sizes[i];
			uintptr_t p = (uintptr_t)malloc(n);
			uintptr_t q = (uintptr_t)calloc(1, n);

			must(is_all(p, n, junk), "malloc without junk");
			must(is_all(q, n, zero), "calloc without zeros");
			free((void *)p);
			must(is_all(p, n, beef), "free by the owner");
			unit_run_in_hand(round % 2, free_it, (void *)q);
			must(is_all(q, n, beef), "free by another");
		}
	}
}

static void
marks_on_tiny(void)
{
	for (unsigned i = 0; i < 1000; i++) {
		size_t n = i % 15 + 1;
		uintptr_t p = (uintptr_t)sl_mallocgc(n, true, false);

		must(p != 0, "out of memory");
		memset((void *)p, 1, n);
		sl_free((void *)p);
		must(is_all(p, n, beef), "a tiny object");
	}
}

/* Objects of all threads in one table: frees are mostly of another's. */
enum { SLOTS = 512, THREADS = 4 };
static _Atomic(void *) table[SLOTS];

static void *
churn(void *arg)
{
	uint64_t x = unit_seed(*(unsigned *)arg);

	for (unsigned i = unit_scaled(50000); i > 0; i--) {
		size_t n = sizes[unit_random(&x, 14)];
		unsigned char *p = malloc(n);

		memset(p, 0x11, n);
		free(atomic_exchange(&table[unit_random(&x, SLOTS)], p));
	}
	return NULL;
}

static void
sound_after_churn(void)
{
	unsigned ids[THREADS] = {0, 1, 2, 3};
	uint64_t before, after;
	char why[256];

	unit_threads(THREADS, churn, ids, sizeof(ids[0]));
	must(sl_heap_check(why, sizeof(why), &before, NULL), why);
	for (unsigned i = 0; i < SLOTS; i++)
		free(table[i]);
	must(sl_heap_check(why, sizeof(why), &after, NULL), why);
	must(before - after <= SLOTS && before - after > SLOTS / 2,
	    "the table's objects are not gone");
}

static void
on_signal(int sig)
{
	void *volatile p = malloc(100);

	(void)sig;
	free(p);
}

/* Filling a MiB takes long enough to be hit. */
static void
malloc_in_handler(void)
{
	struct itimerval often = {{0, 1000}, {0, 1000}};
	void *volatile p;

	signal(SIGALRM, on_signal);
	setitimer(ITIMER_REAL, &often, NULL);
	for (;;) {
		p = malloc(1 << 20);
		free(p);
	}
}

static const struct unit_act acts[] = {
    {"marks_on_all", marks_on_all},
    {"marks_on_tiny", marks_on_tiny},
    {"sound_after_churn", sound_after_churn},
    {"malloc_in_handler", malloc_in_handler},
};

static void
runs_clean(const char *options, const char *act)
{
	struct unit_end end = unit_exec(options, act, 60);

	if (end.status != 0)
		fail_msg("%s, %s: status %d, signal %d, %s: %s", options, act,
		    end.status, end.signal, end.timed_out ? "too slow" : "",
		    end.text);
}

static void
every_call_is_hooked(void **state)
{
	(void)state;
	runs_clean("clobber=1", "marks_on_all");
	runs_clean("clobber=1", "marks_on_tiny");
}

/* Without the option these very acts must fail, or they would show nothing. */
static void
nothing_is_hooked_unasked(void **state)
{
	struct unit_end end;

	(void)state;
	end = unit_exec(NULL, "marks_on_all", 60);
	assert_true(unit_is_caught(&end));
	assert_non_null(strstr(end.text, "malloc without junk"));
	end = unit_exec("clobber=0", "marks_on_tiny", 60);
	assert_true(unit_is_caught(&end));
	assert_non_null(strstr(end.text, "a tiny object"));
}

static void
heap_stays_sound(void **state)
{
	(void)state;
	runs_clean("clobber=1", "sound_after_churn");
	runs_clean("clobber=1,relink=0", "sound_after_churn");
	runs_clean("clobber=1,relink=100", "sound_after_churn");
}

static void
reentry_is_detected(void **state)
{
	struct unit_end end = unit_exec("clobber=1", "malloc_in_handler", 60);

	(void)state;
	assert_false(end.timed_out);
	assert_int_equal(end.signal, SIGABRT);
	assert_non_null(
	    strstr(end.text, "called inside malloc or free by the same"));
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_call_is_hooked),
	    cmocka_unit_test(nothing_is_hooked_unasked),
	    cmocka_unit_test(heap_stays_sound),
	    cmocka_unit_test(reentry_is_detected),
	};

	unit_acts(argc, argv, acts, UNIT_COUNT(acts));
	unit_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
