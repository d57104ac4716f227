/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_tally.c - snapshots of tallies whose writers are not stopped: nothing is
 * torn, negative or lost.  Run by make check, once.
 *
 * It takes the source in, with writers that lose the CPU between any two
 * steps, and then plants faults: each must be caught by the same checks.
 */
#include "tests/unit/unit.h"

#include <sched.h>

/* Now and then a turn for the others, seldom many. */
static inline void
delay(void)
{
	static _Thread_local uint64_t dice;
	unsigned turns = 0;

	if (dice == 0)
		dice = unit_seed((uintptr_t)&dice);
	if (unit_random(&dice, 16) == 0)
		turns = unit_random(&dice, 256) == 0 ? 200 : 1;
	for (; turns > 0; turns--)
		sched_yield();
}

#define SL_STEP delay()
#include "core/mtally.c"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

_Thread_local struct sl_set_counters *sl_set_tally;

enum fault {
	NONE,
	NO_WAIT,    /* the reader does not wait for sections */
	WAIT_FIRST, /* it waits, then changes the turn */
	BOTH,       /* it takes the record in use too: no turn is looked at */
	TURN_EARLY, /* a writer's load of the turn passes its store of seq */
	TWO_HALVES, /* a writer makes two sections of one */
	FREE_FIRST, /* a writer hands an object on before it counts it */
	NFAULTS
};

static const char *const fault_names[NFAULTS] = {"none", "no wait",
    "wait first", "both records", "turn early", "two halves", "free first"};

enum { WRITERS = 4, CLASS = 9, PAGES = 3 };

static struct world {
	enum fault fault;
	struct sl_tally tally[WRITERS];
	_Atomic(unsigned) box[WRITERS]; /* 1: an object waits to be freed */
	_Atomic(unsigned) running;
	uint64_t made[WRITERS], freed[WRITERS], spans[WRITERS];
	struct sl_tally_sum sums[SL_NUM_SPANCLASSES];
} w;

/* Store and load in the wrong order, as without a barrier. */
static struct sl_tally_events *
enter_late(struct sl_tally *t)
{
	uint64_t turn = sl_load_sc(&sl_tally_turn);

	delay();
	sl_store_rlx(&t->seq, sl_load_rlx(&t->seq) + 1);
	return &t->events[turn & 1][sl_tally_touch(t, CLASS)];
}

static struct sl_tally_events *
enter(struct sl_tally *t)
{
	if (w.fault == TURN_EARLY)
		return enter_late(t);
	return sl_tally_enter(t, CLASS);
}

/* Two counters that belong together. */
static void
count_span(struct sl_tally *t)
{
	struct sl_tally_events *e = enter(t);

	sl_count(&e->grows);
	delay();
	if (w.fault == TWO_HALVES) {
		sl_tally_leave(t);
		e = enter(t);
	}
	sl_count_add(&e->pages_in, PAGES);
	sl_tally_leave(t);
}

static void
count_object(struct sl_tally *t, bool is_free)
{
	struct sl_tally_events *e = enter(t);

	if (is_free)
		sl_count(&e->frees);
	else
		sl_count(&e->allocs);
	sl_tally_leave(t);
}

/* Leave an object in this thread's box, if it is empty. */
static void
make_object(struct sl_tally *t, unsigned me)
{
	if (atomic_load(&w.box[me]) != 0)
		return;
	if (w.fault != FREE_FIRST)
		count_object(t, false);
	atomic_store(&w.box[me], 1);
	delay();
	if (w.fault == FREE_FIRST)
		count_object(t, false);
	w.made[me]++;
}

static void
free_object(struct sl_tally *t, unsigned me, unsigned box)
{
	if (atomic_exchange(&w.box[box], 0) == 0)
		return;
	count_object(t, true);
	w.freed[me]++;
}

static void *
writer(void *arg)
{
	unsigned me = *(unsigned *)arg;
	struct sl_tally *t = &w.tally[me];
	uint64_t x = unit_seed(me + 1);

	for (unsigned i = unit_scaled(8000); i > 0; i--) {
		make_object(t, me);
		free_object(t, me, (unsigned)unit_random(&x, WRITERS));
		count_span(t);
		w.spans[me]++;
	}
	atomic_fetch_sub(&w.running, 1);
	return NULL;
}

/* As mthread does it. */
static void
snapshot(void)
{
	unsigned turn;

	if (w.fault == WAIT_FIRST)
		for (unsigned i = 0; i < WRITERS; i++)
			sl_tally_wait(&w.tally[i]);
	turn = sl_tally_change();
	for (unsigned i = 0; i < WRITERS; i++) {
		if (w.fault != WAIT_FIRST && w.fault != NO_WAIT)
			sl_tally_wait(&w.tally[i]);
		sl_tally_collect(&w.tally[i], turn, w.sums);
		if (w.fault == BOTH)
			sl_tally_collect(&w.tally[i], turn ^ 1, w.sums);
	}
}

static const char *
look(const struct sl_tally_sum *before)
{
	const struct sl_tally_sum *now = &w.sums[CLASS];

	if (now->pages_in != now->grows * PAGES)
		return "a section is in the snapshot by half";
	if (now->frees > now->allocs)
		return "an object was freed and not made";
	if (now->frees < before->frees || now->allocs < before->allocs ||
	    now->grows < before->grows)
		return "a counter went back";
	return NULL;
}

/* The first fault seen, or NULL. */
static const char *
run(enum fault fault, bool locked)
{
	unsigned me[WRITERS];
	pthread_t threads[WRITERS];
	const char *why = NULL;
	uint64_t made = 0, freed = 0, spans = 0;
	unsigned n = 0;

	memset(&w, 0, sizeof(w));
	w.fault = fault;
	sl_tally_init(locked);
	atomic_store(&w.running, WRITERS);
	for (unsigned i = 0; i < WRITERS; i++) {
		me[i] = i;
		assert_int_equal(
		    pthread_create(&threads[i], NULL, writer, &me[i]), 0);
	}
	while (atomic_load(&w.running) > 0) {
		struct sl_tally_sum before = w.sums[CLASS];
		const char *fault_now;

		snapshot();
		fault_now = look(&before);
		why = why != NULL ? why : fault_now;
		n++;
		sched_yield();
	}
	for (unsigned i = 0; i < WRITERS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		made += w.made[i];
		freed += w.freed[i];
		spans += w.spans[i];
	}
	snapshot();
	snapshot();
	printf("# %s%s: %u snapshots, %llu objects: %s\n", fault_names[fault],
	    locked ? ", locked" : "", n, (unsigned long long)made,
	    why != NULL ? why : "no fault seen");
	if (why == NULL &&
	    (w.sums[CLASS].allocs != made || w.sums[CLASS].frees != freed ||
		w.sums[CLASS].grows != spans))
		why = "something was not counted, or twice";
	return why;
}

static void
test_sound(void **state)
{
	(void)state;
	for (unsigned locked = 0; locked < 2; locked++) {
		const char *why = run(NONE, locked != 0);

		if (why != NULL)
			fail_msg("%s", why);
	}
}

static void
test_faults_are_caught(void **state)
{
	(void)state;
	for (unsigned f = NONE + 1; f < NFAULTS; f++) {
		const char *why = NULL;

		for (unsigned i = 0; i < 20 && why == NULL; i++)
			why = run((enum fault)f, i % 2 != 0);
		if (why == NULL)
			fail_msg("not caught: %s", fault_names[f]);
	}
}

static void
test_one_event(void **state)
{
	(void)state;
	for (unsigned locked = 0; locked < 2; locked++) {
		memset(&w, 0, sizeof(w));
		sl_tally_init(locked != 0);
		sl_tally_count(&w.tally[0], CLASS, claims);
		sl_tally_count(&w.tally[0], CLASS, claims);
		assert_int_equal(atomic_load(&w.tally[0].seq), 4);
		snapshot();
		assert_int_equal(w.sums[CLASS].claims, 2);
	}
}

/* A lost owner leaves seq odd; nobody may wait for it. */
static void
test_mend(void **state)
{
	(void)state;
	memset(&w, 0, sizeof(w));
	sl_tally_init(false);
	(void)sl_tally_enter(&w.tally[0], CLASS);
	sl_tally_mend(&w.tally[0]);
	snapshot();
	sl_tally_count(&w.tally[0], CLASS, claims);
	sl_tally_mend(&w.tally[0]);
	snapshot();
	assert_int_equal(w.sums[CLASS].claims, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_one_event),
	    cmocka_unit_test(test_sound),
	    cmocka_unit_test(test_faults_are_caught),
	    cmocka_unit_test(test_mend),
	};

	unit_start_alone();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
