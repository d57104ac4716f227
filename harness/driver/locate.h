/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * locate.h - where the bench program and the allocators' libraries are.
 *
 * Used by allocators.c and workloads.c.
 */
#ifndef SL_DRIVER_LOCATE_H
#define SL_DRIVER_LOCATE_H

#include "harness/driver/util.h"

/* Folders to look in, best first: the environment's, the build tree around
 * the running program, the installed place. */
void sl_locate_bench_dirs(struct sl_names *dirs);
void sl_locate_variant_dirs(struct sl_names *dirs);
/* ... and where the system keeps its libraries. */
void sl_locate_system_dirs(struct sl_names *dirs);

/* The first of the folders that has the file, as an absolute path; or NULL. */
char *sl_locate_in(const struct sl_names *dirs, const char *file);

/* spanlab-bench, or exit with a message that says where it was sought. */
char *sl_locate_bench(void);

#endif /* SL_DRIVER_LOCATE_H */
