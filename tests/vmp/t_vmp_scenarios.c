/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_vmp_scenarios.c - the scenarios of tests/scenario and a fork, with the set
 * of one variant and core's policy on virtual threads: at random, by priorities
 * and all schedules within a bound, with memory in one order and with store
 * buffers.  Run by make check, once per variant; and by people who repeat a
 * schedule (harness/vmp/cases.h).
 */
#include <stdio.h>

#include "core/mcentral.h"
#include "tests/vmp/scenario_cases.h"

int
main(int argc, char **argv)
{
	printf("# variant %s: %s\n", sl_set_info.name, sl_set_info.progress);
	return scenario_cases_main(argc, argv);
}
