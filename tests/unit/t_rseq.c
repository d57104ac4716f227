/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_rseq.c - stacks of CPUs: threads push and pop tokens while a thief bars
 * the stacks and moves tokens between them; none may be lost or doubled.  A
 * thief that does not have the others restarted must be caught.
 * Run by make check, once.
 */
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core/rseq.h"
#include "tests/unit/unit.h"

enum { CPUS = 1024, TOKENS = 8, THREADS = 4 };

static struct sl_rseq_stack stacks[CPUS];
static _Atomic(unsigned) holders[TOKENS + 1]; /* of token i, from 1 */
static _Atomic(unsigned) doubled, turns, running;
static unsigned rounds;
static bool is_faulty;

static void *
token(unsigned i)
{
	return (void *)(uintptr_t)i;
}

/* Has the thread got what others have, or what is no token? */
static void
hold(void *p)
{
	uintptr_t i = (uintptr_t)p;

	if (i < 1 || i > TOKENS || atomic_fetch_add(&holders[i], 1) != 0)
		atomic_fetch_add(&doubled, 1);
}

static void
push_somewhere(void *p)
{
	uintptr_t i = (uintptr_t)p;
	int cpu;

	if (i >= 1 && i <= TOKENS)
		atomic_fetch_sub(&holders[i], 1);
	do {
		cpu = sl_rseq_cpu();
		sched_yield();
	} while (sl_rseq_push(&stacks[cpu], cpu, p) != SL_RSEQ_DONE &&
		 atomic_load(&doubled) == 0);
}

static void *
worker(void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < rounds && atomic_load(&doubled) == 0; i++) {
		int cpu = sl_rseq_cpu();
		void *p;

		if (sl_rseq_pop(&stacks[cpu], cpu, &p) != SL_RSEQ_DONE)
			continue;
		hold(p);
		push_somewhere(p);
	}
	atomic_fetch_sub(&running, 1);
	return NULL;
}

static bool
stop(int cpu)
{
	if (!is_faulty)
		return sl_rseq_stop(&stacks[cpu], cpu);
	atomic_store(&stacks[cpu].is_barred, 1);
	return true;
}

/* Takes what is in a stack, holds it, and puts it back. */
static void
rob(int cpu)
{
	struct sl_rseq_stack *k = &stacks[cpu];
	void *booty[SL_RSEQ_SLOTS];
	unsigned n;

	if (atomic_load(&k->n) == 0 || !stop(cpu))
		return;
	n = atomic_load(&k->n);
	for (unsigned i = 0; i < n; i++) {
		booty[i] = atomic_load(&k->slot[i]);
		hold(booty[i]);
	}
	atomic_store(&k->n, 0);
	sl_rseq_go(k);
	atomic_fetch_add(&turns, 1);
	for (unsigned i = 0; i < n; i++)
		push_somewhere(booty[i]);
}

static void *
thief(void *arg)
{
	(void)arg;
	while (atomic_load(&running) > 0 && atomic_load(&doubled) == 0)
		for (int cpu = 0; cpu < CPUS; cpu++)
			rob(cpu);
	return NULL;
}

static void *
run_one(void *arg)
{
	return *(unsigned *)arg == 0 ? thief(arg) : worker(arg);
}

/* NULL, or what is wrong. */
static const char *
play(void)
{
	unsigned ids[THREADS + 1], left = 0;

	for (unsigned i = 0; i <= THREADS; i++)
		ids[i] = i;
	for (unsigned i = 1; i <= TOKENS; i++) {
		atomic_store(&holders[i], 1);
		push_somewhere(token(i));
	}
	atomic_store(&running, THREADS);
	unit_threads(THREADS + 1, run_one, ids, sizeof(ids[0]));
	if (atomic_load(&doubled) != 0)
		return "a token is in two hands";
	for (unsigned i = 0; i < CPUS; i++) {
		left += stacks[i].n;
		stacks[i].n = 0;
	}
	return left == TOKENS ? NULL : "tokens were lost";
}

static void
test_tokens(void **state)
{
	const char *fault;

	(void)state;
	rounds = unit_scaled(400000);
	fault = play();
	printf("# %u robberies\n", atomic_load(&turns));
	if (fault != NULL)
		fail_msg("%s", fault);
	assert_true(atomic_load(&turns) > 0);
}

static void
run_faulty(void *arg)
{
	const char *fault = NULL;

	(void)arg;
	is_faulty = true;
	rounds = 2000000;
	for (unsigned i = 0; i < 10 && fault == NULL; i++)
		fault = play();
	if (fault != NULL)
		unit_child_fail(fault);
}

static void
test_thief_that_does_not_restart(void **state)
{
	struct unit_end end;

	(void)state;
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2) {
		printf("# on one CPU the kernel restarts them anyway\n");
		skip();
	}
	end = unit_child(run_faulty, NULL, 60);
	printf("# found: %s\n", end.text);
	assert_true(unit_is_caught(&end));
}

static void
test_full_and_empty(void **state)
{
	struct sl_rseq_stack *k;
	unsigned pushed = 0;
	void *p = NULL;
	int cpu;

	(void)state;
	/* On one CPU for so short a while that it happens at last. */
	do {
		cpu = sl_rseq_cpu();
		k = &stacks[cpu];
		memset((void *)k, 0, sizeof(*k));
		for (pushed = 0; pushed < SL_RSEQ_SLOTS; pushed++)
			if (sl_rseq_push(k, cpu, token(pushed + 1)) !=
			    SL_RSEQ_DONE)
				break;
	} while (pushed < SL_RSEQ_SLOTS || sl_rseq_cpu() != cpu);
	while (sl_rseq_push(k, cpu, token(1)) == SL_RSEQ_AGAIN &&
	       sl_rseq_cpu() == cpu)
		;
	assert_int_equal(k->n, SL_RSEQ_SLOTS);
	assert_true(sl_rseq_stop(k, cpu));
	assert_int_not_equal(sl_rseq_pop(k, cpu, &p), SL_RSEQ_DONE);
	assert_int_not_equal(sl_rseq_push(k, cpu, token(1)), SL_RSEQ_DONE);
	assert_int_equal(k->n, SL_RSEQ_SLOTS);
	sl_rseq_go(k);
	k->n = 0;
	assert_int_not_equal(sl_rseq_pop(k, cpu, &p), SL_RSEQ_DONE);
	assert_null(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_full_and_empty),
	    cmocka_unit_test(test_tokens),
	    cmocka_unit_test(test_thief_that_does_not_restart),
	};
	const char *why_not = sl_rseq_init();

	unit_start_alone();
	if (why_not != NULL || sl_rseq_cpu() >= CPUS) {
		printf("1..0 # SKIP %s\n",
		    why_not != NULL ? why_not : "a CPU beyond 1023");
		return 0;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
