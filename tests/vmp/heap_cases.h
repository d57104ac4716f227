/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * heap_cases.h - scenarios with all of core but the C face on virtual threads:
 * mcaches, the page heap, threads' ends, forks, the scavenger.
 *
 * Included by the t_vmp_heap*.c, each of which is linked with a set.
 */
#ifndef TESTS_VMP_HEAP_CASES_H
#define TESTS_VMP_HEAP_CASES_H

/* None may fail. */
int heap_cases_main(int argc, char **argv);

/* A fault is planted, which the named scenario must show within so many runs,
 * by search alone. */
int heap_cases_planted_main(
    int argc, char **argv, const char *name, unsigned long within);

#endif /* TESTS_VMP_HEAP_CASES_H */
