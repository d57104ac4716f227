/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_vmp_threads.c - threads that begin and end in a run of the model: each is
 * new, what they cost, as many as one likes one after the other; and barriers
 * in all threads.
 * Run by make check, once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/vmp/engine.h"
#include "harness/vmp/model.h"
#include "harness/vmp/vmp.h"

enum { SLOTS = 64, IN_TURN = 200, COSTS = 10, BARRIERS = 10, LONG = 1000000 };

static struct profile machine;

static struct model_counts
run(void (*body)(unsigned), unsigned threads, unsigned cores, uint64_t seed)
{
	struct model_config c = {.profile = &machine,
	    .threads = threads,
	    .cores = cores,
	    .seed = seed,
	    .accesses_max = 10000000,
	    .body = body};
	char why[MODEL_WHY_MAX];
	struct model_counts n;

	if (!model_run(&c, &n, why))
		fail_msg("%s", why);
	return n;
}

/* --- each is new ---------------------------------------------------------- */

static _Thread_local int begins_0, begins_7 = 7;
static unsigned lives, wrong, ends;
static int word;

static void
count_end(void)
{
	wrong += begins_0 != 1;
	ends++;
}

static void *
live(void *arg)
{
	wrong += begins_0 != 0 || begins_7 != 7;
	begins_0 = 1;
	begins_7 = 1;
	vmp_step((uintptr_t)&word, sizeof(word), VMP_RMW, NULL);
	model_think(model_random() % 1000);
	vmp_step((uintptr_t)&word, sizeof(word), VMP_RMW, NULL);
	lives++;
	return arg;
}

static void
one_after_the_other(unsigned thread)
{
	(void)thread;
	for (unsigned i = 0; i < IN_TURN; i++)
		model_join(model_spawn(live, NULL));
}

static struct model_counts
run_lives(unsigned threads, unsigned cores, uint64_t seed)
{
	struct model_counts n;

	lives = wrong = ends = 0;
	vmp_at_thread_end = count_end;
	n = run(one_after_the_other, threads, cores, seed);
	vmp_at_thread_end = NULL;
	assert_int_equal(wrong, 0);
	assert_int_equal(lives, threads * IN_TURN);
	assert_int_equal(ends, threads * IN_TURN);
	assert_int_equal(n.threads_started, threads * IN_TURN);
	return n;
}

static void
threads_are_new_and_end(void **state)
{
	struct model_counts fits, crowded;

	(void)state;
	assert_true(8 * IN_TURN > MODEL_AT_ONCE_MAX);
	fits = run_lives(8, 8, 1);
	assert_int_equal(fits.preemptions, 0);
	/* As much work for fewer cores. */
	crowded = run_lives(8, 2, 1);
	assert_true(crowded.makespan > fits.makespan);
}

static void
one_seed_is_one_run(void **state)
{
	(void)state;
	for (unsigned cores = 2; cores <= 8; cores += 6) {
		struct model_counts a = run_lives(8, cores, 3);
		struct model_counts b = run_lives(8, cores, 3);
		struct model_counts other = run_lives(8, cores, 4);

		assert_memory_equal(&a, &b, sizeof(a));
		assert_true(a.digest != other.digest);
	}
}

/* --- what they cost ------------------------------------------------------- */

static void *
do_nothing(void *arg)
{
	return arg;
}

static void
starts_some(unsigned thread)
{
	(void)thread;
	for (unsigned i = 0; i < COSTS; i++)
		model_join(model_spawn(do_nothing, NULL));
}

/* One core: who starts a thread waits for it, and it for the core. */
static void
a_thread_costs_what_the_profile_says(void **state)
{
	const struct profile *p = &machine;
	uint64_t each = 2 * p->syscall + p->thread_start + p->futex_wait +
			2 * p->context_switch + p->thread_end;

	(void)state;
	assert_int_equal(run(starts_some, 1, 1, 1).makespan, COSTS * each);
}

/* --- how many ------------------------------------------------------------- */

static unsigned at_once[2];

static void
starts_all(unsigned thread)
{
	int t[MODEL_AT_ONCE_MAX];

	(void)thread;
	for (unsigned round = 0; round < 2; round++) {
		unsigned n = 0;

		while ((t[n] = model_spawn(live, NULL)) >= 0)
			n++;
		at_once[round] = n;
		while (n > 0)
			model_join(t[--n]);
	}
}

static void
all_slots_come_back(void **state)
{
	(void)state;
	lives = wrong = 0;
	(void)run(starts_all, 1, 1, 1);
	assert_int_equal(at_once[0], SLOTS - 1);
	assert_int_equal(at_once[1], SLOTS - 1);
	assert_int_equal(lives, 2 * (SLOTS - 1));
	assert_int_equal(wrong, 0);
}

static void
forgets_one(unsigned thread)
{
	if (thread == 1)
		(void)model_spawn(do_nothing, NULL);
}

static void
a_forgotten_thread_is_told(void **state)
{
	struct model_config c = {
	    .profile = &machine, .threads = 3, .body = forgets_one};
	char why[MODEL_WHY_MAX];
	struct model_counts n;

	(void)state;
	assert_false(model_run(&c, &n, why));
	assert_non_null(strstr(why, "nobody has seen the end"));
	/* The next run is a good one. */
	(void)run_lives(2, 2, 1);
}

/* --- barriers ------------------------------------------------------------ */

static uint64_t spent;

static void
makes_barriers(unsigned thread)
{
	if (thread != 0) {
		model_think(LONG);
		/* What others do before comes before. */
		vmp_step((uintptr_t)&word, sizeof(word), VMP_LOAD, NULL);
		return;
	}
	spent = model_now();
	for (unsigned i = 0; i < BARRIERS; i++)
		vmp_barrier();
	spent = model_now() - spent;
}

static void
a_barrier_costs_who_asks_and_who_runs(void **state)
{
	const struct profile *p = &machine;
	uint64_t alone = p->syscall + p->fence;
	struct model_counts n;

	(void)state;
	n = run(makes_barriers, 1, 4, 1);
	assert_int_equal(spent, BARRIERS * alone);
	assert_int_equal(n.interrupts, 0);
	n = run(makes_barriers, 4, 4, 1);
	assert_int_equal(spent, BARRIERS * (alone + p->ipi + 2 * p->ipi_more));
	assert_int_equal(n.interrupts, 3 * BARRIERS);
	/* They start within some hundred cycles, and load a line. */
	assert_in_range(n.makespan, LONG + BARRIERS * p->interrupt,
	    LONG + BARRIERS * p->interrupt + 1000);
	/* Who has no core is not interrupted. */
	n = run(makes_barriers, 4, 1, 1);
	assert_int_equal(n.interrupts, 0);
}

static int
read_machine(void **state)
{
	const char *dir = getenv("srcdir");
	char file[600], why[PROFILE_WHY_MAX];
	const char *cannot = model_init(SLOTS);

	(void)state;
	snprintf(file, sizeof(file), "%s/harness/vmp/profiles/2x64.profile",
	    dir != NULL ? dir : ".");
	if (cannot != NULL || !profile_read(&machine, file, why)) {
		print_error("%s\n", cannot != NULL ? cannot : why);
		return -1;
	}
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(threads_are_new_and_end),
	    cmocka_unit_test(one_seed_is_one_run),
	    cmocka_unit_test(a_thread_costs_what_the_profile_says),
	    cmocka_unit_test(all_slots_come_back),
	    cmocka_unit_test(a_forgotten_thread_is_told),
	    cmocka_unit_test(a_barrier_costs_who_asks_and_who_runs),
	};

	return cmocka_run_group_tests(tests, read_machine, NULL);
}
