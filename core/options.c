/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options.c - reads SPANLAB_OPTIONS; see options.h.  Called by mthread.
 */
#include "core/options.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"

struct sl_options sl_options = {
    .relink_percent = 20,
    .keep_pages = 1024, /* 8 MiB */
    .hold_pages = 32,   /* 256 KiB */
};

static const struct option {
	const char *name;
	unsigned *value;
	unsigned max;
} known[] = {
    {"relink", &sl_options.relink_percent, 100},
    {"keep-pages", &sl_options.keep_pages, 1u << 20},
    {"hold", &sl_options.hold_pages, 1u << 20},
    {"clobber", &sl_options.clobber, 1},
};

static const char names[] =
    "relink=0..100, keep-pages=0..1048576, hold=0..1048576, clobber=0..1";

/* Digits up to a comma or the end; false: something else, or too large. */
static bool
parse_number(const char **text, unsigned max, unsigned *value)
{
	const char *p = *text;
	unsigned long v = 0;

	if (*p < '0' || *p > '9')
		return false;
	for (; *p >= '0' && *p <= '9'; p++) {
		v = v * 10 + (unsigned long)(*p - '0');
		if (v > max)
			return false;
	}
	if (*p != ',' && *p != '\0')
		return false;
	*value = (unsigned)v;
	*text = *p == ',' ? p + 1 : p;
	return true;
}

static bool
parse_one(const char **text)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		size_t n = strlen(known[i].name);
		const char *p = *text + n + 1;

		if (strncmp(*text, known[i].name, n) != 0 || (*text)[n] != '=')
			continue;
		if (!parse_number(&p, known[i].max, known[i].value))
			return false;
		*text = p;
		return true;
	}
	return false;
}

void
sl_options_init(void)
{
	const char *text = getenv("SPANLAB_OPTIONS");

	while (text != NULL && *text != '\0') {
		if (!parse_one(&text))
			sl_throw("SPANLAB_OPTIONS: cannot read '%s'; it takes "
				 "%s",
			    text, names);
	}
	if (sl_options.clobber != 0)
		sl_options.hooks |= SL_HOOK_CLOBBER;
}
