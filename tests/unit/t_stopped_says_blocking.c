/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_stopped_says_blocking.c - the variant tagstack, which says that it blocks:
 * the check with a stopped thread must object.
 * Run by make check, once.
 */
#include "tests/step/step.h"

#include "core/mcentral.h"

#define SL_VARIANT_NAME "tagstack"
#define SL_VARIANT_BOUND 0
#define SL_LOCK_FREE SL_BLOCKING
#define SL_MOSTLY_LOCK_FREE SL_BLOCKING
#include "variants/tagstack.c"

#define PLANTED_CHECK set_check_stopped_at_steps(500)
#define PLANTED_SAYS "never waited"
#include "tests/unit/planted.h"
