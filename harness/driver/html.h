/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * html.h - text into HTML and SVG, with nothing in it that could be markup.
 *
 * Used by the page and the plots.
 */
#ifndef SL_DRIVER_HTML_H
#define SL_DRIVER_HTML_H

#include "harness/driver/util.h"

/* Escaped, fit for element content and for attributes in double quotes;
 * bytes that are not UTF-8 and control characters become U+FFFD. */
void sl_html_text(struct sl_text *t, const char *s);

/* Formats, then escapes. */
void sl_html_textf(struct sl_text *t, const char *fmt, ...) SL_PRINTF(2, 3);

#endif /* SL_DRIVER_HTML_H */
