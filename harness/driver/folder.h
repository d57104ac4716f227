/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * folder.h - a sweep's folder: made, taken up again, named as the latest.
 *
 * Used by sweep.c and report.c.
 */
#ifndef SL_DRIVER_FOLDER_H
#define SL_DRIVER_FOLDER_H

#include "harness/driver/manifest.h"

/* Exits with a clear line if RESULTS can be seen to be unwritable. */
void sl_folder_check(const char *results);

/* Makes RESULTS/<date>-<host>-<rev>/ with its sweep.json and sets m->name;
 * on failure exits with a clear line, and nothing is left behind. */
char *sl_folder_create(struct sl_manifest *m, const char *results);

/* Takes it away again, as long as there is no cell in it. */
void sl_folder_unmake(const char *dir);

/* Alone in the folder until the process ends; exits if somebody else is. */
void sl_folder_lock(const char *dir);

/* Half-written files of a driver that was killed. */
void sl_folder_tidy(const char *dir);

/* Lets DIR/../latest point to DIR, unless it points to a sweep that began
 * later. */
void sl_folder_set_latest(const struct sl_manifest *m, const char *dir);

#endif /* SL_DRIVER_FOLDER_H */
