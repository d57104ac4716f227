/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench.c - the program spanlab-bench: workloads over whatever malloc is.
 *
 * Run by the program spanlab, one process per cell, with the allocator
 * preloaded; also by hand.
 */
#include "harness/probe.h"
#include "harness/program.h"

#define SL_WORKLOAD(name, wl, presets) extern const struct sl_workload wl;
#define SL_PATTERN(name, wl, presets) extern const struct sl_workload wl;
#include "harness/workloads/workloads.def"
#undef SL_WORKLOAD
#undef SL_PATTERN

#define SL_WORKLOAD(name, wl, presets) {name, &wl, presets, "list"},
#define SL_PATTERN(name, wl, presets) {name, &wl, presets, "patterns"},
static const struct sl_workload_entry workloads[] = {
#include "harness/workloads/workloads.def"
    {NULL, NULL, NULL, NULL},
};
#undef SL_WORKLOAD
#undef SL_PATTERN

int
main(int argc, char **argv)
{
	static const struct sl_program program = {
	    .what = "workloads of malloc and free over the malloc that answers",
	    .workloads = workloads,
	    .probe = sl_probe_init,
	};

	return sl_program_main(argc, argv, &program);
}
