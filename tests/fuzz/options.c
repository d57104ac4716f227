/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options.c - fuzz target: the reader of SPANLAB_OPTIONS.  Run by libFuzzer or
 * by replay.c.
 *
 * Whatever the text is, it is either refused with one line of our own, or
 * each option has a value that it takes; and then sl_options_text() gives a
 * text that is read as the same.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/target.h"

static char text_now[4096];
static jmp_buf refused;

static _Noreturn void
leave(int status)
{
	longjmp(refused, status + 1);
}

/* The source itself: with our environment, and an end that can be survived. */
#define secure_getenv(name) (text_now)
#define _exit(status) leave(status)
#include "core/options.c"
#include "core/options_early.c"
#undef _exit
#undef secure_getenv

static _Noreturn void
wrong(const char *what)
{
	fprintf(stderr, "options: %s, after '%s'\n", what, text_now);
	abort();
}

/* Those of die.c, which would end the process. */
_Noreturn void
sl_throw(const char *fmt, ...)
{
	char line[8192];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (strncmp(line, "SPANLAB_OPTIONS: ", 17) != 0)
		wrong("a message that is none of ours");
	leave(1);
}

void
sl_warn(const char *fmt, ...)
{
	(void)fmt; /* a line of the help */
}

void
sl_format(char *buf, unsigned long len, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, len, fmt, ap);
	va_end(ap);
}

static bool
read_text(void)
{
	memset(&sl_options, 0, sizeof(sl_options));
	if (setjmp(refused) != 0)
		return false;
	sl_options_init();
	return true;
}

static void
check_values(void)
{
	for (unsigned i = 0; i < NOPTIONS; i++) {
		const struct option *o = &table[i];
		unsigned nwords = 0;

		if (o->path != NULL) {
			if (memchr(o->path, 0, MAX_PATH) == NULL)
				wrong("a path without an end");
			continue;
		}
		while (o->words != NULL && o->words[nwords] != NULL)
			nwords++;
		if (nwords > 0 && *o->number >= nwords)
			wrong("a word that is not on the list");
		if (nwords == 0 &&
		    (*o->number < o->low || *o->number > o->high))
			wrong("a number outside of its range");
	}
}

static void
check_text(bool all)
{
	static char again[sizeof(text_now)];
	unsigned hooks = sl_options.hooks;
	size_t n = sl_options_text(all, text_now, sizeof(text_now));

	if (n != strlen(text_now) || n >= sizeof(text_now))
		wrong("a text of another length");
	if (!read_text())
		wrong("a text that is not read again");
	sl_options_text(all, again, sizeof(again));
	if (strcmp(again, text_now) != 0 || sl_options.hooks != hooks)
		wrong("a text that is read as something else");
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n = size < sizeof(text_now) ? size : sizeof(text_now) - 1;

	if (n > 0)
		memcpy(text_now, data, n);
	text_now[n] = '\0';
	if (!read_text())
		return 0;
	check_values();
	check_text(true);
	check_text(false);
	return 0;
}
