/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_set_faults.c - the checks of a span set can fail: sets that are wrong on
 * purpose, each of which the named check must catch.
 * Run by make check, once.  The set under test is in this file.
 *
 * The sets are stacks under one lock, but for the one without a generation:
 * a Treiber stack whose pop swaps the head alone, with a pause between its
 * look at the link and the swap.  Linked to nothing else they also show that
 * a set needs no more than the four functions.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "core/mcentral.h"
#include "core/sys.h"
#include "tests/unit/set_checks.h"
#include "tests/unit/unit.h"

enum fault {
	NONE,
	DROPS,     /* loses a span in one of 10000 claims */
	TWICE,     /* leaves a claimed span in one of 10000 claims */
	HIDES,     /* finds nothing in one of 10000 claims */
	EARLY,     /* returns a span that nobody has inserted */
	NOT_TAKEN, /* forgets sl_mspan_take() */
	ANY_ORDER, /* takes the second in one of 10000 claims */
	NOT_COUNTED,
	WALK_SKIPS,
	WALK_REPEATS,
	WRONG_CLASS, /* mixes neighbouring classes */
	NO_LOCK,
	NO_GENERATION,
	FORGETS, /* a span for which it is refused memory */
};

static enum fault fault;

const struct sl_variant_info sl_set_info = {
    .name = "wrong",
    .progress = "blocking",
    .order = "LIFO",
    .reclamation = "none needed",
    .aba = "none: lists change under a lock",
    .paper = "none",
    .insert = SL_BLOCKING,
    .claim = SL_BLOCKING,
    .miss = SL_MISS_NEVER,
};

static struct stack {
	struct sl_mutex lock;
	_Atomic(struct sl_mspan *) head;
} stacks[SL_NUM_BAGS];

static _Atomic(unsigned) nclaims;

static _Atomic(struct sl_mspan *) *
next_of(struct sl_mspan *s)
{
	return (_Atomic(struct sl_mspan *) *)&s->set.w[0];
}

static bool
now_and_then(enum fault which)
{
	return fault == which && atomic_fetch_add(&nclaims, 1) % 10000 == 9999;
}

void
sl_set_init(void)
{
	for (unsigned i = 0; i < sl_num_bags(); i++)
		sl_mutex_init(&stacks[i].lock, SL_RANK_SET);
}

static struct stack *
stack_of(sl_bag bag)
{
	return &stacks[fault == WRONG_CLASS ? bag | 3u : bag];
}

static void
push_without_lock(struct stack *k, struct sl_mspan *s)
{
	struct sl_mspan *head = atomic_load(&k->head);

	do
		atomic_store(next_of(s), head);
	while (!atomic_compare_exchange_strong(&k->head, &head, s));
}

static struct sl_mspan *
pop_without_generation(struct stack *k)
{
	struct sl_mspan *s = atomic_load(&k->head), *next;

	do {
		if (s == NULL)
			return NULL;
		next = atomic_load(next_of(s));
		sched_yield();
	} while (!atomic_compare_exchange_strong(&k->head, &s, next));
	return s;
}

void
sl_set_insert(sl_bag bag, struct sl_mspan *s)
{
	struct stack *k = stack_of(bag);

	sl_count_add(&sl_set_tally->inserts, fault == NOT_COUNTED ? 0 : 1);
	if (fault == NO_GENERATION) {
		sl_count(&sl_set_tally->lock_acquisitions);
		push_without_lock(k, s);
		return;
	}
	if (sl_sys_is_refused()) {
		if (fault != FORGETS)
			sl_spill(bag, s);
		return;
	}
	sl_set_lock(&k->lock);
	atomic_store(next_of(s), atomic_load(&k->head));
	atomic_store(&k->head, s);
	sl_mutex_unlock(&k->lock);
}

static struct sl_mspan *
pop(struct stack *k)
{
	struct sl_mspan *s = atomic_load(&k->head), *second;

	if (s == NULL || now_and_then(HIDES))
		return NULL;
	if (now_and_then(EARLY))
		return s + 100;
	second = atomic_load(next_of(s));
	if (second != NULL && now_and_then(ANY_ORDER)) {
		atomic_store(next_of(s), atomic_load(next_of(second)));
		return second;
	}
	if (now_and_then(TWICE))
		return s;
	if (fault == NO_LOCK)
		sched_yield();
	atomic_store(&k->head, second);
	if (second != NULL && now_and_then(DROPS))
		atomic_store(&k->head, atomic_load(next_of(second)));
	return s;
}

struct sl_mspan *
sl_set_claim(sl_bag bag)
{
	struct stack *k = stack_of(bag);
	struct sl_mspan *s;

	if (fault == NO_GENERATION) {
		sl_count(&sl_set_tally->lock_acquisitions);
		s = pop_without_generation(k);
	} else if (fault == NO_LOCK) {
		sl_count(&sl_set_tally->lock_acquisitions);
		s = pop(k);
	} else {
		sl_set_lock(&k->lock);
		s = pop(k);
		sl_mutex_unlock(&k->lock);
	}
	if (s != NULL && fault != NOT_TAKEN)
		sl_mspan_take(s);
	return s;
}

void
sl_set_walk(sl_bag bag, void (*visit)(struct sl_mspan *, void *), void *arg)
{
	struct sl_mspan *s = atomic_load(&stack_of(bag)->head), *next;

	if (s != NULL && fault == WALK_SKIPS)
		s = atomic_load(next_of(s));
	if (s != NULL && fault == WALK_REPEATS)
		visit(s, arg);
	for (; s != NULL; s = next) {
		next = atomic_load(next_of(s));
		visit(s, arg);
	}
}

/* --- the tests ----------------------------------------------------------- */

enum check { SEQUENCE, RECYCLING, POLICY, HISTORY, REFUSED };

struct plan {
	enum fault fault;
	enum check check;
};

/* In a child: says what the check found. */
static void
run(void *arg)
{
	const struct plan *p = arg;
	const char *found = NULL;

	fault = p->fault;
	set_checks_init();
	if (p->check == SEQUENCE)
		found = set_check_sequence(unit_seed(1), 200000);
	for (unsigned i = 0; i < 20 && found == NULL; i++) {
		if (p->check == RECYCLING)
			found = set_check_recycling(8, 20000);
		if (p->check == POLICY)
			found = set_check_policy(8, 10000);
		if (p->check == HISTORY)
			found = set_check_history(4, 20000);
		if (p->check == REFUSED)
			found = set_check_refused(unit_seed(1), 100);
	}
	if (found != NULL)
		unit_child_fail(found);
}

/* words: of what the check says, or "". */
static void
expect_found(enum fault f, enum check c, const char *words)
{
	struct plan p = {f, c};
	struct unit_end end = unit_child(run, &p, 60);

	printf("# fault %d, check %d: %s\n", (int)f, (int)c, end.text);
	assert_true(unit_is_caught(&end));
	assert_true(SL_DEBUG || strstr(end.text, words) != NULL);
}

static void
expect_caught(enum fault f, enum check c)
{
	expect_found(f, c, "");
}

static void
test_nothing_is_found_where_nothing_is(void **state)
{
	(void)state;
	for (int c = SEQUENCE; c <= REFUSED; c++) {
		struct plan p = {NONE, (enum check)c};
		struct unit_end end = unit_child(run, &p, 60);

		assert_string_equal(end.text, "");
		assert_int_equal(end.status, 0);
	}
}

static void
test_lost_spans(void **state)
{
	(void)state;
	expect_caught(DROPS, SEQUENCE);
	expect_caught(DROPS, RECYCLING);
	expect_caught(DROPS, POLICY);
	expect_caught(HIDES, SEQUENCE);
	expect_found(FORGETS, REFUSED, "listed or spilled");
}

static void
test_spans_in_two_hands(void **state)
{
	(void)state;
	expect_caught(TWICE, SEQUENCE);
	expect_caught(TWICE, RECYCLING);
	expect_caught(NOT_TAKEN, SEQUENCE);
	expect_caught(NO_LOCK, RECYCLING);
}

/* By the record of what they did, and by nothing else. */
static void
test_histories(void **state)
{
	(void)state;
	expect_found(DROPS, HISTORY, "found nothing");
	expect_found(TWICE, HISTORY, "claimed twice");
	expect_found(HIDES, HISTORY, "found nothing");
	expect_found(EARLY, HISTORY, "never inserted");
}

/* ABA is a matter of timing, so there are several tries.  It may also make a
 * ring of the stack, on which an operation never ends. */
static void
test_aba(void **state)
{
	struct plan p = {NO_GENERATION, RECYCLING};
	bool is_caught = false;

	(void)state;
	for (unsigned i = 0; i < 10 && !is_caught; i++) {
		struct unit_end end = unit_child(run, &p, 20);

		is_caught = unit_is_caught(&end) || end.timed_out;
		printf("# try %u: %s\n", i,
		    end.timed_out ? "an operation did not end" : end.text);
	}
	assert_true(is_caught);
}

static void
test_wrong_statements(void **state)
{
	(void)state;
	expect_caught(ANY_ORDER, SEQUENCE);
	expect_caught(NOT_COUNTED, SEQUENCE);
	expect_caught(NOT_COUNTED, RECYCLING);
	expect_found(NOT_COUNTED, POLICY, "insertions that the set counts");
	expect_caught(WALK_SKIPS, SEQUENCE);
	expect_caught(WALK_REPEATS, SEQUENCE);
	expect_caught(WRONG_CLASS, SEQUENCE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_nothing_is_found_where_nothing_is),
	    cmocka_unit_test(test_lost_spans),
	    cmocka_unit_test(test_spans_in_two_hands),
	    cmocka_unit_test(test_histories),
	    cmocka_unit_test(test_aba),
	    cmocka_unit_test(test_wrong_statements),
	};

	unit_start_alone();
	return cmocka_run_group_tests_name("set faults", tests, NULL, NULL);
}
