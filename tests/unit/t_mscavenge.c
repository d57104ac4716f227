/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_mscavenge.c - garbage goes back to the OS: what, how much, and when.
 * The tests run in order, on one heap.  Run by make check.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/mpagealloc.h"
#include "core/mpagegrow.h"
#include "core/mretain.h"
#include "core/mscavenge.h"
#include "core/sys.h"

enum { CHUNK_PAGES = 512 };

static void
check(void)
{
	assert_true(sl_pages_check());
}

/* Gives back exactly these bytes. */
static void
scavenge(size_t bytes)
{
	size_t before = sl_sys_bytes(SL_SYS_READY);

	assert_int_equal(sl_scavenge(SIZE_MAX), bytes);
	assert_int_equal(before - sl_sys_bytes(SL_SYS_READY), bytes);
	assert_int_equal(sl_scavenge(SIZE_MAX), 0);
}

static void
zero_is_known(void **state)
{
	size_t npages = 600, bytes = npages << SL_PAGE_SHIFT;
	bool needzero;
	uintptr_t p;

	(void)state;
	assert_true(sl_pages_grow(npages, 1));
	p = sl_pages_alloc(npages, 1, &needzero);
	assert_true(p != 0 && !needzero);
	memset((void *)p, 7, bytes);
	sl_pages_free(p, npages, false);
	scavenge(bytes);
	assert_int_equal(sl_pages_alloc(npages, 1, &needzero), p);
	assert_false(needzero);
	for (size_t i = 0; i < bytes; i++)
		assert_int_equal(((char *)p)[i], 0);
	/* Of the pages in use nothing is taken. */
	*(size_t *)p = 1;
	scavenge(0);
	assert_int_equal(*(size_t *)p, 1);
	sl_pages_free(p, npages, false);
	scavenge(bytes);
	assert_int_equal(sl_pages_alloc(npages, 1, &needzero), p);
	assert_false(needzero);
	/* One page of garbage among them counts. */
	assert_true(sl_sys_unused((void *)p, bytes - SL_PAGE_SIZE));
	sl_pages_free(p, npages - 1, true);
	sl_pages_free(p + bytes - SL_PAGE_SIZE, 1, false);
	assert_int_equal(sl_pages_alloc(npages, 1, &needzero), p);
	assert_true(needzero);
	sl_pages_free(p, npages, false);
	check();
}

/* The garbage of a run goes in steps of so many pages, the last ones first. */
static void
take_in_steps(uintptr_t p, size_t npages, size_t max, size_t want)
{
	uintptr_t last = p + (npages << SL_PAGE_SHIFT);
	size_t n;

	for (; last > p; last -= n << SL_PAGE_SHIFT) {
		size_t left = (last - p) >> SL_PAGE_SHIFT;
		uintptr_t q = sl_pages_take_garbage(max, &n);

		assert_int_equal(n, left < want ? left : want);
		assert_int_equal(q, last - (n << SL_PAGE_SHIFT));
		assert_true(sl_sys_unused((void *)q, n << SL_PAGE_SHIFT));
		sl_pages_free(q, n, true);
	}
	assert_int_equal(sl_pages_take_garbage(max, &n), 0);
}

static void
high_addresses_go_first(void **state)
{
	size_t few = 250, many = 3 * CHUNK_PAGES;
	bool needzero;
	uintptr_t p;

	(void)state;
	sl_scavenge(SIZE_MAX);
	assert_true(sl_pages_grow(many, CHUNK_PAGES));
	p = sl_pages_alloc(few, CHUNK_PAGES, &needzero);
	assert_true(p != 0);
	sl_pages_free(p, few, false);
	take_in_steps(p, few, 64, 64);
	/* Huge pages are not split. */
	assert_true(sl_pages_alloc_at(p, few, &needzero));
	assert_false(needzero);
	sl_pages_free(p, few, false);
	scavenge(few << SL_PAGE_SHIFT);
	p = sl_pages_alloc(many, CHUNK_PAGES, &needzero);
	assert_true(p != 0);
	sl_pages_free(p, many, false);
	take_in_steps(p, many, 64, 256);
	/* No more than was asked for, but whole pages. */
	p = sl_pages_alloc(few, CHUNK_PAGES, &needzero);
	sl_pages_free(p, few, false);
	assert_int_equal(sl_scavenge(1), SL_PAGE_SIZE);
	assert_int_equal(sl_scavenge(50000), 7 * SL_PAGE_SIZE);
	scavenge((few - 8) << SL_PAGE_SHIFT);
	check();
}

/* What the OS refuses to take back stays garbage. */
static void
refused_garbage_stays(void **state)
{
	bool needzero;
	uintptr_t p = sl_pages_alloc(10, 1, &needzero);

	(void)state;
	assert_true(p != 0);
	sl_pages_free(p, 10, false);
	sl_sys_refuse(1, 1);
	assert_int_equal(sl_scavenge(SIZE_MAX), 0);
	sl_sys_refuse(0, 1);
	check();
	scavenge(10 << SL_PAGE_SHIFT);
	check();
}

/* What the background scavenger goes by: a tenth more than the most in use. */
static void
goal_is_a_tenth_above_the_most(void **state)
{
	struct sl_retained r = {.inuse = 1000, .most = 2000, .garbage = 1200};

	(void)state;
	sl_options.scavenge = 0;
	assert_int_equal(sl_retain_excess(&r), 0);
	sl_options.scavenge = 1000;
	assert_int_equal(sl_retain_excess(&r), 0);
	r.garbage = 1201;
	assert_int_equal(sl_retain_excess(&r), 1);
	/* It begins for more than a MiB only, by what is in use now. */
	assert_true(sl_retain_has_reason(&r));
	r.garbage = 100 + 128;
	assert_false(sl_retain_has_reason(&r));
	r.garbage++;
	assert_true(sl_retain_has_reason(&r));
	assert_int_equal(sl_retain_excess(&r), 0);
	/* One percent of a CPU. */
	assert_int_equal(sl_retain_nap(1000000), 99000000);
	sl_options.scavenge = 0;
}

/* 95 of 100, not 95 times as much; and only garbage can go. */
static void
goal_is_95_percent_of_the_limit(void **state)
{
	struct sl_retained r = {.inuse = 900, .most = 900, .limit = 1000};

	(void)state;
	sl_options.scavenge = 1000;
	r.garbage = 50;
	r.ready = 950;
	assert_int_equal(sl_retain_excess(&r), 0);
	r.ready = 951;
	assert_int_equal(sl_retain_excess(&r), 1);
	r.ready = 5000;
	assert_int_equal(sl_retain_excess(&r), 50);
	sl_options.scavenge = 0;
}

static void
most_in_use_is_known(void **state)
{
	bool needzero;
	uintptr_t p;
	size_t before;

	(void)state;
	(void)sl_pages_restart_most();
	before = sl_pages_restart_most();
	p = sl_pages_alloc(20, 1, &needzero);
	assert_true(p != 0);
	sl_pages_free(p, 20, false);
	p = sl_pages_alloc(10, 1, &needzero);
	assert_int_equal(sl_pages_restart_most(), before + 20);
	assert_int_equal(sl_pages_restart_most(), before + 10);
	sl_pages_free(p, 10, false);
	assert_int_equal(sl_pages_restart_most(), before + 10);
	assert_int_equal(sl_pages_restart_most(), before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(zero_is_known),
	    cmocka_unit_test(high_addresses_go_first),
	    cmocka_unit_test(refused_garbage_stays),
	    cmocka_unit_test(goal_is_a_tenth_above_the_most),
	    cmocka_unit_test(goal_is_95_percent_of_the_limit),
	    cmocka_unit_test(most_in_use_is_known),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
