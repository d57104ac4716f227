/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plot_svg.c - gnuplot's SVG made fit for a page.
 *
 * Called by plot.c.  Titles that a reader can use take the place of
 * gnuplot's; in a page the colours become CSS variables, so that they follow
 * the reader's light or dark mode, and the markers are kept once.
 */
#include "harness/driver/plot_svg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/html.h"
#include "harness/driver/look.h"

/* "--v1" for a colour that the page has a variable for, or NULL. */
static const char *
variable_of(unsigned rgb)
{
	static const struct {
		unsigned rgb;
		const char *key;
	} frame[] = {{SL_PLOT_INK, "ink"}, {SL_PLOT_SOFT, "soft"},
	    {SL_PLOT_GRID, "grid"}, {SL_PLOT_SHADE, "shade"}};

	for (size_t i = 0; i < sizeof frame / sizeof *frame; i++)
		if (frame[i].rgb == rgb)
			return frame[i].key;
	for (size_t i = 0; i < SL_LOOKS; i++)
		if (sl_looks[i].light == rgb)
			return sl_looks[i].key;
	return NULL;
}

/* At "rgb(r, g, b)": its variable, and where it ends; or NULL. */
static const char *
colour_at(const char *s, const char **end)
{
	unsigned r, g, b;
	int n = 0;

	if (sscanf(s, "rgb(%u,%u,%u)%n", &r, &g, &b, &n) < 3 || n == 0)
		return NULL;
	*end = s + n;
	return variable_of(r << 16 | g << 8 | b);
}

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

/* True if `s` begins with `what`; then skips it. */
static bool
skip(const char **s, const char *what)
{
	size_t n = strlen(what);

	if (strncmp(*s, what, n))
		return false;
	*s += n;
	return true;
}

/* Copies the drawing with other titles and, in a page, other colours. */
static void
body(struct sl_text *t, const char *svg, const struct sl_plot_words *w,
    bool page)
{
	const char *s = body_of(svg), *end, *name;

	while (*s) {
		if (!strncmp(s, "<title>", 7)) {
			name = series_title(s, w);
			end = strstr(s, "</title>");
			if (name) {
				sl_text_add(t, "<title>");
				sl_html_text(t, name);
				sl_text_add(t, "</title>");
			}
			s = end ? end + 8 : s + strlen(s);
		} else if (!strncmp(s, " id=\"", 5)) {
			/* not needed, and not unique in a page */
			s += 5 + strcspn(s + 5, "\"");
			s += *s == '"';
		} else if (page && !strncmp(s, "<defs>", 6)) {
			end = strstr(s, "</defs>");
			s = end ? end + 7 : s + strlen(s);
		} else if (page && skip(&s, " color=\"black\"")) {
			continue; /* let the page's colour through */
		} else if (page && (name = colour_at(s, &end))) {
			sl_text_addf(t, "var(--%s)", name);
			s = end;
		} else if (page && !strncmp(s, "\"black\"", 7)) {
			sl_text_add(t, "\"currentColor\"");
			s += 7;
		} else if (page && !strncmp(s, "'black'", 7)) {
			sl_text_add(t, "'currentColor'");
			s += 7;
		} else {
			size_t n = 1 + strcspn(s + 1, "<\"' r");

			sl_text_add_n(t, s, n);
			s += n;
		}
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
	body(&t, svg, w, false);
	return t.s;
}

char *
sl_plot_svg_inner(const char *svg, const struct sl_plot_words *w)
{
	struct sl_text t = {0};

	head(&t, svg, w);
	body(&t, svg, w, true);
	return t.s;
}

char *
sl_plot_svg_markers(const char *svg)
{
	const char *from = strstr(svg, "<defs>");
	const char *to = from ? strstr(from, "</defs>") : NULL;

	return to ? sl_printf("%.*s</defs>", (int)(to - from), from)
		  : sl_strdup("");
}
