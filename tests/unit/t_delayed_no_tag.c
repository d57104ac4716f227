/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_delayed_no_tag.c - the variant tagstack with delays and a tag that stays
 * as it is: the checks must find ABA.
 * Run by make check, once.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdio.h>

#include "tests/unit/set_delays.h"

#define SL_VARIANT_NAME "tagstack"
#define SL_TAGSTACK_TAG_STEP 0
#include "variants/tagstack.c"

static void
run(void *arg)
{
	const char *fault = set_check_delayed();

	(void)arg;
	if (fault != NULL)
		unit_child_fail(fault);
}

static void
test_delayed_no_tag(void **state)
{
	struct unit_end end = unit_child(run, NULL, 60);

	(void)state;
	printf("# found: %s\n", end.text);
	assert_true(unit_is_caught(&end));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_delayed_no_tag),
	};

	unit_start_alone();
	set_checks_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
