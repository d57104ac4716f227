/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * html.c - text into HTML and SVG, with nothing in it that could be markup.
 *
 * Called by the page and the plots.
 */
#define _GNU_SOURCE
#include "harness/driver/html.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* The length of the UTF-8 sequence at s, or 0 if there is none. */
static size_t
sequence(const unsigned char *s)
{
	size_t n = s[0] < 0x80                   ? 1
		   : s[0] >= 0xc2 && s[0] < 0xe0 ? 2
		   : s[0] >= 0xe0 && s[0] < 0xf0 ? 3
		   : s[0] >= 0xf0 && s[0] < 0xf5 ? 4
						 : 0;

	for (size_t i = 1; i < n; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	/* overlong forms, surrogates, beyond U+10FFFF */
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return n;
}

void
sl_html_text(struct sl_text *t, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	sl_text_add(t, "");
	while (*s) {
		size_t n = sequence(s);

		if (*s == '&')
			sl_text_add(t, "&amp;");
		else if (*s == '<')
			sl_text_add(t, "&lt;");
		else if (*s == '>')
			sl_text_add(t, "&gt;");
		else if (*s == '"')
			sl_text_add(t, "&quot;");
		else if (*s == '\'')
			sl_text_add(t, "&#39;");
		else if (n == 0 || *s == 0x7f ||
			 (*s < 0x20 && *s != '\n' && *s != '\t'))
			sl_text_add(t, "\xef\xbf\xbd");
		else
			sl_text_add_n(t, (const char *)s, n);
		s += n ? n : 1;
	}
}

void
sl_html_textf(struct sl_text *t, const char *fmt, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (n < 0)
		sl_die(SL_EXIT_CANNOT, "out of memory");
	sl_html_text(t, s);
	free(s);
}
