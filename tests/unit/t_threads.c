/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_threads.c - objects cross threads, threads come and go, nothing is lost
 * and nothing grows.  Run by make check, once per variant.
 */
#include "tests/unit/unit.h"

#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/spanlab.h"

static struct sl_stats
stats_now(void)
{
	struct sl_stats s = {.size = sizeof(s)};

	assert_int_equal(sl_stats_read(&s), 0);
	return s;
}

/* --- one makes, another frees -------------------------------------------- */

enum { RING = 256 };

struct channel {
	pthread_mutex_t lock;
	pthread_cond_t moved;
	void *slot[RING];
	size_t size[RING];
	unsigned head, tail;
	unsigned total;
	unsigned wrong;
	uint64_t seed;
};

static void
channel_put(struct channel *c, void *p, size_t n)
{
	pthread_mutex_lock(&c->lock);
	while (c->head - c->tail == RING)
		pthread_cond_wait(&c->moved, &c->lock);
	c->slot[c->head % RING] = p;
	c->size[c->head++ % RING] = n;
	pthread_cond_broadcast(&c->moved);
	pthread_mutex_unlock(&c->lock);
}

static void *
channel_get(struct channel *c, size_t *n)
{
	void *p;

	pthread_mutex_lock(&c->lock);
	while (c->head == c->tail)
		pthread_cond_wait(&c->moved, &c->lock);
	p = c->slot[c->tail % RING];
	*n = c->size[c->tail++ % RING];
	pthread_cond_broadcast(&c->moved);
	pthread_mutex_unlock(&c->lock);
	return p;
}

static void *
producer(void *arg)
{
	struct channel *c = arg;
	uint64_t x = c->seed;

	for (unsigned i = 0; i < c->total; i++) {
		size_t n = unit_random(&x, 100) == 0
			       ? unit_random(&x, 100000)
			       : 1 + unit_random(&x, 1500);
		void *p = malloc(n);

		unit_fill(p, n, n);
		channel_put(c, p, n);
	}
	return NULL;
}

static void *
consumer(void *arg)
{
	struct channel *c = arg;

	for (unsigned i = 0; i < c->total; i++) {
		size_t n;
		void *p = channel_get(c, &n);

		c->wrong += !unit_is_filled(p, n, n);
		free(p);
	}
	return NULL;
}

static void *
either(void *arg)
{
	struct channel **half = arg;

	return half[1] ? producer(half[0]) : consumer(half[0]);
}

/* Memory in use stays flat although nobody frees what he made. */
static void
test_producer_consumer(void **state)
{
	enum { PAIRS = 3 };
	static struct channel c[PAIRS];
	struct channel *half[PAIRS * 2][2];
	struct sl_stats s;

	(void)state;
	for (unsigned i = 0; i < PAIRS; i++) {
		memset(&c[i], 0, sizeof(c[i]));
		pthread_mutex_init(&c[i].lock, NULL);
		pthread_cond_init(&c[i].moved, NULL);
		c[i].total = unit_scaled(60000);
		c[i].seed = unit_seed(100 + i);
		half[2 * i][0] = half[2 * i + 1][0] = &c[i];
		half[2 * i][1] = &c[i];
		half[2 * i + 1][1] = NULL;
	}
	unit_threads(PAIRS * 2, either, half, sizeof(half[0]));
	for (unsigned i = 0; i < PAIRS; i++)
		assert_int_equal(c[i].wrong, 0);
	s = stats_now();
	printf("# in use after producer/consumer: %llu KiB\n",
	    (unsigned long long)s.heap_inuse_bytes / 1024);
	/* RING objects on the way, 100 kB at most but 1 in 100: far less than
	 * the 45 MB and more that went through each pair. */
	assert_true(s.heap_inuse_bytes < (48u << 20));
	unit_heap_is_sound(NULL, NULL);
}

/* --- objects outlive their thread ---------------------------------------- */

enum { LEFT = 3000 };

struct legacy {
	void *p[LEFT];
	size_t size[LEFT];
	uint64_t seed;
};

static void *
leave_objects(void *arg)
{
	struct legacy *l = arg;
	uint64_t x = l->seed;

	for (unsigned i = 0; i < LEFT; i++) {
		l->size[i] = unit_random(&x, 20) ? unit_random(&x, 600)
						 : unit_random(&x, 40000);
		l->p[i] = malloc(l->size[i]);
		if (l->p[i])
			unit_fill(l->p[i], l->size[i], i);
	}
	return NULL;
}

static void *
free_half(void *arg)
{
	struct legacy *l = arg;

	for (unsigned i = 0; i < LEFT; i += 2)
		free(l->p[i]);
	return NULL;
}

static void
test_objects_outlive_threads(void **state)
{
	enum { THREADS = 8 };
	struct legacy *l = calloc(THREADS, sizeof(*l));
	uint64_t before, after;

	(void)state;
	/* The first time is for what the C library keeps per thread. */
	for (unsigned round = 0; round < 3; round++) {
		unit_heap_is_sound(&before, NULL);
		for (unsigned i = 0; i < THREADS; i++)
			l[i].seed = unit_seed(200 + i);
		unit_threads(THREADS, leave_objects, l, sizeof(*l));
		for (unsigned i = 0; i < THREADS; i++)
			for (unsigned k = 0; k < LEFT; k++)
				assert_true(
				    l[i].p[k] &&
				    unit_is_filled(l[i].p[k], l[i].size[k], k));
		unit_threads(THREADS, free_half, l, sizeof(*l));
		for (unsigned i = 0; i < THREADS; i++)
			for (unsigned k = 1; k < LEFT; k += 2)
				free(l[i].p[k]);
		unit_heap_is_sound(&after, NULL);
	}
	assert_int_equal(after, before);
	free(l);
}

/* --- many short threads -------------------------------------------------- */

static void *
short_life(void *arg)
{
	uint64_t x = (uintptr_t)arg;
	void *p[32];

	for (unsigned i = 0; i < 32; i++) {
		p[i] = malloc(unit_random(&x, 3000));
		if (p[i])
			*(char *)p[i] = 1;
	}
	for (unsigned i = 0; i < 32; i++)
		free(p[i]);
	return NULL;
}

static void
run_short_threads(unsigned n)
{
	for (unsigned i = 0; i < n; i += 4)
		unit_threads(4, short_life, (void *)(uintptr_t)(i + 1), 1);
}

static void
test_thread_churn(void **state)
{
	struct sl_stats warm, s;

	(void)state;
	run_short_threads(200);
	warm = stats_now();
	run_short_threads(unit_scaled(8000));
	s = stats_now();
	printf("# in use after 200 threads %llu KiB, after 8000 more %llu "
	       "KiB; metadata %llu and %llu KiB\n",
	    (unsigned long long)warm.heap_inuse_bytes / 1024,
	    (unsigned long long)s.heap_inuse_bytes / 1024,
	    (unsigned long long)warm.meta_bytes / 1024,
	    (unsigned long long)s.meta_bytes / 1024);
	/* Not a byte per thread: the slack is one span of each class. */
	assert_true(s.heap_inuse_bytes <= warm.heap_inuse_bytes + (2u << 20));
	assert_true(s.meta_bytes <= warm.meta_bytes + (1u << 20));
	assert_true(s.mcaches_inuse <= warm.mcaches_inuse + 1);
	unit_heap_is_sound(NULL, NULL);
}

/* --- 300 at once --------------------------------------------------------- */

enum { CROWD = 300 };

struct crowd {
	pthread_barrier_t *gate;
	struct crowd *all;
	void *p[40];
	unsigned me;
	unsigned wrong;
};

/* All allocate, then each frees the objects of its neighbour. */
static void *
in_crowd(void *arg)
{
	struct crowd *c = arg, *other = &c->all[(c->me + 1) % CROWD];

	for (unsigned round = 0; round < 5; round++) {
		for (unsigned i = 0; i < 40; i++) {
			size_t n = 8 + i * 40;

			c->p[i] = malloc(n);
			if (c->p[i])
				unit_fill(c->p[i], n, c->me);
		}
		pthread_barrier_wait(c->gate);
		for (unsigned i = 0; i < 40; i++) {
			size_t n = 8 + i * 40;

			c->wrong += !other->p[i] ||
				    !unit_is_filled(other->p[i], n, other->me);
			free(other->p[i]);
		}
		pthread_barrier_wait(c->gate);
	}
	return NULL;
}

static void
test_crowd(void **state)
{
	struct crowd *c = calloc(CROWD, sizeof(*c));
	pthread_barrier_t gate;

	(void)state;
	pthread_barrier_init(&gate, NULL, CROWD);
	for (unsigned i = 0; i < CROWD; i++) {
		c[i].gate = &gate;
		c[i].all = c;
		c[i].me = i;
	}
	unit_threads(CROWD, in_crowd, c, sizeof(*c));
	for (unsigned i = 0; i < CROWD; i++)
		assert_int_equal(c[i].wrong, 0);
	pthread_barrier_destroy(&gate);
	free(c);
	unit_heap_is_sound(NULL, NULL);
	assert_true(stats_now().mcaches_inuse < 10);
}

/* --- a peak does not stay ------------------------------------------------ */

static void
test_peak(void **state)
{
	enum { N = 60000 };
	void **p = malloc(N * sizeof(*p));
	uint64_t x = unit_seed(5);
	struct sl_stats before = stats_now(), peak, after;

	(void)state;
	for (unsigned i = 0; i < N; i++)
		p[i] = malloc(1 + unit_random(&x, 2000));
	peak = stats_now();
	for (unsigned i = 0; i < N; i++)
		free(p[(i * 7919u) % N]);
	run_short_threads(4);
	after = stats_now();
	printf("# in use: before %llu, peak %llu, after %llu KiB\n",
	    (unsigned long long)before.heap_inuse_bytes / 1024,
	    (unsigned long long)peak.heap_inuse_bytes / 1024,
	    (unsigned long long)after.heap_inuse_bytes / 1024);
	assert_true(peak.heap_inuse_bytes > before.heap_inuse_bytes);
	/* Another peak of other sizes fits where the first was. */
	for (unsigned i = 0; i < N; i++)
		p[i] = malloc(1 + unit_random(&x, 2000));
	after = stats_now();
	assert_true(after.heap_inuse_bytes <=
		    peak.heap_inuse_bytes + peak.heap_inuse_bytes / 8);
	for (unsigned i = 0; i < N; i++)
		free(p[i]);
	free(p);
	malloc_trim(0);
	after = stats_now();
	printf("# in use after malloc_trim: %llu KiB\n",
	    (unsigned long long)after.heap_inuse_bytes / 1024);
	assert_true(after.heap_inuse_bytes <= before.heap_inuse_bytes +
						  before.heap_inuse_bytes / 10 +
						  (8u << 20));
	unit_heap_is_sound(NULL, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_producer_consumer),
	    cmocka_unit_test(test_objects_outlive_threads),
	    cmocka_unit_test(test_thread_churn),
	    cmocka_unit_test(test_crowd),
	    cmocka_unit_test(test_peak),
	};

	unit_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
