/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_vmp_no_tag.c - the variant tagstack with a tag of 0 bits: found on virtual
 * threads.  Run by make check, once.
 */
#define SL_VARIANT_NAME "tagstack"
#define SL_VARIANT_BOUND 0
#define SL_TAGSTACK_TAG_BITS 0
#include "variants/tagstack.c"

#include "tests/vmp/scenario_cases.h"

int
main(int argc, char **argv)
{
	return scenario_cases_planted_main(argc, argv, "recycle", 500);
}
