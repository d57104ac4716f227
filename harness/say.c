/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * say.c - one line on stderr, under the program's name.
 *
 * Called by the bench programs and by workloads, any thread.
 */
#define _GNU_SOURCE 1
#include "harness/say.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void
say(const char *fmt, va_list ap)
{
	char line[512];
	size_t n;

	snprintf(line, sizeof(line), "%s: ", program_invocation_short_name);
	n = strlen(line);
	vsnprintf(line + n, sizeof(line) - n - 1, fmt, ap);
	n = strlen(line);
	line[n++] = '\n';
	if (write(STDERR_FILENO, line, n) < 0) {
		/* There is nobody left to tell. */
	}
}

void
sl_say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

_Noreturn void
sl_quit(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	_exit(status);
}
