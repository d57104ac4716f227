/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * planted.h - a variant with a planted fault: a check must find it.
 *
 * Included by t_delayed_*.c, t_stopped_*.c and t_forked_*.c, after they have
 * taken in the source of a variant that they have spoilt (which is compiled
 * with step.h) and have defined
 *
 *   PLANTED_CHECK  the check, an expression: what is wrong, or NULL
 *   PLANTED_SAYS   what it must say; if "" it may also never end, as an
 *                  operation on a stack of which ABA has made a ring
 *
 * and perhaps
 *
 *   PLANTED_BEFORE  what comes before the options are read
 */
#ifndef TESTS_PLANTED_H
#define TESTS_PLANTED_H

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/set_checks.h"
#include "tests/unit/unit.h"

#ifndef PLANTED_BEFORE
#define PLANTED_BEFORE ((void)0)
#endif

static void
run(void *arg)
{
	const char *fault = PLANTED_CHECK;

	(void)arg;
	if (fault != NULL)
		unit_child_fail(fault);
}

/* With SL_DEBUG in the planted code an invariant may have been checked. */
static bool
is_caught(const struct unit_end *end)
{
	return unit_is_caught(end) || (SL_DEBUG && end->signal == SIGABRT);
}

static void
test_is_found(void **state)
{
	struct unit_end end;
	unsigned n = 0;

	(void)state;
	/* With delays it takes luck: a short run may miss it. */
	do
		end = unit_child(run, NULL, 60);
	while (!is_caught(&end) && !end.timed_out && ++n < 50);
	printf("# found: %s\n",
	    end.timed_out ? "an operation did not end" : end.text);
	if (end.timed_out && PLANTED_SAYS[0] == '\0')
		return;
	assert_true(is_caught(&end));
	/* An assertion may come first, in its own words. */
	assert_true(end.signal != 0 || strstr(end.text, PLANTED_SAYS) != NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_is_found),
	};

	unit_start_alone();
	PLANTED_BEFORE;
	set_checks_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#endif /* TESTS_PLANTED_H */
