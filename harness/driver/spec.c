/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spec.c - an allocator as the user writes it.
 *
 * Called by pick, plan, manifest and the page.
 */
#include "harness/driver/spec.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/util.h"

/* What comes behind the colon is at most so long: it is in file names. */
enum { OPTIONS_MAX = 100 };

#define LETTERS "abcdefghijklmnopqrstuvwxyz"
#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

static const char default_word[] = "default";

/* "hold=0": a name, and a value that may be in the name of a file. */
static bool
is_assignment(const char *s, size_t len)
{
	size_t name = strspn(s, LETTERS DIGITS "-");
	size_t value;

	if (name == 0 || name >= len || s[name] != '=')
		return false;
	value = strspn(s + name + 1, LETTERS CAPITALS DIGITS "._-");
	return value > 0 && name + 1 + value == len;
}

/* "hold=0+relink=5", or "default". */
static bool
options_valid(const char *s)
{
	size_t n;

	if (strlen(s) > OPTIONS_MAX)
		return false;
	if (!strcmp(s, default_word))
		return true;
	for (;; s += n + 1) {
		n = strcspn(s, "+");
		if (!is_assignment(s, n))
			return false;
		if (s[n] == '\0')
			return true;
	}
}

char *
sl_spec_base(const char *series)
{
	return sl_printf("%.*s", (int)strcspn(series, ":"), series);
}

bool
sl_spec_series_valid(const char *series)
{
	const char *colon = strchr(series, ':');
	char *base = sl_spec_base(series);
	bool good = sl_name_valid(base) && (!colon || options_valid(colon + 1));

	free(base);
	return good;
}

/* From "hold=0+relink=5" to "hold=0,relink=5". */
static char *
assignments(const char *options)
{
	char *s = sl_strdup(strcmp(options, default_word) ? options : "");

	for (char *p = s; (p = strchr(p, '+'));)
		*p = ',';
	return s;
}

bool
sl_spec_parse(const char *text, struct sl_spec *out, char *why, size_t why_len)
{
	size_t name = strcspn(text, "=:");
	const char *colon = strchr(text, ':');

	*out = (struct sl_spec){.base = sl_printf("%.*s", (int)name, text)};
	if (!sl_name_valid(out->base)) {
		snprintf(why, why_len,
		    "'%.80s' is not a name (letters, digits and ._+- only, "
		    "at most 64)",
		    out->base);
		return false;
	}
	if (text[name] == '=')
		out->path = sl_printf("%.*s",
		    (int)strcspn(text + name + 1, ":"), text + name + 1);
	if (colon && !options_valid(colon + 1)) {
		snprintf(why, why_len,
		    "%.80s: '%.80s' is not OPTION=VALUE, or several with a + "
		    "between them, or 'default'",
		    out->base, colon + 1);
		return false;
	}
	if (colon)
		out->options = assignments(colon + 1);
	out->series = sl_printf("%s%s", out->base, colon ? colon : "");
	return true;
}

void
sl_spec_destroy(struct sl_spec *s)
{
	free(s->series);
	free(s->base);
	free(s->path);
	free(s->options);
	*s = (struct sl_spec){0};
}

bool
sl_spec_options_valid(const char *options)
{
	return strlen(options) < 4096 && strspn(options, LETTERS CAPITALS DIGITS
					     "=,./_+:%@~-") == strlen(options);
}

/* Whether a list has an assignment to that name. */
static bool
assigns(const char *list, const char *name, size_t len)
{
	for (; *list; list += strcspn(list, ","), list += *list == ',')
		if (!strncmp(list, name, len) && list[len] == '=')
			return true;
	return false;
}

char *
sl_spec_merge(const char *under, const char *over)
{
	struct sl_text t = {0};
	size_t n;

	sl_text_add(&t, "");
	for (; *under; under += n, under += *under == ',') {
		n = strcspn(under, ",");
		if (assigns(over, under, strcspn(under, "=,")))
			continue;
		sl_text_add(&t, t.len ? "," : "");
		sl_text_add_n(&t, under, n);
	}
	if (*over)
		sl_text_add(&t, t.len ? "," : "");
	sl_text_add(&t, over);
	return t.s;
}

bool
sl_spec_has_options(const char *all, const char *some)
{
	size_t n;

	for (; *some; some += n, some += *some == ',') {
		const char *at = all;

		n = strcspn(some, ",");
		while (*at && (strcspn(at, ",") != n || strncmp(at, some, n))) {
			at += strcspn(at, ",");
			at += *at == ',';
		}
		if (n && !*at)
			return false;
	}
	return true;
}
