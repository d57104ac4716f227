/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * table.c - the workloads of whole programs, as workloads.def lists them.
 *
 * Read by bench.c.
 */
#include "harness/table.h"

#define SL_WORKLOAD(name, wl, presets) extern const struct sl_workload wl;
#define SL_PUBLISHED(name, wl, presets) extern const struct sl_workload wl;
#define SL_MACHINE(name, wl, presets) extern const struct sl_workload wl;
#define SL_PATTERN(name, wl, presets) extern const struct sl_workload wl;
#define SL_TRACE(name, wl, presets) extern const struct sl_workload wl;
#include "harness/workloads/workloads.def"
#undef SL_WORKLOAD
#undef SL_PUBLISHED
#undef SL_MACHINE
#undef SL_PATTERN
#undef SL_TRACE

#define SL_WORKLOAD(name, wl, presets) {name, &wl, presets, "list"},
#define SL_PUBLISHED(name, wl, presets) {name, &wl, presets, "published"},
#define SL_MACHINE(name, wl, presets) {name, &wl, presets, "machine"},
#define SL_PATTERN(name, wl, presets) {name, &wl, presets, "patterns"},
#define SL_TRACE(name, wl, presets) {name, &wl, presets, "trace"},
const struct sl_workload_entry sl_workload_table[] = {
#include "harness/workloads/workloads.def"
    {NULL, NULL, NULL, NULL},
};
#undef SL_WORKLOAD
#undef SL_PUBLISHED
#undef SL_MACHINE
#undef SL_PATTERN
#undef SL_TRACE
