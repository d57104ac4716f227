/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_thread_stats.c - sl_stats_thread(): two readings around one operation tell
 * which path it took, whatever other threads do.  Run by make check, for each
 * variant, linked with its library.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "core/spanlab.h"
#include "tests/unit/unit.h"

enum { SIZE = 1024, SLOTS = 8, SPANS = 40 };

static struct sl_thread_stats
now(void)
{
	struct sl_thread_stats st = {.size = sizeof(st)};

	assert_int_equal(sl_stats_thread(&st), 0);
	return st;
}

static void *
free_it(void *p)
{
	static struct sl_thread_stats a, b;

	a.size = b.size = sizeof(a);
	free(malloc(1)); /* it has its mcache now */
	sl_stats_thread(&a);
	free(p);
	sl_stats_thread(&b);
	return (void *)(uintptr_t)(b.remote_frees - a.remote_frees);
}

static void
paths(void **state)
{
	struct sl_thread_stats a, b;
	static void *object[SLOTS * SPANS];
	unsigned hits = 0, refills = 0, grows = 0;
	pthread_t t;
	void *frees, *large;

	(void)state;
	for (unsigned i = 0; i < SLOTS * SPANS; i++) {
		a = now();
		object[i] = malloc(SIZE);
		b = now();
		hits += b.refills == a.refills;
		refills += b.refills - a.refills == 1;
		grows += b.spans_taken != a.spans_taken;
	}
	/* All full spans, but the first may have been there before. */
	assert_in_range(refills, SPANS - 1, SPANS + 1);
	assert_int_equal(hits + refills, SLOTS * SPANS);
	assert_in_range(grows, SPANS - 1, refills);

	a = now();
	large = malloc(4 << 20);
	b = now();
	assert_int_equal(b.refills, a.refills);
	assert_int_equal(b.spans_taken - a.spans_taken, 1);
	free(large); /* more than a thread keeps */
	assert_int_equal(now().spans_given - b.spans_given, 1);

	/* By another thread, which this one does not see. */
	a = now();
	assert_int_equal(pthread_create(&t, NULL, free_it, object[0]), 0);
	pthread_join(t, &frees);
	assert_int_equal((uintptr_t)frees, 1);
	assert_int_equal(now().remote_frees, a.remote_frees);
	for (unsigned i = 1; i < SLOTS * SPANS; i++)
		free(object[i]);
}

static void
sizes(void **state)
{
	struct sl_thread_stats st = {.size = sizeof(st) + 8};

	(void)state;
	assert_int_equal(sl_stats_thread(&st), EINVAL);
	st.size = 1;
	assert_int_equal(sl_stats_thread(&st), EINVAL);
	st.refills = 7;
	st.set_inserts = 77;
	st.size = 16; /* an older caller's */
	assert_int_equal(sl_stats_thread(&st), 0);
	assert_int_equal(st.set_inserts, 77);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(paths),
	    cmocka_unit_test(sizes),
	};

	unit_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
