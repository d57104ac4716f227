/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * export.h - a sweep as data.csv and results.md.
 *
 * Used by report.c and costs.
 */
#ifndef SL_DRIVER_EXPORT_H
#define SL_DRIVER_EXPORT_H

#include "harness/driver/results.h"

/* One row per cell, every number the bench gave.  The caller frees both. */
char *sl_export_csv(const struct sl_results *r);
/* The medians by workload, as Markdown tables. */
char *sl_export_markdown(const struct sl_results *r);

/* What other Markdown files of a sweep share: the sweep's name and machine, a
 * text that Markdown takes as it is, who ran with which options. */
void sl_export_markdown_head(struct sl_text *t, const struct sl_results *r);
void sl_export_markdown_text(struct sl_text *t, const char *s);
void sl_export_markdown_options(
    struct sl_text *t, const struct sl_allocators *l);

#endif /* SL_DRIVER_EXPORT_H */
