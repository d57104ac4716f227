/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_sys.c - the states of memory from the OS, and what is counted of them.
 * Run by make check.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <signal.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "core/sys.h"

enum { PAGES = 64, BYTES = PAGES * SL_OS_PAGE, MIB = 1 << 20 };

/* Bytes per state, as they should be; and as they are. */
static size_t want[SL_SYS_STATES];

static void
start_counting(void)
{
	for (unsigned i = 0; i < SL_SYS_STATES; i++)
		want[i] = sl_sys_bytes((enum sl_sys_state)i);
}

static void
changed(int reserved, int prepared, int ready)
{
	want[SL_SYS_RESERVED] += (size_t)(ptrdiff_t)reserved;
	want[SL_SYS_PREPARED] += (size_t)(ptrdiff_t)prepared;
	want[SL_SYS_READY] += (size_t)(ptrdiff_t)ready;
	for (unsigned i = 0; i < SL_SYS_STATES; i++)
		assert_int_equal(sl_sys_bytes((enum sl_sys_state)i), want[i]);
}

/* OS pages of the range that take memory. */
static unsigned
resident(const char *p, size_t bytes)
{
	static unsigned char in[8 * MIB / SL_OS_PAGE];
	unsigned n = 0;

	assert_true(bytes / SL_OS_PAGE <= sizeof(in));
	assert_int_equal(mincore((void *)(uintptr_t)p, bytes, in), 0);
	for (size_t i = 0; i < bytes / SL_OS_PAGE; i++)
		n += in[i] & 1;
	return n;
}

static sigjmp_buf after_fault;

static void
on_fault(int sig)
{
	(void)sig;
	siglongjmp(after_fault, 1);
}

static bool
faults(volatile char *p)
{
	struct sigaction act = {.sa_handler = on_fault}, old;
	volatile bool did = true;

	assert_int_equal(sigaction(SIGSEGV, &act, &old), 0);
	if (sigsetjmp(after_fault, 1) == 0) {
		*p = 1;
		did = false;
	}
	assert_int_equal(sigaction(SIGSEGV, &old, NULL), 0);
	return did;
}

static bool
is_all(const char *p, size_t n, char c)
{
	while (n > 0 && p[n - 1] == c)
		n--;
	return n == 0;
}

static void
from_none_to_ready_and_back(void **state)
{
	char *p;

	(void)state;
	start_counting();
	p = sl_sys_reserve(0, BYTES, SL_OS_PAGE);
	assert_non_null(p);
	changed(BYTES, 0, 0);
	assert_true(faults(p));
	assert_true(faults(p + BYTES - 1));

	assert_true(sl_sys_map(p, BYTES / 2));
	changed(-BYTES / 2, BYTES / 2, 0);
	assert_int_equal(resident(p, BYTES / 2), 0);
	assert_true(faults(p + BYTES / 2));

	sl_sys_used(p, BYTES / 4, BYTES / 4);
	changed(0, -BYTES / 4, BYTES / 4);
	memset(p, 7, BYTES / 4);
	assert_int_equal(resident(p, BYTES / 2), PAGES / 4);

	assert_true(sl_sys_unused(p, BYTES / 4));
	changed(0, BYTES / 4, -BYTES / 4);
	assert_int_equal(resident(p, BYTES / 2), 0);
	assert_true(is_all(p, BYTES / 4, 0));

	assert_true(sl_sys_fault(p, BYTES / 2, SL_SYS_PREPARED));
	changed(BYTES / 2, -BYTES / 2, 0);
	assert_true(faults(p));
	sl_sys_free(p, BYTES, SL_SYS_RESERVED);
	changed(-BYTES, 0, 0);
}

/* As a guard page comes and goes. */
static void
fault_loses_contents(void **state)
{
	char *p;

	(void)state;
	start_counting();
	p = sl_sys_alloc(BYTES);
	assert_non_null(p);
	changed(0, 0, BYTES);
	memset(p, 7, BYTES);
	assert_true(sl_sys_fault(p, BYTES, SL_SYS_READY));
	changed(BYTES, 0, -BYTES);
	assert_true(faults(p));
	assert_true(sl_sys_map(p, BYTES));
	sl_sys_used(p, BYTES, BYTES);
	changed(-BYTES, 0, BYTES);
	assert_int_equal(resident(p, BYTES), 0);
	assert_true(is_all(p, BYTES, 0));
	sl_sys_free(p, BYTES, SL_SYS_READY);
	changed(0, 0, -BYTES);
}

static void
move_takes_the_memory_along(void **state)
{
	char *p, *q;

	(void)state;
	p = sl_sys_alloc(2 * BYTES);
	q = sl_sys_alloc(2 * BYTES);
	assert_true(p != NULL && q != NULL);
	start_counting();
	memset(p, 7, 2 * BYTES);
	memset(q, 8, 2 * BYTES);
	if (sl_sys_move(p, q, BYTES) != SL_SYS_MOVED) {
		/* Nothing is lost that was anybody's. */
		assert_true(is_all(p, 2 * BYTES, 7));
		print_message("# this system cannot move pages: not tested\n");
		skip();
	}
	changed(0, BYTES, -BYTES);
	assert_true(is_all(q, BYTES, 7));
	assert_true(is_all(q + BYTES, BYTES, 8));
	assert_int_equal(resident(p, BYTES), 0);
	assert_true(is_all(p, BYTES, 0));
	assert_true(is_all(p + BYTES, BYTES, 7));
	/* Where there is nothing to move it is refused. */
	assert_int_equal(munmap(p, BYTES), 0);
	assert_int_equal(sl_sys_move(p, q, 2 * BYTES), SL_SYS_STAYED);
	memset(q, 9, 2 * BYTES); /* still there */
	changed(0, 0, 0);
}

static void
reserve_is_aligned(void **state)
{
	size_t align = 64 << 20;
	char *p[3];

	(void)state;
	start_counting();
	for (unsigned i = 0; i < 3; i++) {
		p[i] = sl_sys_reserve(0, align, align);
		assert_non_null(p[i]);
		assert_int_equal((uintptr_t)p[i] % align, 0);
	}
	/* A hint that is taken is no more than a hint. */
	p[1] = sl_sys_reserve((uintptr_t)p[0], align, align);
	assert_non_null(p[1]);
	assert_ptr_not_equal(p[1], p[0]);
	changed(4 * (int)align, 0, 0);
}

static void
absurd_requests_are_refused(void **state)
{
	(void)state;
	start_counting();
	assert_null(sl_sys_alloc((size_t)1 << 50));
	assert_null(sl_sys_reserve(0, (size_t)1 << 50, 1 << 20));
	assert_null(sl_sys_reserve(0, SIZE_MAX - (1 << 20) + 1, 1 << 21));
	changed(0, 0, 0);
}

static void
tests_can_make_any_call_fail(void **state)
{
	char *p = sl_sys_alloc(BYTES), *q = sl_sys_alloc(BYTES);

	(void)state;
	assert_true(p != NULL && q != NULL);
	p[0] = 7;
	start_counting();
	sl_sys_refuse(2, 7);
	assert_true(sl_sys_unused(q, BYTES)); /* 1 */
	want[SL_SYS_PREPARED] += BYTES;
	want[SL_SYS_READY] -= BYTES;
	assert_null(sl_sys_alloc(BYTES));                          /* 2 */
	assert_null(sl_sys_reserve(0, BYTES, 1));                  /* 3 */
	assert_false(sl_sys_map(p, BYTES));                        /* 4 */
	assert_false(sl_sys_unused(p, BYTES));                     /* 5 */
	assert_int_equal(sl_sys_move(p, q, BYTES), SL_SYS_STAYED); /* 6 */
	assert_false(sl_sys_fault(p, BYTES, SL_SYS_READY));        /* 7 */
	assert_true(sl_sys_is_refused());                          /* 8 */
	assert_false(sl_sys_is_refused());                         /* 9 */
	assert_int_equal(sl_sys_calls(), 9);
	assert_int_equal(sl_sys_refusals(), 7);
	assert_int_equal(p[0], 7);
	changed(0, 0, 0);
	sl_sys_refuse(0, 1);
	assert_false(sl_sys_is_refused());
	assert_int_equal(sl_sys_refusals(), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(from_none_to_ready_and_back),
	    cmocka_unit_test(fault_loses_contents),
	    cmocka_unit_test(move_takes_the_memory_along),
	    cmocka_unit_test(reserve_is_aligned),
	    cmocka_unit_test(absurd_requests_are_refused),
	    cmocka_unit_test(tests_can_make_any_call_fail),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
