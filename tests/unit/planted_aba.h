/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * planted_aba.h - a set that ABA can hurt, with delays: the check must find it.
 *
 * Included by the tests t_delayed_*.c, after they have taken in the source of
 * a variant that they have spoilt.  (That source is compiled with step.h.)
 */
#ifndef TESTS_PLANTED_ABA_H
#define TESTS_PLANTED_ABA_H

#include <stdio.h>

#include "tests/unit/set_checks.h"
#include "tests/unit/unit.h"

static void
run(void *arg)
{
	const char *fault = set_check_delayed();

	(void)arg;
	if (fault != NULL)
		unit_child_fail(fault);
}

/* ABA may also make a ring of a stack, on which an operation never ends. */
static void
test_is_found(void **state)
{
	struct unit_end end;
	unsigned n = 0;

	(void)state;
	/* It takes luck: a short run may miss it. */
	do
		end = unit_child(run, NULL, 60);
	while (!unit_is_caught(&end) && !end.timed_out && ++n < 50);
	printf("# found: %s\n",
	    end.timed_out ? "an operation did not end" : end.text);
	assert_true(unit_is_caught(&end) || end.timed_out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_is_found),
	};

	unit_start_alone();
	set_checks_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif /* TESTS_PLANTED_ABA_H */
