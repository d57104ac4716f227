/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options_early.c - the environment before the C library knows it.
 * Called by options.c.
 *
 * A malloc may come before the C library's constructor has set `environ`: that
 * of a sanitizer's runtime, or of a program's .preinit_array.  The kernel tells
 * it at all times.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "core/options.h"

/* One variable after the other comes by; the wanted one's value is kept. */
struct search {
	const char *name; /* with its = */
	size_t matched;   /* characters of the name that were met */
	bool is_other;    /* not this variable */
	char *value;
	size_t n, len;
};

/* True: all of the value is there. */
static bool
step(struct search *s, char c)
{
	if (s->name[s->matched] == '\0' && !s->is_other) {
		if (s->n < s->len)
			s->value[s->n++] = c;
		return c == '\0';
	}
	if (c == '\0') {
		s->matched = 0;
		s->is_other = false;
	} else if (s->is_other || c != s->name[s->matched++]) {
		s->is_other = true;
	}
	return false;
}

const char *
sl_options_early(const char *name, char *value, size_t len)
{
	struct search s = {.name = name, .value = value, .len = len};
	bool found = false;
	char buf[512];
	ssize_t n = 0;
	int fd;

	if (getauxval(AT_SECURE) != 0)
		return NULL;
	fd = open("/proc/self/environ", O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && !found && (n = read(fd, buf, sizeof(buf))) > 0)
		for (ssize_t i = 0; i < n && !found; i++)
			found = step(&s, buf[i]);
	if (fd >= 0)
		close(fd);
	return found && value[s.n - 1] == '\0' ? value : NULL;
}
