/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_delayed_no_drain.c - epoch mode with a turn that does not wait for those
 * who are inside, and delays.
 * Run by make check, once.
 */
#include <stdlib.h>

#include "tests/step/step.h"

/* Every invariant: the first that is broken is what is found. */
#include "core/switches.h"
#undef SL_DEBUG
#define SL_DEBUG 1

/* In the look at the views, and in no other place. */
#pragma push_macro("sl_load_sc")
#undef sl_load_sc
#define sl_load_sc(p) (#p[1] == 'u' ? 0 : sl_load_acq(p))
#include "core/mepoch.c"
#pragma pop_macro("sl_load_sc")
#include "core/mcentral_epoch.c"

#define SL_VARIANT_NAME "tagstack"
#define SL_VARIANT_BOUND 0
#include "variants/tagstack.c"

#define PLANTED_BEFORE setenv("SPANLAB_OPTIONS", "epoch=1000000", 1)
#define PLANTED_CHECK set_check_delayed()
#define PLANTED_SAYS "sl_epoch_may_go"
#include "tests/unit/planted.h"
