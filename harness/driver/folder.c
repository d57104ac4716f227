/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * folder.c - a sweep's folder: made, taken up again, named as the latest.
 *
 * Called by sweep.c and report.c.
 */
#define _GNU_SOURCE
#include "harness/driver/folder.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "harness/driver/file.h"
#include "harness/driver/host.h"

/* "20260131-120000-host-rev": sorts by time, fit for any file system. */
static char *
folder_name(const struct sl_manifest *m)
{
	char date[32], host[33], rev[33];
	time_t now = time(NULL);
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(date, sizeof date, "%Y%m%d-%H%M%S", &tm);
	strncpy(host, sl_json_text(m->host, "hostname"), sizeof host - 1);
	strncpy(rev, m->revision, sizeof rev - 1);
	host[sizeof host - 1] = rev[sizeof rev - 1] = '\0';
	for (char *p = host; *p; p++)
		if (!isalnum((unsigned char)*p))
			*p = '-';
	for (char *p = rev; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr(".+-", *p))
			*p = '-';
	return sl_printf(
	    "%s-%s-%s", date, *host ? host : "host", *rev ? rev : "unknown");
}

/* Creates what is missing of the path and says how much of it that was: the
 * first folder made, or NULL. */
static char *
first_missing(const char *path)
{
	char *at = sl_strdup(path), *missing = NULL, *up;

	while (!sl_dir_exists(at)) {
		free(missing);
		missing = at;
		up = sl_path_dir(at);
		if (!strcmp(up, at)) {
			free(up);
			return missing;
		}
		at = up;
	}
	free(at);
	return missing;
}

void
sl_folder_check(const char *results)
{
	char *at = sl_strdup(results), *up;
	struct stat st;

	while (stat(at, &st) && errno == ENOENT) {
		up = sl_path_dir(at);
		if (!strcmp(up, at)) {
			free(up);
			break;
		}
		free(at);
		at = up;
	}
	if (!stat(at, &st) && !S_ISDIR(st.st_mode))
		errno = ENOTDIR;
	else if (!stat(at, &st) && !access(at, W_OK | X_OK))
		errno = 0;
	if (errno)
		sl_die(SL_EXIT_USAGE,
		    "cannot make a folder for the results in %s: %s: %s",
		    results, at, strerror(errno));
	free(at);
}

/* Takes away the empty folders from `from` up to `first`, both included. */
static void
unmake(const char *from, const char *first)
{
	char *at = sl_strdup(from), *up;

	while (first && strlen(at) >= strlen(first) && rmdir(at) == 0) {
		up = sl_path_dir(at);
		free(at);
		at = up;
	}
	free(at);
}

/* mkdir DIR, DIR/cells and DIR/sweep.json; an errno value. */
static int
populate(const struct sl_manifest *m, const char *dir)
{
	char *cells = sl_printf("%s/cells", dir);
	int err;

	err = mkdir(dir, 0777) ? errno : 0;
	if (err) {
		free(cells);
		return err;
	}
	err = mkdir(cells, 0777) ? errno : 0;
	if (!err)
		err = sl_manifest_write(m, dir);
	if (err) {
		rmdir(cells);
		rmdir(dir);
	}
	free(cells);
	return err;
}

char *
sl_folder_create(struct sl_manifest *m, const char *results)
{
	char *base = folder_name(m), *first = first_missing(results);
	char *dir = NULL;
	int err = sl_dir_make(results);

	m->name = sl_strdup(base);
	if (!err) {
		err = EEXIST;
		for (int i = 2; err == EEXIST && i < 1000; i++) {
			free(dir);
			dir = sl_printf("%s/%s", results, m->name);
			err = populate(m, dir);
			if (err == EEXIST) {
				free(m->name);
				m->name = sl_printf("%s-%d", base, i);
			}
		}
	}
	if (err) {
		unmake(results, first);
		sl_die(err == ENOSPC ? SL_EXIT_CANNOT : SL_EXIT_USAGE,
		    "cannot make a folder for the results in %s: %s", results,
		    strerror(err));
	}
	free(first);
	free(base);
	return dir;
}

void
sl_folder_unmake(const char *dir)
{
	static const char *const parts[] = {"cells", "slurm", "sweep.json", ""};

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		char *path = sl_printf("%s/%s", dir, parts[i]);

		if (remove(path) && errno == ENOTEMPTY) {
			free(path);
			return;
		}
		free(path);
	}
}

void
sl_folder_lock(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* held until the process ends */
	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK)
		sl_die(SL_EXIT_USAGE, "another spanlab is at work in %s", dir);
}

void
sl_folder_tidy(const char *dir)
{
	char *cells = sl_printf("%s/cells", dir);
	DIR *d = opendir(cells);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (strstr(e->d_name, ".json.tmp-"))
			unlinkat(dirfd(d), e->d_name, 0);
	if (d)
		closedir(d);
	free(cells);
}

void
sl_folder_set_latest(const struct sl_manifest *m, const char *dir)
{
	char *real = realpath(dir, NULL), *parent, *base, *link, *why = NULL;
	struct sl_manifest now = {0};
	int err = 0;

	if (!real)
		return;
	parent = sl_path_dir(real);
	base = sl_path_base(real);
	link = sl_printf("%s/latest", parent);
	/* a folder that was renamed or copied away is nobody's latest */
	if (!strcmp(base, m->name) && !(sl_manifest_read(&now, link, &why) &&
					  strcmp(now.started, m->started) > 0))
		err = sl_link_replace(base, link);
	if (err)
		sl_complain(
		    "cannot let %s point to %s: %s", link, base, strerror(err));
	sl_manifest_destroy(&now);
	free(why);
	free(link);
	free(base);
	free(parent);
	free(real);
}
