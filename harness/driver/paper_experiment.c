/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * paper_experiment.c - reads the file `experiment` of a publication.
 *
 * Called by paper.c.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/paper_point.h"
#include "harness/driver/spec.h"

struct reader {
	struct sl_paper *p;
	const struct sl_blocks *b;
	struct sl_refusal *why;
};

/* A parameter: "size=64", of letters that may be in a file's name. */
static bool
is_parameter(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz-_0123456789");

	return n > 0 && s[n] == '=' && s[n + 1] &&
	       strspn(s + n + 1, "abcdefghijklmnopqrstuvwxyz0123456789.-") ==
		   strlen(s + n + 1);
}

/* "batch size=64 order=0" to "batch:size=64+order=0". */
static bool
read_workload(struct reader *r, struct sl_series *s, const struct sl_field *f)
{
	struct sl_names words = {0};
	struct sl_text t = {0};
	bool good = true;

	sl_words(&words, f->value);
	if (!sl_name_valid(words.v[0]) || strpbrk(words.v[0], "+."))
		good = sl_refuse(r->why, r->b, f->line,
		    "'%.40s' is no name of a workload", words.v[0]);
	for (size_t i = 1; good && i < words.n; i++)
		if (!is_parameter(words.v[i]))
			good = sl_refuse(r->why, r->b, f->line,
			    "'%.40s' is not PARAMETER=VALUE", words.v[i]);
	sl_text_add(&t, words.v[0]);
	for (size_t i = 1; i < words.n; i++)
		sl_text_addf(&t, "%c%s", i == 1 ? ':' : '+', words.v[i]);
	s->workload = t.s;
	sl_names_destroy(&words);
	return good;
}

static bool
read_vary(struct reader *r, struct sl_series *s, const struct sl_field *f)
{
	struct sl_names words = {0};
	bool good = true;
	char *p;

	sl_words(&words, f->value);
	if (words.n < 3)
		good = sl_refuse(
		    r->why, r->b, f->line, "vary is PARAMETER VALUE VALUE ...");
	for (size_t i = 1; good && i < words.n; i++) {
		p = sl_printf("%s=%s", words.v[0], words.v[i]);
		if (!is_parameter(p))
			good = sl_refuse(r->why, r->b, f->line,
			    "'%.40s' is not PARAMETER=VALUE", p);
		else if (sl_names_has(&s->values, words.v[i]))
			good = sl_refuse(r->why, r->b, f->line,
			    "%s a second time", words.v[i]);
		sl_names_add(&s->values, words.v[i]);
		free(p);
	}
	if (good)
		s->axis = sl_strdup(words.v[0]);
	sl_names_destroy(&words);
	return good;
}

static bool
read_allocators(struct reader *r, struct sl_series *s, const struct sl_field *f)
{
	struct sl_spec spec;
	char why[256];

	sl_words(&s->allocators, f->value);
	for (size_t i = 0; i < s->allocators.n; i++) {
		bool good =
		    sl_spec_parse(s->allocators.v[i], &spec, why, sizeof why);

		if (good && spec.path) {
			good = false;
			strcpy(why, "a path has no place in an experiment");
		}
		sl_spec_destroy(&spec);
		if (!good)
			return sl_refuse(r->why, r->b, f->line, "%s", why);
	}
	return true;
}

static bool
read_threads(struct reader *r, struct sl_series *s, const struct sl_field *f)
{
	struct sl_names words = {0};
	char *list, why[200];
	bool good;

	sl_words(&words, f->value);
	list = sl_names_join(&words, ",");
	good = sl_counts_parse(list, &s->threads, why, sizeof why);
	if (!good)
		sl_refuse(r->why, r->b, f->line, "%s", why);
	free(list);
	sl_names_destroy(&words);
	return good;
}

static struct sl_series *
new_series(struct reader *r, const struct sl_block *block)
{
	struct sl_paper *p = r->p;

	if (!sl_name_valid(block->rest) || strchr(block->rest, '/')) {
		sl_refuse(r->why, r->b, block->line,
		    "'%.40s' is no name of a series", block->rest);
		return NULL;
	}
	for (size_t i = 0; i < p->nseries; i++) {
		if (strcmp(p->series[i].name, block->rest))
			continue;
		sl_refuse(r->why, r->b, block->line,
		    "'%s' a second time; the first is in line %u", block->rest,
		    p->series[i].line);
		return NULL;
	}
	p->series = sl_realloc(p->series, (p->nseries + 1) * sizeof *p->series);
	p->series[p->nseries] = (struct sl_series){
	    .name = sl_strdup(block->rest), .line = block->line};
	return &p->series[p->nseries++];
}

static bool
read_series(struct reader *r, const struct sl_block *block)
{
	struct sl_series *s = new_series(r, block);
	bool good = s != NULL;

	good = good && sl_block_check(r->b, block,
			   "program workload vary allocators threads",
			   "workload allocators threads", "", r->why);
	for (size_t i = 0; good && i < block->n; i++) {
		const struct sl_field *f = &block->fields[i];

		if (!strcmp(f->key, "workload"))
			good = read_workload(r, s, f);
		else if (!strcmp(f->key, "vary"))
			good = read_vary(r, s, f);
		else if (!strcmp(f->key, "allocators"))
			good = read_allocators(r, s, f);
		else if (!strcmp(f->key, "threads"))
			good = read_threads(r, s, f);
		else if (!strcmp(f->value, "mcentral"))
			s->is_seam = true;
		else if (strcmp(f->value, "bench"))
			good = sl_refuse(r->why, r->b, f->line,
			    "program is 'bench' or 'mcentral'");
	}
	if (good && !s->axis)
		sl_names_add(&s->values, "");
	return good;
}

/* "1=20": a point that was published. */
static bool
read_pair(const char *word, double *x, double *y)
{
	char *end;

	*x = strtod(word, &end);
	if (end == word || *end != '=')
		return false;
	word = end + 1;
	*y = strtod(word, &end);
	return end != word && !*end && isfinite(*x) && isfinite(*y);
}

bool
sl_paper_read_pairs(const struct sl_blocks *b, const struct sl_field *f,
    const char *from, struct sl_curve *c, struct sl_refusal *why)
{
	struct sl_names words = {0};
	bool good = true;

	sl_words(&words, from);
	c->x = sl_alloc_array(words.n + 1, sizeof *c->x);
	c->y = sl_alloc_array(words.n + 1, sizeof *c->y);
	for (size_t i = 0; good && i < words.n; i++, c->n++) {
		if (!read_pair(words.v[i], &c->x[i], &c->y[i]))
			good = sl_refuse(why, b, f->line,
			    "'%.40s' is not X=Y, two numbers", words.v[i]);
		else if (i > 0 && c->x[i] <= c->x[i - 1])
			good = sl_refuse(why, b, f->line,
			    "x does not ascend at '%.40s'", words.v[i]);
	}
	if (good && words.n == 0)
		good = sl_refuse(why, b, f->line, "no points");
	sl_names_destroy(&words);
	return good;
}

static bool
read_data(struct reader *r, const struct sl_block *block)
{
	struct sl_series *s = new_series(r, block);
	struct sl_curve c = {0};

	if (!s || !sl_block_check(r->b, block, "points source", "points source",
		      "", r->why))
		return false;
	s->is_data = true;
	if (!sl_paper_read_pairs(r->b, sl_block_field(block, "points"),
		sl_block_field(block, "points")->value, &c, r->why)) {
		sl_curve_destroy(&c);
		return false;
	}
	s->x = c.x;
	s->y = c.y;
	s->n = c.n;
	return true;
}

static bool
read_text(struct reader *r, const struct sl_block *block, char **to)
{
	if (*to)
		return sl_refuse(r->why, r->b, block->line,
		    "'%s' a second time", block->keyword);
	if (!*block->rest)
		return sl_refuse(r->why, r->b, block->line, "'%s' says nothing",
		    block->keyword);
	*to = sl_strdup(block->rest);
	return sl_block_check(r->b, block, "", "", "", r->why);
}

static bool
read_block(struct reader *r, const struct sl_block *block)
{
	if (!strcmp(block->keyword, "title"))
		return read_text(r, block, &r->p->title);
	if (!strcmp(block->keyword, "machine"))
		return read_text(r, block, &r->p->machine);
	if (!strcmp(block->keyword, "control"))
		return read_text(r, block, &r->p->control);
	if (!strcmp(block->keyword, "series"))
		return read_series(r, block);
	if (!strcmp(block->keyword, "data"))
		return read_data(r, block);
	return sl_refuse(r->why, r->b, block->line,
	    "'%.40s' is none of title, machine, control, series, data",
	    block->keyword);
}

bool
sl_paper_read_experiment(
    struct sl_paper *p, const char *file, char *text, struct sl_refusal *why)
{
	struct sl_blocks b;
	struct reader r = {.p = p, .b = &b, .why = why};
	bool good = sl_blocks_read(&b, file, text, why);

	for (size_t i = 0; good && i < b.n; i++)
		good = read_block(&r, &b.v[i]);
	if (good && (!p->title || !p->machine))
		good = sl_refuse(why, &b, 1, "there is no %s",
		    p->title ? "machine" : "title");
	if (good && p->nseries == 0)
		good = sl_refuse(why, &b, 1, "there is no series");
	sl_blocks_destroy(&b);
	return good;
}
