/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * planted.h - small structures with a fault, and without it.
 *
 * Included by t_vmp_planted.c.
 */
#ifndef TESTS_VMP_PLANTED_H
#define TESTS_VMP_PLANTED_H

#include "harness/vmp/cases.h"

/* A stack whose swap does not notice that the top went and came back. */
extern const struct vmp_scenario planted_no_tag, sound_tag;
/* A full span is given up without a look at what was freed meanwhile; or with
 * one that is not ordered behind the giving up, as on x86 without a fence. */
extern const struct vmp_scenario planted_forgotten_span, sound_span,
    planted_no_fence;
/* A sleeper reads too late for what it will be woken. */
extern const struct vmp_scenario planted_lost_wakeup, sound_wakeup;
/* Two that free in a span both list it. */
extern const struct vmp_scenario planted_double_listing, sound_listing;
/* A node is reused without a grace period. */
extern const struct vmp_scenario planted_early_reuse, sound_reuse;
/* Additions that are no atomic operations; locks in two orders. */
extern const struct vmp_scenario planted_lost_update, planted_deadlock;

#endif /* TESTS_VMP_PLANTED_H */
