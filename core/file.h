/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * file.h - files for reports, written without stdio and without malloc.
 *
 * Used by mtrace, mprof, mreport and malloc.  A file is open only inside one of
 * these calls or between sl_file_create and sl_file_close: a program may close
 * all descriptors that it does not know, and open others under their numbers.
 */
#ifndef SL_FILE_H
#define SL_FILE_H

#include <stdbool.h>
#include <stddef.h>

enum { SL_PATH_MAX = 4096 };

/* The absolute path that a name stands for: %p is the number of the process,
 * %% a percent sign.  False: too long, or another letter after %. */
bool sl_file_name(char path[SL_PATH_MAX], const char *name);

struct sl_file {
	int fd;
	bool is_others; /* not to be closed */
	int error;      /* errno of the first failure, or 0 */
	size_t used;
	char buf[1024];
};

/* A new, empty file, or an old one to append to.  Failures are remembered, and
 * what follows does nothing. */
void sl_file_create(struct sl_file *f, const char *path);
void sl_file_append(struct sl_file *f, const char *path);

/* The standard error output, which sl_file_close() leaves open. */
void sl_file_stderr(struct sl_file *f);

void sl_file_put(struct sl_file *f, const void *bytes, size_t n);

/* Formats as sl_format() does, at most 255 bytes. */
void sl_file_say(struct sl_file *f, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Calls use() for all of /proc/self/maps, in parts of up to SL_MAPS_PART. */
enum { SL_MAPS_PART = 1000 };
void sl_file_read_maps(
    void (*use)(const char *part, size_t n, void *arg), void *arg);

/* Returns 0, or errno of the first failure. */
int sl_file_close(struct sl_file *f);

#endif /* SL_FILE_H */
