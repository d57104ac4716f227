/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_forked_no_locks.c - the variant mutex, which forgets its locks when it
 * forks: the check must find a child that waits for a thread that is no more.
 * Run by make check, once.
 */
#include "tests/step/step.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/set_checks.h"
#include "tests/unit/unit.h"

#define SL_VARIANT_NAME "mutex"
#define SL_VARIANT_BOUND 0
#define sl_set_fork_prepare no_prepare
#define sl_set_fork_parent no_parent
void no_prepare(void);
void no_parent(void);
#include "variants/mutex.c"

static void
run(void *arg)
{
	const char *fault = set_check_forked(2);

	(void)arg;
	if (fault != NULL)
		unit_child_fail(fault);
}

static void
test_is_found(void **state)
{
	struct unit_end end = unit_child(run, NULL, 60);

	(void)state;
	printf("# found: %s\n", end.text);
	assert_true(unit_is_caught(&end));
	assert_non_null(strstr(end.text, "no end"));
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
