/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_forked.c - a fork while a thread stands inside an operation of a set.
 * Run by make check, once per variant.
 */
#include <stdio.h>

#include "core/mcentral.h"
#include "tests/unit/set_checks.h"
#include "tests/unit/unit.h"

static void
test_in_every_state(void **state)
{
	const char *fault = set_check_forked(30);

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

	unit_start_alone();
	if (sl_set_info.never_forks) {
		printf("1..0 # SKIP %s is for programs that do not fork\n",
		    sl_set_info.name);
		return 0;
	}
	set_checks_init();
	printf("# set of the variant %s %s\n", sl_set_info.name, sl_set_mode());
	return cmocka_run_group_tests_name("forked", tests, NULL, NULL);
}
