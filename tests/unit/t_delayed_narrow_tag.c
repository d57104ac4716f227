/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_delayed_narrow_tag.c - the variant tagstack with a tag of 2 bits, which is
 * soon what it was, and delays.
 * Run by make check, once.
 */
#include "tests/step/step.h"

#define SL_VARIANT_NAME "tagstack"
#define SL_VARIANT_BOUND 0
#define SL_TAGSTACK_TAG_BITS 2
#include "variants/tagstack.c"

#define PLANTED_CHECK set_check_delayed()
#define PLANTED_SAYS ""
#include "tests/unit/planted.h"
