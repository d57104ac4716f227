/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_vmp_no_grace.c - the variant rcu without grace periods: a reader stands on
 * a node that is used anew, which is found on virtual threads.
 * Run by make check, once.
 */
#include <urcu/urcu-bp.h>

#undef urcu_bp_synchronize_rcu
#define urcu_bp_synchronize_rcu() ((void)0)

#define SL_VARIANT_NAME "rcu"
#define SL_VARIANT_BOUND 0
#include "variants/rcu.c"

#include "tests/vmp/scenario_cases.h"

int
main(int argc, char **argv)
{
	return scenario_cases_planted_main(argc, argv, "reap", 5000);
}
