/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * paper_claims.c - reads the file `claims` of a publication.
 *
 * Called by paper.c.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/paper_point.h"

struct reader {
	struct sl_paper *p;
	const struct sl_blocks *b;
	struct sl_refusal *why;
};

/* "0.16": a number and nothing else. */
static bool
number(const char *s, double *v)
{
	char *end;

	*v = strtod(s, &end);
	return end != s && !*end && isfinite(*v);
}

/* Its unit is the claim's. */
static bool
read_unit(struct reader *r, struct sl_claim *c, const struct sl_field *f,
    const char *name)
{
	if (!sl_unit_parse(name, &c->unit, &c->unit_scale))
		return sl_refuse(r->why, r->b, f->line,
		    "'%.20s' is no unit; there are: %s", name, sl_unit_list());
	if (!sl_unit_same(c->unit, c->value->unit))
		return sl_refuse(r->why, r->b, f->line,
		    "the unit %s does not fit what is measured, which is in "
		    "%s",
		    name, sl_unit_name(c->value->unit));
	c->unit_name = sl_strdup(name);
	return true;
}

/* "1.6 .. 2.0 x", ">= 4 x" or "<= 30 %". */
static bool
read_expect(struct reader *r, struct sl_claim *c, const struct sl_field *f)
{
	struct sl_names w = {0};
	bool good = false;
	double a = NAN, b = NAN;

	sl_words(&w, f->value);
	c->lo = -INFINITY;
	c->hi = INFINITY;
	if (w.n == 4 && !strcmp(w.v[1], "..") && number(w.v[0], &a) &&
	    number(w.v[2], &b) && a < b) {
		c->lo = a;
		c->hi = b;
		good = read_unit(r, c, f, w.v[3]);
	} else if (w.n == 3 && !strcmp(w.v[0], ">=") && number(w.v[1], &a)) {
		c->lo = a;
		good = read_unit(r, c, f, w.v[2]);
	} else if (w.n == 3 && !strcmp(w.v[0], "<=") && number(w.v[1], &b)) {
		c->hi = b;
		good = read_unit(r, c, f, w.v[2]);
	} else {
		sl_refuse(r->why, r->b, f->line,
		    "expect is LEAST .. MOST UNIT, >= LEAST UNIT or <= MOST "
		    "UNIT, not '%.60s'",
		    f->value);
	}
	c->lo *= c->unit_scale;
	c->hi *= c->unit_scale;
	c->expects = sl_strdup(f->value);
	sl_names_destroy(&w);
	return good;
}

/* "0.16 x, of 8006 and 50262"; or words alone, which begin with no digit. */
static bool
read_published(struct reader *r, struct sl_claim *c, const struct sl_field *f)
{
	struct sl_names w = {0};
	struct sl_unit unit;
	bool good = true;
	double scale;

	c->published = sl_strdup(f->value);
	c->published_value = NAN;
	sl_words(&w, f->value);
	if (strchr("-.0123456789", *f->value)) {
		if (w.n > 1)
			w.v[1][strcspn(w.v[1], ",;")] = '\0';
		if (w.n < 2 || !number(w.v[0], &c->published_value) ||
		    !sl_unit_parse(w.v[1], &unit, &scale))
			good = sl_refuse(r->why, r->b, f->line,
			    "published is VALUE UNIT[, more], or words");
		else if (!sl_unit_same(unit, c->unit))
			good = sl_refuse(r->why, r->b, f->line,
			    "the unit %s does not fit what is measured, which "
			    "is in %s",
			    w.v[1], sl_unit_name(c->unit));
		else
			c->published_value *= scale;
	}
	sl_names_destroy(&w);
	return good;
}

/* "cpus >= 16", "nodes >= 2". */
static bool
read_need(struct reader *r, struct sl_claim *c, const struct sl_field *f)
{
	struct sl_names w = {0};
	double least = 0;
	bool good;

	sl_words(&w, f->value);
	good = w.n == 3 && !strcmp(w.v[1], ">=") && number(w.v[2], &least) &&
	       least >= 1 && least <= 65536 &&
	       (!strcmp(w.v[0], "cpus") || !strcmp(w.v[0], "nodes"));
	if (!good) {
		sl_refuse(r->why, r->b, f->line,
		    "needs is 'cpus >= N' or 'nodes >= N', not '%.60s'",
		    f->value);
	} else {
		c->needs =
		    sl_realloc(c->needs, (c->nneeds + 1) * sizeof *c->needs);
		c->needs[c->nneeds++] =
		    (struct sl_need){.what = sl_strdup(w.v[0]),
			.least = (unsigned)least,
			.text = sl_strdup(f->value)};
	}
	sl_names_destroy(&w);
	return good;
}

static bool
read_value(struct reader *r, struct sl_claim *c, const struct sl_block *block)
{
	const struct sl_expr_names names = {r->p, sl_paper_find};
	const struct sl_field *f = sl_block_field(block, "value");
	const struct sl_field *order = sl_block_field(block, "order");
	char why[300] = "";

	if (!f == !order)
		return sl_refuse(r->why, r->b, block->line,
		    "claim %s must have a value or an order", c->id);
	if (f)
		c->value = sl_expr_read(f->value, &names, why, sizeof why);
	else
		c->value =
		    sl_expr_read_order(order->value, &names, why, sizeof why);
	f = f ? f : order;
	c->measures = sl_strdup(f->value);
	if (!c->value)
		return sl_refuse(r->why, r->b, f->line, "%s", why);
	return true;
}

static struct sl_claim *
new_claim(struct reader *r, const struct sl_block *block)
{
	struct sl_paper *p = r->p;

	if (!sl_name_valid(block->rest)) {
		sl_refuse(r->why, r->b, block->line,
		    "'%.40s' is no name of a claim", block->rest);
		return NULL;
	}
	for (size_t i = 0; i < p->nclaims; i++) {
		if (!strcmp(p->claims[i].id, block->rest)) {
			sl_refuse(r->why, r->b, block->line,
			    "claim %s a second time; the first is in line %u",
			    block->rest, p->claims[i].line);
			return NULL;
		}
	}
	p->claims = sl_realloc(p->claims, (p->nclaims + 1) * sizeof *p->claims);
	p->claims[p->nclaims] = (struct sl_claim){
	    .id = sl_strdup(block->rest), .line = block->line};
	return &p->claims[p->nclaims++];
}

static bool
read_claim(struct reader *r, const struct sl_block *block)
{
	struct sl_claim *c = new_claim(r, block);

	if (!c || !sl_block_check(r->b, block,
		      "says source published value order expect because needs",
		      "says source published expect because", "needs", r->why))
		return false;
	c->says = sl_strdup(sl_block_field(block, "says")->value);
	c->source = sl_strdup(sl_block_field(block, "source")->value);
	c->because = sl_strdup(sl_block_field(block, "because")->value);
	if (!read_value(r, c, block) ||
	    !read_expect(r, c, sl_block_field(block, "expect")) ||
	    !read_published(r, c, sl_block_field(block, "published")))
		return false;
	for (size_t i = 0; i < block->n; i++)
		if (!strcmp(block->fields[i].key, "needs") &&
		    !read_need(r, c, &block->fields[i]))
			return false;
	return true;
}

bool
sl_paper_read_claims(
    struct sl_paper *p, const char *file, char *text, struct sl_refusal *why)
{
	struct sl_blocks b;
	struct reader r = {.p = p, .b = &b, .why = why};
	bool good = sl_blocks_read(&b, file, text, why);

	for (size_t i = 0; good && i < b.n; i++) {
		if (!strcmp(b.v[i].keyword, "claim"))
			good = read_claim(&r, &b.v[i]);
		else if (!strcmp(b.v[i].keyword, "figure"))
			good = sl_paper_read_figure(p, &b, &b.v[i], why);
		else
			good = sl_refuse(why, &b, b.v[i].line,
			    "'%.40s' is neither claim nor figure",
			    b.v[i].keyword);
	}
	if (good && p->nclaims == 0)
		good = sl_refuse(why, &b, 1, "there is no claim");
	sl_blocks_destroy(&b);
	return good;
}
