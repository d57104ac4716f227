/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * scenario_cases.h - the scenarios of tests/scenario on virtual threads.
 *
 * Included by the t_vmp_*.c, each of which is linked with a set.
 */
#ifndef TESTS_VMP_SCENARIO_CASES_H
#define TESTS_VMP_SCENARIO_CASES_H

#include <stddef.h>

/* All scenarios that fit the set must not fail. */
int scenario_cases_main(int argc, char **argv);

/* A fault is planted, which the named scenario must show within so many runs,
 * by search alone. */
int scenario_cases_planted_main(
    int argc, char **argv, const char *name, unsigned long within);

/* fork_child.c: a fork while the other thread is inside the set, and what the
 * child finds there. */
struct vmp_scenario;
extern const struct vmp_scenario fork_child;

#endif /* TESTS_VMP_SCENARIO_CASES_H */
