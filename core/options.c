/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options.c - reads SPANLAB_OPTIONS; see options.h.  Called by mthread, and by
 * programs (sl_options_text).
 *
 * To add an option: a field in struct sl_options, a row in the table here, and
 * a line in README.md and doc/spanlab.3, which tests/tree/lists.sh asks for.
 */
#include "core/options.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/die.h"
#include "core/spanlab.h"
#include "core/switches.h"

struct sl_options sl_options;

enum {
	MAX_PATH = 1024, /* of a value that is a path, with its end */
	MAX_PAGES = 1 << 20,
	MAX_CALLS = 1 << 30,
	MAX_PAUSES = 1 << 20, /* some 10 ms */
	MAX_MEAN = 0x7000000, /* SL_MAX_MEAN of mrandom.h */
	MAX_LIMBO = 1 << 30,  /* 32 GiB: no bound */
	MAX_PERIOD = 3600000, /* ms: an hour */
	MAX_LIMIT = 1 << 27,  /* MiB: all addresses */
};

/* By enum sl_accounting. */
static const char *const accounting_words[] = {"off", "thread", "go", NULL};
static const char *const stats_words[] = {"json", "text", NULL};
static const char *const thp_words[] = {"default", "always", "never", NULL};
static const char *const badfree_words[] = {"abort", "report", "ignore", NULL};

/* A row has a number (low..high), words (the value is the index of one), a
 * path, or a word and a path with a colon between them; and, if a value other
 * than 0 is a hook's doing, that hook. */
static const struct option {
	const char *name;
	unsigned *number;
	unsigned low, high, initial;
	const char *const *words; /* ends with NULL */
	char *path;               /* MAX_PATH bytes */
	unsigned hook;
	const char *what;
} table[] = {
#define NUMBER(name, field, low, high, initial, hook, what)                    \
	{                                                                      \
		name, &sl_options.field, low, high, initial, NULL, NULL, hook, \
		    what                                                       \
	}
#define SWITCH(name, field, hook, what) NUMBER(name, field, 0, 1, 0, hook, what)
#define WORD(name, field, words, initial, hook, what)                          \
	{                                                                      \
		name, &sl_options.field, 0, 0, initial, words, NULL, hook,     \
		    what                                                       \
	}
#define PATH(name, field, hook, what)                                          \
	{                                                                      \
		name, NULL, 0, 0, 0, NULL, sl_options.field, hook, what        \
	}

#define FORM(name, form, words, field, what)                                   \
	{                                                                      \
		name, &sl_options.form, 0, 0, 0, words, sl_options.field, 0,   \
		    what                                                       \
	}

    NUMBER("relink", relink, 0, 100, 20, 0,
	"percent of its slots free before a full span is listed"),
    NUMBER("hold", hold, 0, MAX_PAGES, 1024, 0,
	"pages of full spans that a thread keeps, per class"),
    NUMBER("epoch", epoch, 0, MAX_PAGES, 0, 0,
	"MiB allocated until what was freed is swept, as in Go; 0: at once"),
    NUMBER("keep-pages", keep_pages, 0, MAX_PAGES, 1024, 0,
	"a freed span of more pages goes back to the system"),
    NUMBER("scavenge", scavenge, 0, MAX_PERIOD, 0, 0,
	"ms after which a thread gives memory of free pages back; 0: none"),
    NUMBER("memlimit", memlimit, 0, MAX_LIMIT, 0, 0,
	"MiB of memory above which free pages keep none; 0: no limit"),
    WORD("thp", thp, thp_words, 0, 0,
	"transparent huge pages: what the system is told about the heap"),
    NUMBER("refuse", refuse, 0, MAX_CALLS, 0, 0,
	"for tests: which request for memory the system refuses; 0: none"),
    NUMBER("refuse-count", refuse_count, 1, MAX_CALLS, 1, 0,
	"and how many from then on"),
    NUMBER("backoff", backoff, 0, MAX_PAUSES, SL_BACKOFF, 0,
	"pauses after a try that lost to another thread's, at first"),
    NUMBER("backoff-max", backoff_max, 0, MAX_PAUSES, SL_BACKOFF_MAX, 0,
	"and at most"),
    WORD("badfree", badfree, badfree_words, 0, 0,
	"what to do about a wrong free"),
    NUMBER("limbo", limbo, 2, MAX_LIMBO, 1 << 16, 0,
	"nodes of rcu that may wait for a grace period"),
    WORD("accounting", accounting, accounting_words, SL_ACCOUNTING_DEFAULT,
	SL_HOOK_ACCOUNT, "count each object, by thread; or as Go does, too"),
    SWITCH("clobber", clobber, SL_HOOK_CLOBBER,
	"fill fresh memory with 0xa5, freed with 0xdeadbeef"),
    NUMBER("annotate", annotate, 0, 1, 1, 0,
	"tell memcheck or AddressSanitizer, if there, what is in use"),
    SWITCH("guard", guard, 0, "a page without access behind each span"),
    SWITCH("random", random, SL_HOOK_RANDOM,
	"a free slot at random, not the next one"),
    SWITCH("efence", efence, SL_HOOK_EFENCE,
	"each object on pages of its own, which are never used again"),
    SWITCH("sbrk", sbrk, SL_HOOK_SBRK,
	"frees do nothing: what no allocator would cost"),
    SWITCH("signals", signals, SL_HOOK_SIGNALS,
	"block signals in each call, so that handlers may allocate"),
    PATH("trace", trace, SL_HOOK_TRACE,
	"a record for each call; %p: number of the process"),
    SWITCH("trace-stacks", trace_stacks, SL_HOOK_STACKS,
	"with call stacks, there and in messages of wrong frees"),
    NUMBER("profile", profile, 0, MAX_MEAN, 0, SL_HOOK_PROFILE,
	"mean bytes from sample to sample; 1: each object"),
    PATH("profile-file", profile_file, 0,
	"where the profile goes at the end, for pprof"),
    FORM("stats", stats_form, stats_words, stats,
	"where all counters go at the end"),
};

enum { NOPTIONS = sizeof(table) / sizeof(table[0]) };

/* --- what an option takes, in words -------------------------------------- */

struct text {
	char buf[384];
	size_t n;
};

static void
add(struct text *t, const char *word)
{
	size_t n = strlen(word);

	if (n > sizeof(t->buf) - 1 - t->n)
		n = sizeof(t->buf) - 1 - t->n;
	memcpy(t->buf + t->n, word, n);
	t->n += n;
	t->buf[t->n] = '\0';
}

/* "0..100", "abort|report|ignore", "PATH" or "json:PATH|text:PATH". */
static struct text
values_of(const struct option *o)
{
	struct text t = {.n = 0};
	char range[32];

	if (o->words == NULL && o->path != NULL) {
		add(&t, "PATH");
		return t;
	}
	if (o->words == NULL) {
		sl_format(range, sizeof(range), "%u..%u", o->low, o->high);
		add(&t, range);
		return t;
	}
	for (const char *const *w = o->words; *w != NULL; w++) {
		if (w != o->words)
			add(&t, "|");
		add(&t, *w);
		add(&t, o->path != NULL ? ":PATH" : "");
	}
	return t;
}

static struct text
initial_value(const struct option *o)
{
	struct text t = {.n = 0};
	char number[16];

	if (o->path != NULL) {
		add(&t, "none");
	} else if (o->words != NULL) {
		add(&t, o->words[o->initial]);
	} else {
		sl_format(number, sizeof(number), "%u", o->initial);
		add(&t, number);
	}
	return t;
}

static _Noreturn void
help(void)
{
	sl_warn("SPANLAB_OPTIONS=name=value,...  takes");
	for (unsigned i = 0; i < NOPTIONS; i++) {
		struct text values = values_of(&table[i]);
		struct text initial = initial_value(&table[i]);

		sl_warn("  %s=%s  (%s)  %s", table[i].name, values.buf,
		    initial.buf, table[i].what);
	}
	_exit(0);
}

/* --- reading ------------------------------------------------------------- */

static _Noreturn void
unknown(const char *name)
{
	struct text names = {.n = 0};

	for (unsigned i = 0; i < NOPTIONS; i++) {
		add(&names, i == 0 ? "" : ", ");
		add(&names, table[i].name);
	}
	sl_throw("SPANLAB_OPTIONS: there is no option '%s'; there are: %s, and "
		 "'help'",
	    name, names.buf);
}

static bool
read_number(const struct option *o, const char *text)
{
	unsigned long v = 0;

	if (*text == '\0')
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		v = v * 10 + (unsigned long)(*text - '0');
		if (v > o->high)
			return false;
	}
	*o->number = (unsigned)v;
	return v >= o->low;
}

static bool
read_word(const struct option *o, const char *text)
{
	for (unsigned i = 0; o->words[i] != NULL; i++) {
		if (strcmp(o->words[i], text) == 0) {
			*o->number = i;
			return true;
		}
	}
	return false;
}

static bool
read_path(const struct option *o, const char *text)
{
	if (*text == '\0' || strlen(text) >= MAX_PATH)
		return false;
	strcpy(o->path, text);
	return true;
}

/* What sl_file_name() makes a path of: behind a % are p and % only. */
static bool
is_file_name(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text == '%' && *++text != 'p' && *text != '%')
			return false;
	return true;
}

/* The word ends where its colon is. */
static bool
read_form(const struct option *o, char *text)
{
	char *path = strchr(text, ':');

	if (path == NULL)
		return false;
	*path = '\0';
	if (read_word(o, text) && is_file_name(path + 1) &&
	    read_path(o, path + 1))
		return true;
	*path = ':'; /* for the message */
	return false;
}

static bool
read_value(const struct option *o, char *text)
{
	if (o->path != NULL && o->words != NULL)
		return read_form(o, text);
	if (o->path != NULL)
		return read_path(o, text);
	return o->words != NULL ? read_word(o, text) : read_number(o, text);
}

static const struct option *
find(const char *name)
{
	for (unsigned i = 0; i < NOPTIONS; i++)
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	unknown(name);
}

/* One assignment, which may be changed. */
static void
assign(char *text)
{
	char *value = strchr(text, '=');
	const struct option *o;

	if (strcmp(text, "help") == 0)
		help();
	if (value != NULL)
		*value++ = '\0';
	o = find(text);
	if (value == NULL || !read_value(o, value))
		sl_throw("SPANLAB_OPTIONS: %s=%s is wanted, not '%s'", o->name,
		    values_of(o).buf, value == NULL ? "" : value);
}

/* The assignment that text begins with; returns what is after its comma. */
static const char *
next(const char *text, char *one, size_t size)
{
	size_t n = strcspn(text, ",");

	if (n >= size)
		sl_throw("SPANLAB_OPTIONS: too long: '%s'", text);
	memcpy(one, text, n);
	one[n] = '\0';
	return text[n] == ',' ? text + n + 1 : text + n;
}

static bool
is_set(const struct option *o)
{
	return o->path != NULL ? *o->path != '\0' : *o->number != 0;
}

/* What is only taken has no span, so there is nothing for others to look at;
 * what is fenced off must not be swept. */
static void
check_together(void)
{
	if (!SL_HOOKS && sl_options.hooks != 0)
		sl_throw("SPANLAB_OPTIONS: this library was built without "
			 "hooks");
	if (sl_options.efence != 0 && sl_options.epoch != 0)
		sl_throw("SPANLAB_OPTIONS: efence=1 does not go with epoch");
	if ((sl_options.hooks & SL_HOOK_SBRK) != 0 &&
	    sl_options.hooks != SL_HOOK_SBRK)
		sl_throw("SPANLAB_OPTIONS: sbrk=1 goes with no other hook "
			 "(such as clobber, efence, profile, random, signals, "
			 "trace)");
}

void
sl_options_init(void)
{
	/* A program with the rights of another user takes no orders. */
	const char *text = secure_getenv("SPANLAB_OPTIONS");
	char one[MAX_PATH + 32], early[4 * MAX_PATH];

	if (environ == NULL)
		text =
		    sl_options_early("SPANLAB_OPTIONS=", early, sizeof(early));
	for (unsigned i = 0; i < NOPTIONS; i++)
		if (table[i].number != NULL)
			*table[i].number = table[i].initial;
	while (text != NULL && *text != '\0') {
		text = next(text, one, sizeof(one));
		assign(one);
	}
	for (unsigned i = 0; i < NOPTIONS; i++)
		if (is_set(&table[i]))
			sl_options.hooks |= table[i].hook;
	check_together();
	if (sl_options.epoch != 0)
		sl_options.hold = 0; /* that is for frees that count at once */
}

/* --- what came of it ----------------------------------------------------- */

static bool
is_initial(const struct option *o)
{
	return o->path != NULL ? *o->path == '\0' : *o->number == o->initial;
}

/* One more piece of a text that may not fit; n is what it would need. */
static void
put(char *buf, size_t len, size_t *n, const char *piece)
{
	for (; *piece != '\0'; piece++, ++*n)
		if (*n + 1 < len)
			buf[*n] = *piece;
}

SL_PUBLIC size_t
sl_options_text(bool all, char *buf, size_t len)
{
	char number[16];
	size_t n = 0;

	for (unsigned i = 0; i < NOPTIONS; i++) {
		const struct option *o = &table[i];
		const char *value = number;

		/* no text asks for a path that is none */
		if (is_initial(o) && (!all || o->path != NULL))
			continue;
		if (o->path != NULL)
			value = o->path;
		else if (o->words != NULL)
			value = o->words[*o->number];
		else
			sl_format(number, sizeof(number), "%u", *o->number);
		put(buf, len, &n, n > 0 ? "," : "");
		put(buf, len, &n, o->name);
		put(buf, len, &n, "=");
		if (o->path != NULL && o->words != NULL) {
			put(buf, len, &n, o->words[*o->number]);
			put(buf, len, &n, ":");
		}
		put(buf, len, &n, value);
	}
	if (len > 0)
		buf[n < len ? n : len - 1] = '\0';
	return n;
}
