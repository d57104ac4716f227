/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_stopped_says_free.c - the variant mutex, which says that it is lock-free:
 * the check with a stopped thread must object.
 * Run by make check, once.
 */
#include "tests/step/step.h"

#include "core/mcentral.h"

#define SL_VARIANT_NAME "mutex"
#define SL_VARIANT_BOUND 0
#define SL_BLOCKING SL_LOCK_FREE
#include "variants/mutex.c"

#define PLANTED_CHECK set_check_stopped_at_steps(500)
#define PLANTED_SAYS "waits for a thread that stands"
#include "tests/unit/planted.h"
