/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_crowd.c - threads in great numbers, on the smallest stacks there are: so
 * many one after the other that a byte lost with each would be seen, and 4096
 * alive at once.  Run by make check, once per variant.
 */
#define _GNU_SOURCE
#include "tests/unit/unit.h"

#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/spanlab.h"

static struct sl_stats
stats_now(void)
{
	struct sl_stats s = {.size = sizeof(s)};

	assert_int_equal(sl_stats_read(&s), 0);
	return s;
}

static unsigned long
resident_kib(void)
{
	unsigned long size, resident = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%lu %lu", &size, &resident), 2);
	fclose(f);
	return resident * (unsigned long)sysconf(_SC_PAGESIZE) / 1024;
}

/* 0, or EAGAIN: the system has no more threads for us. */
static int
begin(pthread_t *t, void *(*fn)(void *), void *arg)
{
	pthread_attr_t attr;
	int error;

	pthread_attr_init(&attr);
	assert_int_equal(
	    pthread_attr_setstacksize(&attr, PTHREAD_STACK_MIN), 0);
	error = pthread_create(t, &attr, fn, arg);
	pthread_attr_destroy(&attr);
	assert_true(error == 0 || error == EAGAIN);
	return error;
}

/* --- one after the other ------------------------------------------------- */

enum { AT_ONCE = 4 };

static atomic_uint wrong;

/* Small, large, of another; and the kinds of call. */
static void *
short_life(void *arg)
{
	static _Atomic(void *) left;
	uint64_t x = unit_seed((uintptr_t)arg);
	void *p[6];

	p[0] = malloc(1 + unit_random(&x, 100));
	p[1] = calloc(1, 1 + unit_random(&x, 2000));
	p[2] = aligned_alloc(64, 1 + unit_random(&x, 500));
	p[3] = realloc(malloc(10), 1 + unit_random(&x, 300));
	p[4] = malloc(40000);
	p[5] = atomic_exchange(&left, malloc(unit_random(&x, 64)));
	for (unsigned i = 0; i < 5; i++)
		if (p[i] == NULL)
			atomic_fetch_add(&wrong, 1);
	for (unsigned i = 0; i < 6; i++)
		free(p[i]);
	return NULL;
}

static void
run_short(unsigned n)
{
	pthread_t t[AT_ONCE];

	for (unsigned i = 0; i < n; i += AT_ONCE) {
		for (unsigned k = 0; k < AT_ONCE; k++)
			assert_int_equal(begin(&t[k], short_life,
					     (void *)(uintptr_t)(i + k)),
			    0);
		for (unsigned k = 0; k < AT_ONCE; k++)
			pthread_join(t[k], NULL);
	}
}

static void
test_short_threads(void **state)
{
	unsigned n = unit_scaled(20000);
	uint64_t objects, objects_after, bytes, bytes_after;
	unsigned long kib, kib_after;
	struct sl_stats warm, s;

	(void)state;
	run_short(2000);
	unit_heap_is_sound(&objects, &bytes);
	kib = resident_kib();
	warm = stats_now();
	run_short(n);
	unit_heap_is_sound(&objects_after, &bytes_after);
	kib_after = resident_kib();
	s = stats_now();
	printf("# %u threads: resident %lu, then %lu KiB; metadata %llu, then "
	       "%llu KiB\n",
	    n, kib, kib_after, (unsigned long long)warm.meta_bytes / 1024,
	    (unsigned long long)s.meta_bytes / 1024);
	assert_int_equal(atomic_load(&wrong), 0);
	/* The one that is left is of another size, maybe. */
	assert_int_equal(objects_after, objects);
	assert_true(bytes_after <= bytes + 64);
	/* Less than a page in a hundred threads: what there may be is noise of
	 * which spans are in use at the moment. */
	if (unit_has_libc_names()) /* else a sanitizer keeps books too */
		assert_true(kib_after <= kib + 1024 + n / 100 * 4);
	assert_true(s.meta_bytes <= warm.meta_bytes + (512u << 10));
	assert_true(s.heap_inuse_bytes <= warm.heap_inuse_bytes + (1u << 20));
	assert_true(s.mcaches_inuse <= warm.mcaches_inuse);
}

/* --- at once ------------------------------------------------------------- */

enum { MOST = 4096 };

struct life {
	pthread_t thread;
	struct life *all;
	unsigned me, n;
	void *p[3];
};

static pthread_barrier_t gate;

static void *
live(void *arg)
{
	struct life *l = arg, *next = &l->all[(l->me + 1) % l->n];
	static const size_t size[3] = {32, 400, 9000};

	for (unsigned i = 0; i < 3; i++) {
		l->p[i] = malloc(size[i]);
		if (l->p[i] != NULL)
			unit_mark(l->p[i], size[i], l->me);
	}
	pthread_barrier_wait(&gate); /* all have theirs */
	pthread_barrier_wait(&gate); /* the main thread has looked */
	for (unsigned i = 0; i < 3; i++) {
		if (next->p[i] == NULL ||
		    !unit_is_marked(next->p[i], size[i], next->me))
			atomic_fetch_add(&wrong, 1);
		free(next->p[i]);
	}
	return NULL;
}

/* How many threads there can be at once, at most MOST. */
static void *
wait_at_gate(void *arg)
{
	pthread_mutex_t *m = arg;

	pthread_mutex_lock(m);
	pthread_mutex_unlock(m);
	return NULL;
}

static unsigned
most_threads(struct life *l, unsigned want)
{
	pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
	unsigned n = 0;

	pthread_mutex_lock(&m);
	while (n < want && begin(&l[n].thread, wait_at_gate, &m) == 0)
		n++;
	pthread_mutex_unlock(&m);
	for (unsigned i = 0; i < n; i++)
		pthread_join(l[i].thread, NULL);
	return n;
}

static void
test_live_threads(void **state)
{
	struct life *l = calloc(MOST, sizeof(*l));
	unsigned n = unit_scaled(MOST), got;
	struct sl_stats s;

	(void)state;
	assert_non_null(l);
	if (n > MOST)
		n = MOST;
	got = most_threads(l, n);
	if (got < n)
		printf("# SKIP %u of %u threads: this system gives no more\n",
		    n - got, n);
	n = got;
	pthread_barrier_init(&gate, NULL, n + 1);
	for (unsigned i = 0; i < n; i++) {
		l[i].all = l;
		l[i].me = i;
		l[i].n = n;
		assert_int_equal(begin(&l[i].thread, live, &l[i]), 0);
	}
	pthread_barrier_wait(&gate);
	s = stats_now();
	printf("# %u threads: %llu mcaches, %llu KiB in spans, %llu KiB of "
	       "metadata\n",
	    n, (unsigned long long)s.mcaches_inuse,
	    (unsigned long long)s.heap_inuse_bytes / 1024,
	    (unsigned long long)s.meta_bytes / 1024);
	assert_true(s.mcaches_inuse > n);
	unit_heap_is_sound(NULL, NULL);
	pthread_barrier_wait(&gate);
	for (unsigned i = 0; i < n; i++)
		pthread_join(l[i].thread, NULL);
	pthread_barrier_destroy(&gate);
	free(l);
	assert_int_equal(atomic_load(&wrong), 0);
	unit_heap_is_sound(NULL, NULL);
	assert_true(stats_now().mcaches_inuse < 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_short_threads),
	    cmocka_unit_test(test_live_threads),
	};

	unit_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
