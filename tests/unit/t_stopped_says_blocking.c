/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_stopped_says_blocking.c - the variant tagstack, which says that it blocks:
 * the check with a stopped thread must object.
 * Run by make check, once.
 */
#include "tests/step/step.h"

#include <stdio.h>
#include <string.h>

#include "core/mcentral.h"
#include "tests/unit/set_checks.h"
#include "tests/unit/unit.h"

#define SL_VARIANT_NAME "tagstack"
#define SL_VARIANT_BOUND 0
#define SL_LOCK_FREE SL_BLOCKING
#define SL_MOSTLY_LOCK_FREE SL_BLOCKING
#include "variants/tagstack.c"

static void
run(void *arg)
{
	const char *fault = set_check_stopped_at_steps(500);

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
	assert_non_null(strstr(end.text, "never waited"));
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
