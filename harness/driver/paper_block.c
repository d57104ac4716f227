/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * paper_block.c - the lines of a publication's files, before their meaning.
 *
 * Called by paper.c and its rooms.
 */
#include "harness/driver/paper_block.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLANK " \t"

bool
sl_refuse(struct sl_refusal *why, const struct sl_blocks *b, unsigned line,
    const char *fmt, ...)
{
	va_list ap;
	int n = snprintf(why->text, sizeof why->text, "%s:%u: ", b->file, line);

	if (n < 0 || (size_t)n >= sizeof why->text)
		return false;
	va_start(ap, fmt);
	vsnprintf(why->text + n, sizeof why->text - (size_t)n, fmt, ap);
	va_end(ap);
	return false;
}

/* Parts a line into its first word and the rest, both without blanks at
 * their ends. */
static char *
part(char *s)
{
	char *rest = s + strcspn(s, BLANK), *end = s + strlen(s);

	while (end > s && strchr(BLANK "\r", end[-1]))
		*--end = '\0';
	if (!*rest)
		return rest;
	*rest++ = '\0';
	return rest + strspn(rest, BLANK);
}

static void
open_block(struct sl_blocks *b, char *s, unsigned line)
{
	char *rest = part(s);

	b->v = sl_realloc(b->v, (b->n + 1) * sizeof *b->v);
	b->v[b->n++] = (struct sl_block){
	    .keyword = sl_strdup(s), .rest = sl_strdup(rest), .line = line};
}

static void
add_field(struct sl_block *block, char *s, unsigned line)
{
	char *rest = part(s);

	block->fields =
	    sl_realloc(block->fields, (block->n + 1) * sizeof *block->fields);
	block->fields[block->n++] = (struct sl_field){
	    .key = sl_strdup(s), .value = sl_strdup(rest), .line = line};
}

static void
go_on(struct sl_field *f, char *s)
{
	char *rest = part(s), *longer;

	longer = sl_printf("%s %s", f->value, rest);
	free(f->value);
	f->value = longer;
}

static bool
read_line(struct sl_blocks *b, char *s, unsigned line, struct sl_refusal *why)
{
	bool is_indented = *s == ' ' || *s == '\t';
	struct sl_block *last = b->n ? &b->v[b->n - 1] : NULL;

	for (const char *c = s; *c; c++)
		if ((unsigned char)*c < ' ' && *c != '\t' && *c != '\r')
			return sl_refuse(
			    why, b, line, "a control character in the line");
	s += strspn(s, BLANK);
	if (!*s || *s == '\r' || *s == '#')
		return true;
	if (!is_indented) {
		open_block(b, s, line);
		return true;
	}
	if (!last)
		return sl_refuse(
		    why, b, line, "an indented line before any block");
	if (*s != '+') {
		add_field(last, s, line);
		return true;
	}
	if (last->n == 0)
		return sl_refuse(why, b, line, "+ with nothing to go on with");
	go_on(&last->fields[last->n - 1], s);
	return true;
}

bool
sl_blocks_read(
    struct sl_blocks *b, const char *file, char *text, struct sl_refusal *why)
{
	unsigned line = 0;
	bool good = true;

	*b = (struct sl_blocks){.file = sl_strdup(file)};
	while (good && *text) {
		char *next = text + strcspn(text, "\n");

		if (*next)
			*next++ = '\0';
		good = read_line(b, text, ++line, why);
		text = next;
	}
	return good;
}

void
sl_blocks_destroy(struct sl_blocks *b)
{
	for (size_t i = 0; i < b->n; i++) {
		for (size_t k = 0; k < b->v[i].n; k++) {
			free(b->v[i].fields[k].key);
			free(b->v[i].fields[k].value);
		}
		free(b->v[i].fields);
		free(b->v[i].keyword);
		free(b->v[i].rest);
	}
	free(b->v);
	free(b->file);
	*b = (struct sl_blocks){0};
}

const struct sl_field *
sl_block_field(const struct sl_block *block, const char *key)
{
	for (size_t i = 0; i < block->n; i++)
		if (!strcmp(block->fields[i].key, key))
			return &block->fields[i];
	return NULL;
}

void
sl_words(struct sl_names *words, const char *text)
{
	for (text += strspn(text, BLANK); *text; text += strspn(text, BLANK)) {
		char *word = sl_printf("%.*s", (int)strcspn(text, BLANK), text);

		sl_names_add(words, word);
		free(word);
		text += strcspn(text, BLANK);
	}
}

static bool
has_word(const char *list, const char *word)
{
	struct sl_names words = {0};
	bool has;

	sl_words(&words, list);
	has = sl_names_has(&words, word);
	sl_names_destroy(&words);
	return has;
}

static bool
check_field(const struct sl_blocks *b, const struct sl_block *block, size_t i,
    const char *known, const char *many, struct sl_refusal *why)
{
	const struct sl_field *f = &block->fields[i];
	const struct sl_field *first = sl_block_field(block, f->key);

	if (!has_word(known, f->key))
		return sl_refuse(why, b, f->line,
		    "'%.40s' is no field of '%s'; there are: %s", f->key,
		    block->keyword, known);
	if (!*f->value)
		return sl_refuse(why, b, f->line, "'%s' says nothing", f->key);
	if (first != f && !has_word(many, f->key))
		return sl_refuse(why, b, f->line,
		    "'%s' a second time; the first is in line %u", f->key,
		    first->line);
	return true;
}

bool
sl_block_check(const struct sl_blocks *b, const struct sl_block *block,
    const char *known, const char *must, const char *many,
    struct sl_refusal *why)
{
	struct sl_names words = {0};
	bool good = true;

	for (size_t i = 0; good && i < block->n; i++)
		good = check_field(b, block, i, known, many, why);
	sl_words(&words, must);
	for (size_t i = 0; good && i < words.n; i++)
		if (!sl_block_field(block, words.v[i]))
			good = sl_refuse(why, b, block->line,
			    "'%s %s' has no field '%s'", block->keyword,
			    block->rest, words.v[i]);
	sl_names_destroy(&words);
	return good;
}
