/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_vmp_no_generation.c - the variant ck with ck's other pop, which swaps the
 * head alone: found on virtual threads.  Run by make check, once.
 */
#include <ck_stack.h>

#define SL_VARIANT_NAME "ck"
#define SL_VARIANT_BOUND 0
#define ck_stack_trypop_mpmc ck_stack_trypop_upmc
#include "variants/ck.c"

#include "tests/vmp/scenario_cases.h"

int
main(int argc, char **argv)
{
	return scenario_cases_planted_main(argc, argv, "recycle", 500);
}
