/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_cancel.c - threads that are cancelled: malloc and free are no cancellation
 * points, whatever library the set calls; who is cancelled between two calls,
 * deferred or asynchronously, leaves a whole heap; who is cancelled inside one,
 * which POSIX forbids, ends the program with a message and does not hang.
 * Run by make check, once per variant.
 */
#define _GNU_SOURCE
#include "tests/unit/unit.h"

#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/spanlab.h"

enum { THREADS = 6, OWN = 64, SHELF = 512 };

static _Atomic(void *) shelf[SHELF];
static atomic_uint reached, cleaned, wrong;

/* Objects of few sizes cross threads, so that spans come and go by the list;
 * malloc_trim walks all of it. */
static void
churn(uint64_t *x, void **own, unsigned turns)
{
	for (unsigned i = 0; i < turns; i++) {
		size_t n = (size_t)1 << (4 + unit_random(x, 8));
		void **mine = &own[unit_random(x, OWN)];
		void *p = malloc(n);

		if (p == NULL) {
			atomic_fetch_add(&wrong, 1);
			continue;
		}
		memset(p, 1, n);
		free(*mine);
		*mine = atomic_exchange(&shelf[unit_random(x, SHELF)], p);
	}
	if (unit_random(x, 4) == 0)
		malloc_trim(0);
}

static void
free_own(void *arg)
{
	void **own = arg;

	for (unsigned i = 0; i < OWN; i++)
		free(own[i]);
	atomic_fetch_add(&cleaned, 1);
}

/* --- deferred ------------------------------------------------------------ */

struct job {
	uint64_t seed;
	unsigned turns;
};

/* Asks for its own end, and must get there by its own cancellation point. */
static void *
cancelled_late(void *arg)
{
	const struct job *j = arg;
	uint64_t x = j->seed;
	void *own[OWN] = {NULL};

	pthread_cleanup_push(free_own, own);
	pthread_cancel(pthread_self());
	churn(&x, own, j->turns);
	atomic_fetch_add(&reached, 1);
	pthread_testcancel();
	atomic_fetch_add(&wrong, 1);
	pthread_cleanup_pop(1);
	return NULL;
}

static void
empty_shelf(void)
{
	for (unsigned i = 0; i < SHELF; i++)
		free(atomic_exchange(&shelf[i], NULL));
}

static void
test_no_cancellation_point(void **state)
{
	struct job jobs[THREADS];
	unsigned rounds = unit_scaled(15);

	(void)state;
	atomic_store(&reached, 0);
	atomic_store(&cleaned, 0);
	for (unsigned round = 0; round < rounds; round++) {
		for (unsigned i = 0; i < THREADS; i++)
			jobs[i] =
			    (struct job){unit_seed(round * THREADS + i), 20000};
		unit_threads(THREADS, cancelled_late, jobs, sizeof(jobs[0]));
	}
	empty_shelf();
	assert_int_equal(atomic_load(&reached), rounds * THREADS);
	assert_int_equal(atomic_load(&cleaned), rounds * THREADS);
	assert_int_equal(atomic_load(&wrong), 0);
	unit_heap_is_sound(NULL, NULL);
}

/* Cancelled from outside at its next cancellation point, wherever it is. */
static void *
cancelled_between(void *arg)
{
	uint64_t x = ((struct job *)arg)->seed;
	void *own[OWN] = {NULL};

	pthread_cleanup_push(free_own, own);
	for (;;) {
		churn(&x, own, 50);
		pthread_testcancel();
	}
	pthread_cleanup_pop(1);
	return NULL;
}

/* Computes asynchronously cancellable; allocates only when it is not. */
static void *
cancelled_computing(void *arg)
{
	uint64_t x = ((struct job *)arg)->seed;
	void *own[OWN] = {NULL};
	volatile uint64_t sum = 0; /* volatile: the end is a longjmp */

	pthread_cleanup_push(free_own, own);
	for (;;) {
		churn(&x, own, 50);
		pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
		for (unsigned i = 0; i < 1000; i++)
			sum = sum + unit_random(&x, i + 1);
		pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, NULL);
		if (sum == 1) /* never, but the compiler does not know */
			break;
	}
	pthread_cleanup_pop(1);
	return NULL;
}

static void
nap(uint64_t *x)
{
	struct timespec t = {0, (long)unit_random(x, 2000000)};

	nanosleep(&t, NULL);
}

static void
cancel_many(void *(*fn)(void *))
{
	unsigned rounds = unit_scaled(50);
	uint64_t x = unit_seed(11);

	atomic_store(&cleaned, 0);
	for (unsigned round = 0; round < rounds; round++) {
		struct job jobs[THREADS];
		pthread_t t[THREADS];
		void *end;

		for (unsigned i = 0; i < THREADS; i++) {
			jobs[i].seed = unit_seed(round * THREADS + i);
			assert_int_equal(
			    pthread_create(&t[i], NULL, fn, &jobs[i]), 0);
		}
		nap(&x);
		for (unsigned i = 0; i < THREADS; i++)
			assert_int_equal(pthread_cancel(t[i]), 0);
		for (unsigned i = 0; i < THREADS; i++) {
			assert_int_equal(pthread_join(t[i], &end), 0);
			assert_ptr_equal(end, PTHREAD_CANCELED);
		}
	}
	empty_shelf();
	/* A thread may be cancelled before it has pushed its handler: only at
	 * a cancellation point, which is after that. */
	assert_int_equal(atomic_load(&cleaned), rounds * THREADS);
	assert_int_equal(atomic_load(&wrong), 0);
	unit_heap_is_sound(NULL, NULL);
}

static void
test_deferred(void **state)
{
	(void)state;
	cancel_many(cancelled_between);
}

static void
test_asynchronous(void **state)
{
	(void)state;
	cancel_many(cancelled_computing);
}

/* --- inside, which is forbidden ------------------------------------------ */

static void *(*volatile const do_malloc)(size_t) = malloc;

/* Large objects: nearly all of its time is spent in slow paths. */
static void *
cancelled_inside(void *arg)
{
	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
	for (;;) {
		void *p[8];

		for (unsigned i = 0; i < 8; i++)
			p[i] = do_malloc(9000000);
		for (unsigned i = 0; i < 8; i++)
			free(p[i]);
	}
	return arg;
}

static void
cancel_inside(void *arg)
{
	uint64_t x = unit_seed(13);

	(void)arg;
	for (unsigned i = 0; i < 3000; i++) {
		pthread_t t;

		if (pthread_create(&t, NULL, cancelled_inside, NULL) != 0)
			unit_child_fail("no thread");
		nap(&x);
		pthread_cancel(t);
		pthread_join(t, NULL);
	}
}

static void
test_inside(void **state)
{
	struct unit_end end;

	(void)state;
	if (!unit_has_libc_names())
		skip(); /* the runtime of a sanitizer hangs */
	end = unit_child(cancel_inside, NULL, 60);
	if (end.signal != SIGABRT ||
	    strstr(end.text, "a thread ends inside malloc or free") == NULL)
		fail_msg("status %d, signal %d, %s: %s", end.status, end.signal,
		    end.timed_out ? "hangs" : "", end.text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_no_cancellation_point),
	    cmocka_unit_test(test_deferred),
	    cmocka_unit_test(test_asynchronous),
	    cmocka_unit_test(test_inside),
	};

	unit_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
