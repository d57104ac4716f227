/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * paper_figures.c - reads a block `figure` of the file `claims`.
 *
 * Called by paper_claims.c.
 */
#include <stdlib.h>
#include <string.h>

#include "harness/driver/paper_point.h"

/* "LABEL: REST"; NULL if there is no colon and a blank. */
static const char *
label(const char *s, char **out)
{
	const char *colon = strstr(s, ": ");

	if (!colon || colon == s)
		return NULL;
	*out = sl_printf("%.*s", (int)(colon - s), s);
	return colon + 2;
}

static bool
read_line(struct sl_paper *p, struct sl_figure *g, const struct sl_blocks *b,
    const struct sl_field *f, struct sl_refusal *why)
{
	const struct sl_expr_names names = {p, sl_paper_find};
	struct sl_line l = {.is_published = !strcmp(f->key, "published")};
	const char *rest = label(f->value, &l.label);
	char reason[300] = "";
	bool good;

	if (!rest)
		return sl_refuse(
		    why, b, f->line, "%s is LABEL: and its points", f->key);
	if (l.is_published)
		good = sl_paper_read_pairs(b, f, rest, &l.curve, why);
	else
		good = sl_expr_read_curve(
			   rest, &names, &l.curve, reason, sizeof reason) ||
		       sl_refuse(why, b, f->line, "%s", reason);
	g->lines = sl_realloc(g->lines, (g->n + 1) * sizeof *g->lines);
	g->lines[g->n++] = l;
	return good;
}

/* "ns/op" of what is measured. */
static bool
read_unit(struct sl_figure *g, const struct sl_blocks *b,
    const struct sl_field *f, struct sl_refusal *why)
{
	struct sl_unit u;

	if (!sl_unit_parse(f->value, &u, &g->unit_scale))
		return sl_refuse(why, b, f->line,
		    "'%.20s' is no unit; there are: %s", f->value,
		    sl_unit_list());
	g->unit_name = sl_strdup(f->value);
	for (size_t i = 0; i < g->n; i++)
		if (!g->lines[i].is_published &&
		    !sl_unit_same(g->lines[i].curve.unit, u))
			return sl_refuse(why, b, f->line,
			    "the unit %s does not fit '%s', which is in %s",
			    f->value, g->lines[i].label,
			    sl_unit_name(g->lines[i].curve.unit));
	return true;
}

static char *
value_of(const struct sl_block *block, const char *key)
{
	const struct sl_field *f = sl_block_field(block, key);

	return sl_strdup(f ? f->value : "");
}

bool
sl_paper_read_figure(struct sl_paper *p, const struct sl_blocks *b,
    const struct sl_block *block, struct sl_refusal *why)
{
	struct sl_figure *g;
	bool good = sl_block_check(b, block,
	    "title source x scale unit published-unit published measured",
	    "title source x unit published-unit published measured",
	    "published measured", why);

	if (good && !sl_name_valid(block->rest))
		good = sl_refuse(why, b, block->line,
		    "'%.40s' is no name of a figure", block->rest);
	if (!good)
		return false;
	p->figures =
	    sl_realloc(p->figures, (p->nfigures + 1) * sizeof *p->figures);
	g = &p->figures[p->nfigures++];
	*g = (struct sl_figure){.id = sl_strdup(block->rest),
	    .title = value_of(block, "title"),
	    .source = value_of(block, "source"),
	    .x_label = value_of(block, "x"),
	    .published_y_label = value_of(block, "published-unit")};
	if (sl_block_field(block, "scale")) {
		g->is_log_x =
		    !strcmp(sl_block_field(block, "scale")->value, "log");
		if (!g->is_log_x)
			return sl_refuse(why, b,
			    sl_block_field(block, "scale")->line,
			    "scale is 'log', or is left out");
	}
	for (size_t i = 0; good && i < block->n; i++)
		if (!strcmp(block->fields[i].key, "published") ||
		    !strcmp(block->fields[i].key, "measured"))
			good = read_line(p, g, b, &block->fields[i], why);
	return good && read_unit(g, b, sl_block_field(block, "unit"), why);
}
