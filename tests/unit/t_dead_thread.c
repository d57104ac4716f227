/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_dead_thread.c - the last moments of a thread: key destructors that
 * allocate, free and arm themselves again, more of them than the C library
 * has rounds for, and more keys than fit without an allocation.
 * Run by make check, once per variant.
 */
#include "tests/unit/unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/spanlab.h"

#if __has_include(<urcu/static/urcu-bp.h>)
#define HAVE_URCU 1
#include <dlfcn.h>
#include <urcu/urcu-bp.h>

#include <urcu/static/urcu-bp.h>

#include "tests/unit/urcu_ring.h"
#else
#define HAVE_URCU 0
#endif

enum { KEYS = 48 };

static pthread_key_t keys[KEYS];
static atomic_uint destroyed, failed;

/* An object of the dying thread, which the main thread will free. */
static _Atomic(void *) left_behind;

/* Arms itself again until the C library gives up (4 rounds), so that it runs
 * after the allocator's own destructor, whatever their order is. */
static void
destroy(void *value)
{
	unsigned k = *(unsigned *)value;
	unsigned *again;

	atomic_fetch_add(&destroyed, 1);
	free(value);
	for (size_t n = 1; n < 200000; n = n * 5 + 3) {
		char *p = malloc(n);

		if (p == NULL) {
			atomic_fetch_add(&failed, 1);
			continue;
		}
		p[0] = p[n - 1] = 1;
		p = realloc(p, n * 2);
		if (p == NULL || p[0] != 1)
			atomic_fetch_add(&failed, 1);
		free(p);
	}
	free(atomic_exchange(&left_behind, malloc(22)));
	again = malloc(sizeof(*again));
	if (again == NULL) {
		atomic_fetch_add(&failed, 1);
		return;
	}
	*again = k;
	if (pthread_setspecific(keys[k], again) != 0)
		free(again);
}

/* The last `again` of each key leaks by design: the C library stops calling.
 * Each is 4 bytes; the test counts them. */
static void *
thread_with_keys(void *arg)
{
	unsigned n = *(unsigned *)arg;

	for (unsigned k = KEYS - n; k < KEYS; k++) {
		unsigned *value = malloc(sizeof(*value));

		*value = k;
		if (pthread_setspecific(keys[k], value) != 0)
			atomic_fetch_add(&failed, 1);
	}
	return NULL;
}

/* Threads whose very first allocation happens in a destructor. */
static pthread_key_t late_key;

static void
destroy_late(void *value)
{
	(void)value;
	free(calloc(3, 100));
	free(atomic_exchange(&left_behind, malloc(60)));
	atomic_fetch_add(&destroyed, 1);
}

static void *
thread_without_malloc(void *arg)
{
	pthread_setspecific(late_key, arg);
	return arg;
}

static void
test_many_keys(void **state)
{
	unsigned n[4] = {KEYS, KEYS, 8, 1};
	uint64_t before, after;

	(void)state;
	unit_threads(4, thread_with_keys, n, sizeof(n[0]));
	for (unsigned round = 0; round < unit_scaled(200); round++) {
		unit_heap_is_sound(&before, NULL);
		atomic_store(&destroyed, 0);
		unit_threads(4, thread_with_keys, n, sizeof(n[0]));
		unit_heap_is_sound(&after, NULL);
		assert_int_equal(atomic_load(&failed), 0);
		/* 4 rounds for each value, of which the last is left. */
		assert_int_equal(
		    atomic_load(&destroyed), 4 * (KEYS + KEYS + 8 + 1));
		assert_int_equal(after - before, KEYS + KEYS + 8 + 1);
	}
}

static void
test_late_first_malloc(void **state)
{
	struct sl_stats warm = {.size = sizeof(warm)};
	struct sl_stats s = {.size = sizeof(s)};
	int value;

	(void)state;
	atomic_store(&destroyed, 0);
	for (unsigned round = 0; round < unit_scaled(500); round++) {
		unit_threads(4, thread_without_malloc, &value, 0);
		if (round == unit_scaled(500) / 10)
			assert_int_equal(sl_stats_read(&warm), 0);
	}
	assert_int_equal(atomic_load(&destroyed), 4 * unit_scaled(500));
	assert_int_equal(sl_stats_read(&s), 0);
	printf("# in use %llu, then %llu KiB; mcaches %llu\n",
	    (unsigned long long)warm.heap_inuse_bytes / 1024,
	    (unsigned long long)s.heap_inuse_bytes / 1024,
	    (unsigned long long)s.mcaches_inuse);
	assert_true(s.heap_inuse_bytes <= warm.heap_inuse_bytes + (1u << 20));
	assert_true(s.mcaches_inuse <= warm.mcaches_inuse + 4);
	unit_heap_is_sound(NULL, NULL);
}

/* What strerror() made of this is freed after the last destructor. */
static void *
thread_freed_late(void *arg)
{
	void *p = malloc(100);

	if (strerror(*(int *)arg) == NULL || p == NULL)
		atomic_fetch_add(&failed, 1);
	free(p);
	return NULL;
}

#if HAVE_URCU
/* Threads that liburcu-bp has, with this one; 0 without liburcu-bp. */
URCU_READS_READER static unsigned
registered(void)
{
	struct urcu_bp_reader **own = dlsym(RTLD_DEFAULT, "urcu_bp_reader");

	if (own == NULL || *own == NULL)
		return 0;
	return 1 + urcu_ring_others(&(*own)->node);
}
#else
static unsigned
registered(void)
{
	return 0;
}
#endif

static void
test_freed_after_the_last_destructor(void **state)
{
	unsigned before, after;
	int number = 54321;

	(void)state;
	unit_threads(4, thread_freed_late, &number, 0);
	before = registered();
	for (unsigned i = 0; i < unit_scaled(50); i++)
		unit_threads(4, thread_freed_late, &number, 0);
	after = registered();
	printf("# registered with liburcu-bp: %u, then %u\n", before, after);
	assert_int_equal(atomic_load(&failed), 0);
	assert_int_equal(after, before);
	if (HAVE_URCU && strncmp(sl_identity(), "spanlab-rcu ", 12) == 0)
		assert_int_equal(after, 1);
	unit_heap_is_sound(NULL, NULL);
}

/* What dead threads leave can be freed, and their slots serve others. */
static void
test_left_behind(void **state)
{
	(void)state;
	free(atomic_exchange(&left_behind, NULL));
	for (unsigned i = 0; i < 1000; i++)
		free(malloc(i));
	unit_heap_is_sound(NULL, NULL);
}

/* Keys that exist before the first malloc of the process: as a constructor
 * with a low priority number can make them. */
__attribute__((constructor(101))) static void
make_keys(void)
{
	for (unsigned k = 0; k < KEYS; k++)
		if (pthread_key_create(&keys[k], destroy) != 0)
			abort();
	if (pthread_key_create(&late_key, destroy_late) != 0)
		abort();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_many_keys),
	    cmocka_unit_test(test_late_first_malloc),
	    cmocka_unit_test(test_freed_after_the_last_destructor),
	    cmocka_unit_test(test_left_behind),
	};

	unit_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
