/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_exited.c - a process ends while a thread stands inside an operation of a
 * set.
 * Run by make check, once per variant.
 */
#include <stdio.h>

#include "core/mcentral.h"
#include "tests/unit/set_checks.h"
#include "tests/unit/unit.h"

static void
test_in_every_state(void **state)
{
	/* In the long form each state meets each way. */
	const char *fault = set_check_exited(unit_scaled(1) > 1, 30);

	(void)state;
	if (fault != NULL)
		fail_msg("%s: %s", sl_set_info.name, fault);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_in_every_state),
	};

	/* The set begins in the children, since some never fork. */
	unit_start_alone();
	printf("# set of the variant %s\n", sl_set_info.name);
	return cmocka_run_group_tests_name("exited", tests, NULL, NULL);
}
