/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_delayed_spanset.c - the variant spanset with blocks of 4 positions and
 * delays, so that positions are closed, blocks set aside and rings grown.
 * Run by make check, once.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "tests/unit/set_delays.h"

#define SL_VARIANT_NAME "spanset"
#define SL_SPANSET_BLOCK_BITS 2
#include "variants/spanset.c"

static void
test_delayed_spanset(void **state)
{
	const char *fault = set_check_delayed();

	(void)state;
	if (fault != NULL)
		fail_msg("%s", fault);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_delayed_spanset),
	};

	unit_start_alone();
	set_checks_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
