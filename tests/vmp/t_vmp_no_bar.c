/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_vmp_no_bar.c - the variant htm whose lock does not keep transactions away:
 * two change a list at once, which is found on virtual threads.
 * Run by make check, once.
 */
#undef sl_htm_bar
#define sl_htm_bar(word) ((void)(word))

#define SL_VARIANT_NAME "htm"
#define SL_VARIANT_BOUND 0
#include "variants/htm.c"

#include "tests/vmp/scenario_cases.h"

int
main(int argc, char **argv)
{
	return scenario_cases_planted_main(argc, argv, "claim", 5000);
}
