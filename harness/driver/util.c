/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * util.c - messages, memory, strings, lists of names, random numbers.
 *
 * Called by every file of the driver.
 */
#define _GNU_SOURCE
#include "harness/driver/util.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* One line: what it quotes may have anything in it. */
static void
say(const char *fmt, va_list ap)
{
	char *line = NULL;

	fflush(stdout);
	if (vasprintf(&line, fmt, ap) < 0)
		return; /* no memory for a message */
	for (char *c = line; *c != '\0'; c++)
		if (iscntrl((unsigned char)*c))
			*c = '?';
	fprintf(stderr, "spanlab: %s\n", line);
	free(line);
}

void
sl_complain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void
sl_die(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
	exit(status);
}

void *
sl_realloc(void *ptr, size_t bytes)
{
	void *p = realloc(ptr, bytes ? bytes : 1);

	if (!p)
		sl_die(SL_EXIT_CANNOT, "out of memory");
	return p;
}

void *
sl_alloc(size_t bytes)
{
	return sl_realloc(NULL, bytes);
}

void *
sl_alloc_array(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size);

	if (!p)
		sl_die(SL_EXIT_CANNOT, "out of memory");
	return p;
}

char *
sl_strdup(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(sl_alloc(n), s, n);
}

char *
sl_printf(const char *fmt, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (n < 0)
		sl_die(SL_EXIT_CANNOT, "out of memory");
	return s;
}

void
sl_text_add_n(struct sl_text *t, const char *s, size_t n)
{
	if (t->len + n + 1 > t->room) {
		t->room = (t->len + n + 1) * 2;
		t->s = sl_realloc(t->s, t->room);
	}
	memcpy(t->s + t->len, s, n);
	t->len += n;
	t->s[t->len] = '\0';
}

void
sl_text_add(struct sl_text *t, const char *s)
{
	sl_text_add_n(t, s, strlen(s));
}

void
sl_text_addf(struct sl_text *t, const char *fmt, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (n < 0)
		sl_die(SL_EXIT_CANNOT, "out of memory");
	sl_text_add_n(t, s, (size_t)n);
	free(s);
}

void
sl_text_destroy(struct sl_text *t)
{
	free(t->s);
	*t = (struct sl_text){0};
}

void
sl_names_add(struct sl_names *l, const char *s)
{
	l->v = sl_realloc(l->v, (l->n + 1) * sizeof *l->v);
	l->v[l->n++] = sl_strdup(s);
}

bool
sl_names_has(const struct sl_names *l, const char *s)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->v[i], s))
			return true;
	return false;
}

void
sl_names_split(struct sl_names *l, const char *s)
{
	char *copy = sl_strdup(s), *rest = copy, *part;

	while ((part = strsep(&rest, ",")))
		sl_names_add(l, part);
	free(copy);
}

char *
sl_names_join(const struct sl_names *l, const char *between)
{
	struct sl_text t = {0};

	sl_text_add(&t, "");
	for (size_t i = 0; i < l->n; i++) {
		if (i)
			sl_text_add(&t, between);
		sl_text_add(&t, l->v[i]);
	}
	return t.s;
}

void
sl_names_destroy(struct sl_names *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
	*l = (struct sl_names){0};
}

/* Levenshtein's distance, for names of at most 64 characters. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[66], la = strlen(a), lb = strlen(b);

	if (la > 64 || lb > 64)
		return 99;
	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[lb];
}

const char *
sl_names_nearest(const struct sl_names *l, const char *s)
{
	const char *best = NULL;
	size_t least = strlen(s) / 2 + 1;

	for (size_t i = 0; i < l->n; i++) {
		size_t d = distance(s, l->v[i]);

		if (d < least) {
			least = d;
			best = l->v[i];
		}
	}
	return best;
}

bool
sl_name_valid(const char *s)
{
	size_t n = strlen(s);

	if (n == 0 || n > 64 || !isalnum((unsigned char)s[0]))
		return false;
	return strspn(s, "abcdefghijklmnopqrstuvwxyz"
			 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-") == n;
}

uint64_t
sl_rng_next(struct sl_rng *r)
{
	uint64_t z = (r->state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint64_t
sl_rng_below(struct sl_rng *r, uint64_t n)
{
	uint64_t limit = UINT64_MAX - UINT64_MAX % n, x;

	do {
		x = sl_rng_next(r);
	} while (x >= limit);
	return x % n;
}

double
sl_now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

const char *
sl_clock_text(double seconds, char buf[32])
{
	unsigned long s = seconds > 0 ? (unsigned long)(seconds + 0.5) : 0;

	if (s >= 3600)
		snprintf(
		    buf, 32, "%lu:%02lu:%02lu", s / 3600, s / 60 % 60, s % 60);
	else
		snprintf(buf, 32, "%lu:%02lu", s / 60, s % 60);
	return buf;
}
