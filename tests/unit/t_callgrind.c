/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_callgrind.c - what is read from callgrind's file.
 * Run by make check, once.  It takes the source in, for it belongs to no
 * library.
 */
#include "harness/driver/callgrind.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char bench[] = "/b/spanlab-bench";

static const char sample[] =
    "version: 1\nevents: Ir\n\n"
    "ob=/b/spanlab-bench\nfl=/src/pairs.c\nfn=pairs_run\n"
    "20 100\n"
    "cob=/lib/libx.so\ncfi=/x.c\ncfn=malloc\ncalls=10 756\n23 400\n"
    "24 7\n"
    "cfn=free\ncalls=9 80\n25 180\n"
    "+1 3\n"
    "cfn=malloc\ncalls=1 756\n23 1000\n"
    /* no allocation: a call of something else, and names alike */
    "cfn=sched_yield\ncalls=3 1\n26 5\n"
    "cfn=premalloc\ncalls=1 1\n26 5\n"
    "cfn=free_all\ncalls=1 1\n26 5\n"
    "ob=/lib/libx.so\nfn=malloc\n1 2\n"
    "cfn=calloc\ncalls=5 1\n2 50000\n"
    /* and not of a program whose name begins so */
    "ob=/b/spanlab-bench-2\nfn=main\n"
    "cfn=malloc\ncalls=5 1\n2 50000\n"
    "totals: 12345\n";

static void
calls_of_the_program_only(void **state)
{
	struct sl_called c;

	(void)state;
	sl_callgrind_read(sample, bench, &c);
	assert_int_equal(c.calls[SL_MALLOC], 11);
	assert_int_equal(c.instructions[SL_MALLOC], 1400);
	assert_int_equal(c.calls[SL_FREE], 9);
	assert_int_equal(c.instructions[SL_FREE], 180);
	assert_int_equal(c.calls[SL_CALLOC], 0);
	assert_int_equal(c.calls[SL_REALLOC], 0);
}

static void
second_names_count(void **state)
{
	static const char text[] = "ob=/b/spanlab-bench\n"
				   "cfn=__libc_calloc\ncalls=2 1\n1 30\n"
				   "cfn=tc_free\ncalls=2 1\n1 10\n"
				   "cfn=mi_realloc\ncalls=1 1\n1 7\n";
	struct sl_called c;

	(void)state;
	sl_callgrind_read(text, bench, &c);
	assert_int_equal(c.instructions[SL_CALLOC], 30);
	assert_int_equal(c.instructions[SL_FREE], 10);
	assert_int_equal(c.instructions[SL_REALLOC], 7);
	assert_int_equal(c.calls[SL_MALLOC], 0);
}

static void
per_operation(void **state)
{
	/* halves that differ in number: the mean of each */
	struct sl_called pair = {{10, 0, 0, 5}, {400, 0, 0, 100}};
	/* a buffer's malloc and free belong to its reallocs */
	struct sl_called buffer = {{2, 0, 100, 2}, {60, 0, 900, 40}};
	struct sl_called frees = {{0, 0, 0, 4}, {0, 0, 0, 100}};
	struct sl_called none = {{0}, {0}};

	(void)state;
	assert_true(sl_callgrind_per_operation(&pair) == 60);
	assert_true(sl_callgrind_per_operation(&buffer) == 10);
	assert_true(sl_callgrind_per_operation(&frees) == 25);
	assert_true(isnan(sl_callgrind_per_operation(&none)));
}

static void
what_is_no_such_file(void **state)
{
	static const char *const texts[] = {"", "\n\n", "calls=5 1",
	    "ob=/b/spanlab-bench", "ob=/b/spanlab-bench\ncfn=malloc\n",
	    "ob=/b/spanlab-bench\ncfn=malloc\ncalls=5 1",
	    "ob=/b/spanlab-bench\ncfn=malloc\n1 500\n"};
	struct sl_called c;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		sl_callgrind_read(texts[i], bench, &c);
		assert_int_equal(c.calls[SL_MALLOC], 0);
	}
	sl_callgrind_read(sample, "", &c);
	assert_int_equal(c.calls[SL_MALLOC], 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(calls_of_the_program_only),
	    cmocka_unit_test(second_names_count),
	    cmocka_unit_test(per_operation),
	    cmocka_unit_test(what_is_no_such_file),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("callgrind", tests, NULL, NULL);
}
