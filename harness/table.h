/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * table.h - the workloads of whole programs, as workloads.def lists them.
 *
 * Used by bench.c.
 */
#ifndef SL_TABLE_H
#define SL_TABLE_H

#include "harness/workload.h"

/* The last entry has no name. */
extern const struct sl_workload_entry sl_workload_table[];

#endif /* SL_TABLE_H */
