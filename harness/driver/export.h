/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * export.h - a sweep as data.csv and results.md.
 *
 * Used by report.c.
 */
#ifndef SL_DRIVER_EXPORT_H
#define SL_DRIVER_EXPORT_H

#include "harness/driver/results.h"

/* One row per cell, every number the bench gave.  The caller frees both. */
char *sl_export_csv(const struct sl_results *r);
/* The medians by workload, as Markdown tables. */
char *sl_export_markdown(const struct sl_results *r);

#endif /* SL_DRIVER_EXPORT_H */
