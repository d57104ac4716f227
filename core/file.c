/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * file.c - reports to files by open, write and close; see file.h.
 * Called by mtrace, mprof, mreport and malloc.
 *
 * The system is called by syscall(), for which there is no cancellation: glibc
 * makes its own write() cancellable at any instruction for as long as it lasts,
 * and a request that comes late ends a thread there even if it has cancellation
 * disabled.
 */
#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/die.h"

/* Append n bytes; false: no room for them and an end. */
static bool
add(char *path, size_t *used, const char *bytes, size_t n)
{
	if (n >= SL_PATH_MAX - *used)
		return false;
	memcpy(path + *used, bytes, n);
	*used += n;
	path[*used] = '\0';
	return true;
}

/* Make the path absolute: the program may change its folder. */
static bool
begin(char *path, size_t *used, const char *name)
{
	*used = 0;
	if (name[0] == '/')
		return true;
	if (getcwd(path, SL_PATH_MAX) == NULL)
		return false;
	*used = strlen(path);
	return add(path, used, "/", 1);
}

bool
sl_file_name(char path[SL_PATH_MAX], const char *name)
{
	char pid[24];
	size_t used;
	bool ok = begin(path, &used, name);

	sl_format(pid, sizeof(pid), "%u", (unsigned)getpid());
	for (const char *c = name; ok && *c != '\0'; c++) {
		if (*c != '%')
			ok = add(path, &used, c, 1);
		else if (*++c == 'p')
			ok = add(path, &used, pid, strlen(pid));
		else
			ok = *c == '%' && add(path, &used, c, 1);
	}
	return ok;
}

static int
open_file(const char *path, int how)
{
	return (int)syscall(SYS_openat, AT_FDCWD, path, how | O_CLOEXEC, 0666);
}

static int
close_file(int fd)
{
	return (int)syscall(SYS_close, fd);
}

static void
start(struct sl_file *f, const char *path, int how)
{
	f->used = 0;
	f->error = 0;
	f->is_others = false;
	f->fd = open_file(path, O_WRONLY | O_CREAT | how);
	if (f->fd < 0)
		f->error = errno;
}

void
sl_file_create(struct sl_file *f, const char *path)
{
	start(f, path, O_TRUNC);
}

void
sl_file_append(struct sl_file *f, const char *path)
{
	start(f, path, O_APPEND);
}

void
sl_file_stderr(struct sl_file *f)
{
	f->used = 0;
	f->error = 0;
	f->is_others = true;
	f->fd = STDERR_FILENO;
}

static void
write_all(struct sl_file *f, const char *bytes, size_t n)
{
	while (n > 0 && f->error == 0) {
		ssize_t done = syscall(SYS_write, f->fd, bytes, n);

		if (done >= 0) {
			bytes += done;
			n -= (size_t)done;
		} else if (errno != EINTR) {
			f->error = errno;
		}
	}
}

static void
flush(struct sl_file *f)
{
	write_all(f, f->buf, f->used);
	f->used = 0;
}

void
sl_file_put(struct sl_file *f, const void *bytes, size_t n)
{
	if (n > sizeof(f->buf) - f->used)
		flush(f);
	if (n > sizeof(f->buf)) {
		write_all(f, bytes, n);
		return;
	}
	memcpy(f->buf + f->used, bytes, n);
	f->used += n;
}

void
sl_file_say(struct sl_file *f, const char *fmt, ...)
{
	char line[256];
	va_list ap;

	va_start(ap, fmt);
	sl_vformat(line, sizeof(line), fmt, ap);
	va_end(ap);
	sl_file_put(f, line, strlen(line));
}

void
sl_file_read_maps(void (*use)(const char *part, size_t n, void *arg), void *arg)
{
	int fd = open_file("/proc/self/maps", O_RDONLY);
	char part[SL_MAPS_PART];
	ssize_t n;

	while (fd >= 0 && (n = syscall(SYS_read, fd, part, sizeof(part))) > 0)
		use(part, (size_t)n, arg);
	if (fd >= 0)
		(void)close_file(fd);
}

int
sl_file_close(struct sl_file *f)
{
	flush(f);
	if (f->fd >= 0 && !f->is_others && close_file(f->fd) != 0 &&
	    f->error == 0)
		f->error = errno;
	return f->error;
}
