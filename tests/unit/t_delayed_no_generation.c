/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_delayed_no_generation.c - the variant ck with ck's other pop, which swaps
 * the head alone: that is for stacks on which nothing comes back.  And delays.
 * Run by make check, once.
 */
#include "tests/step/step.h"

#include "tests/step/include/ck_pr.h"

#include <ck_stack.h>

#define SL_VARIANT_NAME "ck"
#define SL_VARIANT_BOUND 0
#define ck_stack_trypop_mpmc ck_stack_trypop_upmc
#include "variants/ck.c"

#define PLANTED_CHECK set_check_delayed()
#define PLANTED_SAYS ""
#include "tests/unit/planted.h"
