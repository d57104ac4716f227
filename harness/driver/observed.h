/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * observed.h - whether what a bench says it observed is as spanlab(1) has it.
 *
 * Used by cell_run.c, before a cell's result may stand: a report reads these
 * files later, and others' programs do.
 */
#ifndef SL_DRIVER_OBSERVED_H
#define SL_DRIVER_OBSERVED_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "harness/driver/options.h"

/* False with one line in `why`: what is missing or cannot be. */
bool sl_observed_valid(const json_t *observed, const struct sl_observe *asked,
    unsigned threads, char *why, size_t why_len);

#endif /* SL_DRIVER_OBSERVED_H */
