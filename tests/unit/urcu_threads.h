/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * urcu_threads.h - threads that free after all else of them has ended leave no
 * registration with liburcu: each that stayed would be looked at by all grace
 * periods from then on.
 *
 * Included by t_urcu_bp.c and t_urcu_memb.c after the variant's source and
 *
 *   own_node()  the node of the calling thread in liburcu's list of readers
 *   go_wrong    a flag; while it is set the set does what it must not
 *
 * A thread may insert after it has left (core/mcentral.h).  Here it does so in
 * the last round of key destructors, after liburcu's own: nothing comes after
 * that, as nothing comes after what the C library frees of a thread.
 */
#ifndef TESTS_URCU_THREADS_H
#define TESTS_URCU_THREADS_H

#include <limits.h>
#include <pthread.h>
#include <stdio.h>

#include "tests/unit/set_checks.h"
#include "tests/unit/set_world.h"
#include "tests/unit/unit.h"
#include "tests/unit/urcu_ring.h"

static pthread_key_t last;
static _Atomic(unsigned) late;

struct mortal {
	struct sl_mspan *span;
	unsigned rounds;
};

static void
give_up(struct sl_mspan *s)
{
	if (sl_mspan_release(s))
		sl_set_insert(sl_mspan_bag(s), s);
}

static void
dies(void *arg)
{
	struct mortal *m = arg;

	if (++m->rounds < PTHREAD_DESTRUCTOR_ITERATIONS &&
	    pthread_setspecific(last, m) == 0)
		return;
	give_up(m->span);
	atomic_fetch_add(&late, 1);
}

static void *
live(void *arg)
{
	struct mortal *m = arg;
	sl_spanclass spc = set_class_of(1024, true);
	struct sl_mspan *s;

	sl_mock_user();
	m->span = set_new_span(spc);
	m->rounds = 0;
	s = sl_set_claim(spc); /* another thread's, with a read section */
	if (s != NULL)
		give_up(s);
	pthread_setspecific(last, m);
	return NULL;
}

/* How many more readers there are after so many threads. */
static unsigned
left_by(unsigned threads)
{
	struct mortal m[4];
	unsigned before;

	sl_mock_user();
	(void)sl_set_claim(set_class_of(1024, true)); /* we are registered */
	before = urcu_ring_others(own_node());
	for (unsigned i = 0; i < threads; i += 4)
		unit_threads(4, live, m, sizeof(m[0]));
	return urcu_ring_others(own_node()) - before;
}

static void
test_none_stays(void **state)
{
	unsigned left = left_by(200);

	(void)state;
	printf("# 200 threads, %u late insertions, %u registrations left\n",
	    atomic_load(&late), left);
	assert_int_equal(atomic_load(&late), 200);
	assert_int_equal(left, 0);
	/* A grace period ends, whoever was there. */
	RCU(synchronize_rcu)();
	assert_null(set_first_fault());
}

static void
go_wrong_and_count(void *arg)
{
	(void)arg;
	go_wrong = true;
	if (left_by(40) != 0)
		unit_child_fail("registrations were left");
}

static void
test_planted_is_found(void **state)
{
	struct unit_end end = unit_child(go_wrong_and_count, NULL, 60);

	(void)state;
	printf("# found: %s\n", end.signal != 0 ? "a crash" : end.text);
	assert_true(unit_is_caught(&end) || end.signal != 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_planted_is_found),
	    cmocka_unit_test(test_none_stays),
	};

	unit_start_alone();
	set_checks_init();
	if (pthread_key_create(&last, dies) != 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif /* TESTS_URCU_THREADS_H */
