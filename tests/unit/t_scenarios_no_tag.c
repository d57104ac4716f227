/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_scenarios_no_tag.c - the variant tagstack with a tag of 0 bits: the span
 * that a claim stands before has come back.
 * Run by make check, once.
 */
#include "tests/step/step.h"

#define SL_VARIANT_NAME "tagstack"
#define SL_VARIANT_BOUND 0
#define SL_TAGSTACK_TAG_BITS 0
#include "variants/tagstack.c"

#define PLANTED_CHECK set_check_scenarios(0, "recycle")
#define PLANTED_SAYS "one stopped"
#include "tests/unit/planted.h"
