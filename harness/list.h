/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * list.h - what --list, --list-json and --whoami print.
 *
 * Called by the main thread of a bench program.
 */
#ifndef SL_LIST_H
#define SL_LIST_H

#include "harness/workload.h"

/* For people. */
void sl_list_table(const struct sl_workload_entry *table);

/* For the program spanlab: an array of objects. */
void sl_list_json(const struct sl_workload_entry *table);
/* One of these objects, with the values that it would run with. */
void sl_list_json_entry(
    const struct sl_workload_entry *e, const struct sl_param_values *v);

/* The same: which malloc answers.  After sl_probe_init(). */
void sl_list_whoami(void);

#endif /* SL_LIST_H */
