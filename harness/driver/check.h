/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * check.h - whether the files of a sweep's folder are what spanlab writes.
 *
 * Used by main.c; the rest is between check.c and the files of its name.
 */
#ifndef SL_DRIVER_CHECK_H
#define SL_DRIVER_CHECK_H

#include <jansson.h>

#include "harness/driver/manifest.h"

/* The command `spanlab check`. */
int sl_check(int argc, char **argv);

/* What a file has, as it was read; false with one line in `why`. */
bool sl_check_plan(json_t *root, char *why, size_t why_len);
bool sl_check_good(const struct sl_plan *p, const struct sl_cell *c,
    json_t *root, char *why, size_t why_len);
bool sl_check_failed(const struct sl_plan *p, const struct sl_cell *c,
    json_t *root, char *why, size_t why_len);
bool sl_check_instructions(const struct sl_plan *p, size_t workload,
    size_t allocator, json_t *root, char *why, size_t why_len);

#endif /* SL_DRIVER_CHECK_H */
