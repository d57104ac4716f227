/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * file.h - files that are there whole or not at all, and paths.
 *
 * Used by the driver's rooms.  Functions that can fail return an errno value,
 * 0 for success, unless they say otherwise, and leave no half file behind.
 */
#ifndef SL_DRIVER_FILE_H
#define SL_DRIVER_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/driver/util.h"

/* Writes a temporary file beside `path`, syncs it, renames it. */
int sl_file_write(const char *path, const char *data, size_t len);
/* A text; exits with a line that names the file if it cannot. */
void sl_file_write_or_die(const char *path, const char *text);
/* As sl_file_write() with the folder entry synced too: for what must survive a
 * crash of the machine. */
int sl_file_write_durable(const char *path, const char *data, size_t len);

/* The whole file, terminated; NULL with errno. */
char *sl_file_read(const char *path, size_t *len);
/* What a descriptor holds, from its beginning; NULL with errno. */
char *sl_fd_read(int fd, size_t *len);
/* The first line of a small file (as in /proc), or NULL. Caller frees. */
char *sl_file_first_line(const char *path);

bool sl_file_exists(const char *path);
bool sl_dir_exists(const char *path);
/* mkdir -p. */
int sl_dir_make(const char *path);

/* `link` points to `target` from one moment to the next. */
int sl_link_replace(const char *target, const char *link);

/* FNV-1a of the content as 16 hex digits; "" if it cannot be read. */
void sl_file_digest(const char *path, char hex[17]);

/* The folder part, the last part.  The caller frees. */
char *sl_path_dir(const char *path);
char *sl_path_base(const char *path);

#endif /* SL_DRIVER_FILE_H */
