/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_vmp_epoch.c - as t_vmp_scenarios.c, the scenarios with the option epoch.
 * Run by make check, once per variant.
 */
#define _GNU_SOURCE 1
#include <stdio.h>
#include <stdlib.h>

#include "core/mcentral.h"
#include "tests/vmp/scenario_cases.h"

int
main(int argc, char **argv)
{
	/* Turns are the scenarios' own: none comes by itself. */
	setenv("SPANLAB_OPTIONS", "epoch=1000000", 1);
	printf("# variant %s: %s\n", sl_set_info.name, sl_set_info.progress);
	return scenario_cases_main(argc, argv);
}
