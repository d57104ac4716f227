/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plot_svg.c - gnuplot's SVG made fit for readers.
 *
 * Called by plot.c and map_plot.c.  Titles that a reader can use take the
 * place of gnuplot's.
 */
#include "harness/driver/plot_svg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/html.h"

/* After "<title>": the title of gnuplot's N-th plot, or NULL. */
static const char *
series_title(const char *s, const struct sl_plot_words *w)
{
	unsigned n;
	int used = 0;

	if (sscanf(s, "<title>plot_plot_%u</title>%n", &n, &used) < 1 ||
	    used == 0 || n < 1 || (n - 1) / 2 >= w->series->n)
		return NULL;
	return w->series->v[(n - 1) / 2];
}

/* Where the drawing itself begins: after gnuplot's own title. */
static const char *
body_of(const char *svg)
{
	const char *canvas = strstr(svg, "<g id=\"gnuplot_canvas\">");

	return canvas ? canvas : "";
}

static void
head(struct sl_text *t, const char *svg, const struct sl_plot_words *w)
{
	const char *box = strstr(svg, "viewBox=\"");

	sl_text_add(t, "<svg ");
	if (box)
		sl_text_add_n(t, box, strcspn(box + 9, "\"") + 10);
	sl_text_add(t,
	    " xmlns=\"http://www.w3.org/2000/svg\""
	    " xmlns:xlink=\"http://www.w3.org/1999/xlink\" role=\"img\">\n"
	    "<title>");
	sl_html_text(t, w->title);
	sl_text_add(t, "</title>\n<desc>");
	sl_html_text(t, w->description);
	sl_text_add(t, "</desc>\n");
}

/* Copies the drawing with other titles. */
static void
body(struct sl_text *t, const char *svg, const struct sl_plot_words *w)
{
	const char *s = body_of(svg), *end, *name;

	while (*s) {
		size_t n = 1 + strcspn(s + 1, "<");

		if (strncmp(s, "<title>", 7)) {
			sl_text_add_n(t, s, n);
			s += n;
			continue;
		}
		name = series_title(s, w);
		end = strstr(s, "</title>");
		if (name) {
			sl_text_add(t, "<title>");
			sl_html_text(t, name);
			sl_text_add(t, "</title>");
		}
		s = end ? end + 8 : s + strlen(s);
	}
}

char *
sl_plot_svg_file(const char *svg, const struct sl_plot_words *w)
{
	struct sl_text t = {0};

	sl_text_add(&t, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
	head(&t, svg, w);
	sl_text_add(
	    &t, "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
	body(&t, svg, w);
	return t.s;
}
