/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench.c - the program spanlab-bench: workloads over whatever malloc is.
 *
 * Run by the program spanlab, one process per cell, with the allocator
 * preloaded; also by hand.
 */
#include "harness/probe.h"
#include "harness/program.h"
#include "harness/table.h"

int
main(int argc, char **argv)
{
	static const struct sl_program program = {
	    .what = "workloads of malloc and free over the malloc that answers",
	    .workloads = sl_workload_table,
	    .probe = sl_probe_init,
	};

	return sl_program_main(argc, argv, &program);
}
