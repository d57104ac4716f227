/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * file.c - files that are there whole or not at all, and paths.
 *
 * Called by the driver's rooms that read or write.
 */
#define _GNU_SOURCE
#include "harness/driver/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int
write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

int
sl_file_write(const char *path, const char *data, size_t len)
{
	char *temp = sl_printf("%s.tmp-%ld", path, (long)getpid());
	int fd, err;

	fd = open(temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0) {
		err = errno;
		free(temp);
		return err;
	}
	err = write_all(fd, data, len);
	if (!err && fsync(fd))
		err = errno;
	if (close(fd) && !err)
		err = errno;
	if (!err && rename(temp, path))
		err = errno;
	if (err)
		unlink(temp);
	free(temp);
	return err;
}

void
sl_file_write_or_die(const char *path, const char *text)
{
	int err = sl_file_write(path, text, strlen(text));

	if (err)
		sl_die(
		    SL_EXIT_CANNOT, "cannot write %s: %s", path, strerror(err));
}

int
sl_file_write_durable(const char *path, const char *data, size_t len)
{
	int err = sl_file_write(path, data, len), fd;
	char *dir;

	if (err)
		return err;
	dir = sl_path_dir(path);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(dir);
	if (fd < 0)
		return 0; /* the file is there; only its haste is lost */
	fsync(fd);
	close(fd);
	return 0;
}

char *
sl_fd_read(int fd, size_t *len)
{
	struct sl_text t = {0};
	char buf[65536];
	off_t at = 0;
	ssize_t n;

	sl_text_add(&t, "");
	while ((n = pread(fd, buf, sizeof buf, at)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			sl_text_destroy(&t);
			return NULL;
		}
		sl_text_add_n(&t, buf, (size_t)n);
		at += n;
	}
	if (len)
		*len = t.len;
	return t.s;
}

char *
sl_file_read(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;
	char *s;

	if (fd < 0)
		return NULL;
	s = sl_fd_read(fd, len);
	err = errno;
	close(fd);
	errno = err;
	return s;
}

char *
sl_file_first_line(const char *path)
{
	char *s = sl_file_read(path, NULL);

	if (s)
		s[strcspn(s, "\n")] = '\0';
	return s;
}

bool
sl_file_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

bool
sl_dir_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int
sl_dir_make(const char *path)
{
	char *parent;
	int err = 0;

	if (mkdir(path, 0777) == 0 || sl_dir_exists(path))
		return 0;
	if (errno != ENOENT)
		return errno == EEXIST ? ENOTDIR : errno;
	parent = sl_path_dir(path);
	if (!strcmp(parent, path))
		err = ENOENT;
	else
		err = sl_dir_make(parent);
	free(parent);
	if (!err && mkdir(path, 0777))
		err = errno;
	return err;
}

int
sl_link_replace(const char *target, const char *link)
{
	char *temp = sl_printf("%s.tmp-%ld", link, (long)getpid());
	int err = 0;

	unlink(temp);
	if (symlink(target, temp) || rename(temp, link)) {
		err = errno;
		unlink(temp);
	}
	free(temp);
	return err;
}

void
sl_file_digest(const char *path, char hex[17])
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	size_t len;
	char *s = sl_file_read(path, &len);

	hex[0] = '\0';
	if (!s)
		return;
	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)s[i]) * UINT64_C(0x100000001b3);
	snprintf(hex, 17, "%016llx", (unsigned long long)h);
	free(s);
}

/* The length of path without slashes at its end. */
static size_t
trimmed(const char *path)
{
	size_t n = strlen(path);

	while (n > 1 && path[n - 1] == '/')
		n--;
	return n;
}

char *
sl_path_dir(const char *path)
{
	size_t n = trimmed(path);

	while (n > 0 && path[n - 1] != '/')
		n--;
	if (n == 0)
		return sl_strdup(".");
	while (n > 1 && path[n - 1] == '/')
		n--;
	return sl_printf("%.*s", (int)n, path);
}

char *
sl_path_base(const char *path)
{
	size_t end = trimmed(path), start = end;

	while (start > 0 && path[start - 1] != '/')
		start--;
	return sl_printf("%.*s", (int)(end - start), path + start);
}
