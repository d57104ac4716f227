/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_soft_htm.c - the variant htm with transactions of the test's own: one at a
 * time under a lock, which fail at random as those of the hardware do, and
 * wait for each other as these would be undone.  So what a machine without
 * transactions cannot run is run: the tries, the fallback, and both at once.
 * One whose fallback bars no transactions must be caught.
 * Run by make check, once.
 */
#include "tests/step/step.h"

#include <pthread.h>
#include <stdio.h>

#include "tests/unit/set_checks.h"
#include "tests/unit/set_world.h"

static pthread_mutex_t soft_lock = PTHREAD_MUTEX_INITIALIZER;
static _Thread_local uint64_t soft_dice;
static _Atomic(unsigned) soft_ended, soft_failed, soft_aborted;
static bool soft_bars = true;
static bool soft_fails; /* each of them */

static unsigned
soft_begin(void)
{
	static const unsigned why[] = {0, 1 << 1};

	if (soft_dice == 0)
		soft_dice = unit_seed((uintptr_t)&soft_dice);
	if (soft_fails || unit_random(&soft_dice, 4) == 0) {
		atomic_fetch_add(&soft_failed, 1);
		return why[unit_random(&soft_dice, UNIT_COUNT(why))];
	}
	pthread_mutex_lock(&soft_lock);
	return ~0u;
}

static void
soft_end(void)
{
	atomic_fetch_add(&soft_ended, 1);
	pthread_mutex_unlock(&soft_lock);
}

/* Nothing was written yet that would have to be undone. */
static void
soft_abort(void)
{
	atomic_fetch_add(&soft_aborted, 1);
	pthread_mutex_unlock(&soft_lock);
}

/* Who writes the word undoes those that have read it: here they end first. */
static void
soft_bar(_Atomic(uint32_t) *word)
{
	if (!soft_bars)
		return;
	pthread_mutex_lock(&soft_lock);
	atomic_store(word, 1);
	pthread_mutex_unlock(&soft_lock);
}

static void
soft_unbar(_Atomic(uint32_t) *word)
{
	atomic_store(word, 0);
}

#define SL_HTM_TARGET
#define sl_htm_begin() soft_begin()
#define sl_htm_end() soft_end()
#define sl_htm_abort() soft_abort()
#define sl_htm_bar(word) soft_bar(word)
#define sl_htm_unbar(word) soft_unbar(word)
#define sl_htm_init soft_init

#define SL_VARIANT_NAME "htm"
#define SL_VARIANT_BOUND 0
#include "variants/htm.c"

const char *
sl_htm_init(void)
{
	return NULL;
}

static void
test_soft_htm(void **state)
{
	const char *fault = set_check_delayed();

	(void)state;
	if (fault != NULL)
		fail_msg("%s", fault);
	printf("# transactions: %u ended, %u failed, %u met the lock\n",
	    atomic_load(&soft_ended), atomic_load(&soft_failed),
	    atomic_load(&soft_aborted));
	assert_true(atomic_load(&soft_ended) > 0);
	assert_true(atomic_load(&soft_failed) > 0);
	assert_true(atomic_load(&soft_aborted) > 0);
}

/* Each operation tries in vain and takes the lock. */
static void
test_all_fail(void **state)
{
	const char *fault;

	(void)state;
	soft_fails = true;
	atomic_store(&soft_ended, 0);
	atomic_store(&soft_failed, 0);
	fault = set_check_recycling(4, unit_scaled(2000));
	if (fault != NULL)
		fail_msg("%s", fault);
	assert_int_equal(atomic_load(&soft_ended), 0);
	assert_true(atomic_load(&soft_failed) > 0);
	soft_fails = false;
}

static void
run(void *arg)
{
	const char *fault;

	(void)arg;
	soft_bars = false;
	fault = set_check_delayed();
	if (fault != NULL)
		unit_child_fail(fault);
}

static void
test_fallback_that_bars_nobody(void **state)
{
	struct unit_end end = unit_child(run, NULL, 60);

	(void)state;
	printf("# found: %s\n", end.timed_out ? "no end" : end.text);
	assert_true(unit_is_caught(&end) || end.timed_out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fallback_that_bars_nobody),
	    cmocka_unit_test(test_all_fail),
	    cmocka_unit_test(test_soft_htm),
	};

	unit_start_alone();
	set_checks_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
