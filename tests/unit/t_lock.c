/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_lock.c - a debug build ends a program that takes locks in the wrong order,
 * before it can deadlock.
 * Run by make check, once.  It takes lock.c in as a debug build has it, so that
 * this is tested whatever was configured.
 */
#include "core/switches.h"
#undef SL_DEBUG
#define SL_DEBUG 1
#include "core/lock.c"

#include "tests/unit/unit.h"

#include <signal.h>
#include <string.h>

static struct sl_mutex outer = SL_MUTEX_INIT(SL_RANK_THREADS);
static struct sl_mutex middle = SL_MUTEX_INIT(SL_RANK_SET);
static struct sl_mutex also_middle = SL_MUTEX_INIT(SL_RANK_SET);
static struct sl_mutex inner = SL_MUTEX_INIT(SL_RANK_PERSISTENT);

static void
dies(void (*fn)(void *))
{
	struct unit_end end = unit_child(fn, NULL, 20);

	if (end.signal != SIGABRT ||
	    strstr(end.text, "spanlab: lock of rank ") == NULL)
		fail_msg("status %d, signal %d: %s", end.status, end.signal,
		    end.text);
}

static void
ends_well(void (*fn)(void *))
{
	struct unit_end end = unit_child(fn, NULL, 20);

	if (end.status != 0)
		fail_msg("status %d, signal %d: %s", end.status, end.signal,
		    end.text);
}

static void
in_order(void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < 3; i++) {
		sl_mutex_lock(&outer);
		sl_mutex_lock(&middle);
		sl_mutex_lock(&inner);
		sl_mutex_unlock(&middle); /* in any order */
		sl_mutex_unlock(&inner);
		sl_mutex_unlock(&outer);
	}
}

static void
after_release(void *arg)
{
	(void)arg;
	sl_mutex_lock(&inner);
	sl_mutex_unlock(&inner);
	sl_mutex_lock(&outer);
	sl_mutex_unlock(&outer);
}

static void
inverted(void *arg)
{
	(void)arg;
	sl_mutex_lock(&inner);
	sl_mutex_lock(&outer);
}

static void
inverted_by_one(void *arg)
{
	(void)arg;
	sl_mutex_lock(&outer);
	sl_mutex_lock(&inner);
	sl_mutex_lock(&middle);
}

static void
two_of_one_rank(void *arg)
{
	(void)arg;
	sl_mutex_lock(&middle);
	sl_mutex_lock(&also_middle);
}

/* It would wait for itself. */
static void
one_twice(void *arg)
{
	(void)arg;
	sl_mutex_lock(&middle);
	sl_mutex_lock(&middle);
}

static void
by_trylock(void *arg)
{
	(void)arg;
	sl_mutex_lock(&inner);
	if (!sl_mutex_trylock(&outer))
		unit_child_fail("trylock of a free lock");
	sl_mutex_unlock(&outer);
	sl_mutex_unlock(&inner);
}

/* What was taken by trylock counts for what comes after it. */
static void
inverted_after_trylock(void *arg)
{
	(void)arg;
	if (!sl_mutex_trylock(&inner))
		unit_child_fail("trylock of a free lock");
	sl_mutex_lock(&outer);
}

static void
order_is_checked(void **state)
{
	(void)state;
	dies(inverted);
	dies(inverted_by_one);
	dies(two_of_one_rank);
	dies(one_twice);
	dies(inverted_after_trylock);
}

static void
right_order_is_not_disturbed(void **state)
{
	(void)state;
	ends_well(in_order);
	ends_well(after_release);
	ends_well(by_trylock);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(order_is_checked),
	    cmocka_unit_test(right_order_is_not_disturbed),
	};

	unit_start_alone();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
