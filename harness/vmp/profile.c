/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * profile.c - reads what a modelled machine is; see profile.h.
 * Called by the programs that run the model, and by spanlab.
 */
#define _GNU_SOURCE 1
#include "harness/vmp/profile.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum kind { COUNT, PERCENT, TIME };

static const struct key {
	const char *name;
	enum kind kind;
	double least, most;
	const char *what;
	size_t offset;
} keys[] = {
#define K(key, kind, least, most, what)                                        \
	{#key, kind, least, most, what, offsetof(struct profile, key)},
    PROFILE_KEYS(K)
#undef K
};
enum { NKEYS = sizeof(keys) / sizeof(keys[0]) };

static bool wrong(char *why, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static bool
wrong(char *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, PROFILE_WHY_MAX, fmt, ap);
	va_end(ap);
	return false;
}

static const struct key *
find_key(const char *name)
{
	for (size_t i = 0; i < NKEYS; i++)
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

/* Cycles in what the unit says; 0: no such unit. */
static double
unit_cycles(const char *unit, double ghz)
{
	if (strcmp(unit, "cycles") == 0)
		return 1;
	if (strcmp(unit, "ns") == 0)
		return ghz;
	if (strcmp(unit, "us") == 0)
		return ghz * 1e3;
	if (strcmp(unit, "ms") == 0)
		return ghz * 1e6;
	return 0;
}

static bool
set_ghz(struct profile *p, double v, const char *unit, char *why)
{
	if (unit[0] != '\0')
		return wrong(why, "ghz has no unit, not '%s'", unit);
	if (!(v >= 0.1 && v <= 10))
		return wrong(why, "ghz is between 0.1 and 10, not %g", v);
	p->ghz = v;
	return true;
}

static bool
set_key(struct profile *p, const struct key *k, double v, const char *unit,
    char *why)
{
	double scale = 1;

	if (k->kind != TIME && unit[0] != '\0')
		return wrong(why, "%s has no unit, not '%s'", k->name, unit);
	if (k->kind == TIME && unit[0] == '\0')
		return wrong(
		    why, "%s needs a unit: cycles, ns, us or ms", k->name);
	if (k->kind == TIME) {
		if (p->ghz == 0)
			return wrong(why, "ghz must come before %s", k->name);
		scale = unit_cycles(unit, p->ghz);
		if (scale == 0)
			return wrong(why,
			    "%s: no unit '%s'; there are cycles, ns, us and ms",
			    k->name, unit);
	} else if (v != floor(v)) {
		return wrong(why, "%s is a whole number, not %g", k->name, v);
	}
	v *= scale;
	if (!(v >= k->least && v <= k->most))
		return wrong(why, "%s is between %g and %g%s, not %g", k->name,
		    k->least, k->most, k->kind == TIME ? " cycles" : "", v);
	*(uint64_t *)(void *)((char *)p + k->offset) = (uint64_t)(v + 0.5);
	return true;
}

/* "12 ns" or "12ns". */
static bool
set_value(struct profile *p, const char *name, const char *value, char *why)
{
	const struct key *k = find_key(name);
	char unit[16];
	size_t len;
	double v;
	char *end;

	if (k == NULL && strcmp(name, "ghz") != 0)
		return wrong(why, "no key '%s'", name);
	errno = 0;
	v = strtod(value, &end);
	if (end == value || errno != 0 || !isfinite(v))
		return wrong(why, "%s: '%s' is no number", name, value);
	while (isspace((unsigned char)*end))
		end++;
	len = strcspn(end, " \t");
	if (len >= sizeof(unit) || end[len] != '\0')
		return wrong(
		    why, "%s: '%s' is no number and its unit", name, value);
	memcpy(unit, end, len + 1);
	if (k == NULL)
		return set_ghz(p, v, unit, why);
	return set_key(p, k, v, unit, why);
}

bool
profile_set(struct profile *p, const char *text, char *why)
{
	const char *eq = strchr(text, '=');
	char name[PROFILE_NAME_MAX];
	size_t len = eq == NULL ? 0 : (size_t)(eq - text);

	if (len == 0 || len >= sizeof(name))
		return wrong(why, "'%s' is not KEY=NUMBER", text);
	memcpy(name, text, len);
	name[len] = '\0';
	return set_value(p, name, eq + 1, why);
}

/* --- files -------------------------------------------------------------- */

/* Without the spaces at its ends. */
static char *
trim(char *s)
{
	char *end = s + strlen(s);

	while (end > s && isspace((unsigned char)end[-1]))
		*--end = '\0';
	while (isspace((unsigned char)*s))
		s++;
	return s;
}

static bool
set_name(struct profile *p, const char *value, char *why)
{
	size_t n = strspn(value, "abcdefghijklmnopqrstuvwxyz0123456789-");

	if (n == 0 || value[n] != '\0' || n >= sizeof(p->name))
		return wrong(why,
		    "name is of a-z, 0-9 and -, at most %zu of them",
		    sizeof(p->name) - 1);
	memcpy(p->name, value, n + 1);
	return true;
}

/* A line, without its end.  seen[NKEYS] is ghz, seen[NKEYS + 1] the name. */
static bool
read_line(struct profile *p, char *line, bool *seen, char *why)
{
	char *comment = strchr(line, '#'), *eq, *name, *value;
	const struct key *k;
	size_t i;

	if (comment != NULL)
		*comment++ = '\0';
	name = trim(line);
	if (name[0] == '\0')
		return true;
	eq = strchr(name, '=');
	if (eq == NULL)
		return wrong(why, "'%s' is not KEY = NUMBER", name);
	*eq = '\0';
	name = trim(name);
	value = trim(eq + 1);
	k = find_key(name);
	i = k != NULL                   ? (size_t)(k - keys)
	    : strcmp(name, "name") == 0 ? NKEYS + 1
					: NKEYS;
	if (seen[i] && (k != NULL || i == NKEYS + 1))
		return wrong(why, "%s is there twice", name);
	seen[i] = true;
	if (i == NKEYS + 1)
		return set_name(p, value, why);
	if (!set_value(p, name, value, why))
		return false;
	if (comment == NULL || trim(comment)[0] == '\0')
		return wrong(
		    why, "%s: no comment says where the number is from", name);
	return true;
}

static bool
check_whole(const struct profile *p, const bool *seen, char *why)
{
	if (!seen[NKEYS + 1])
		return wrong(why, "name is missing");
	for (size_t i = 0; i < NKEYS; i++)
		if (!seen[i])
			return wrong(why, "%s is missing (%s)", keys[i].name,
			    keys[i].what);
	if (p->cores_per_cluster > p->cores_per_socket ||
	    p->cores_per_socket % p->cores_per_cluster != 0)
		return wrong(why,
		    "a socket of %" PRIu64 " cores is no clusters of %" PRIu64,
		    p->cores_per_socket, p->cores_per_cluster);
	return true;
}

static bool
read_lines(struct profile *p, FILE *f, unsigned *at, char *why)
{
	bool seen[NKEYS + 2] = {false};
	bool is_good = true;
	char *line = NULL;
	size_t size = 0;
	ssize_t n;

	for (*at = 1; is_good && (n = getline(&line, &size, f)) >= 0; ++*at) {
		if (memchr(line, '\0', (size_t)n) != NULL)
			is_good = wrong(why, "not a text");
		else
			is_good = read_line(p, line, seen, why);
	}
	free(line);
	if (!is_good) {
		--*at;
		return false;
	}
	*at = 0;
	if (ferror(f))
		return wrong(why, "%s", strerror(errno));
	return check_whole(p, seen, why);
}

bool
profile_read(struct profile *p, const char *file, char *why)
{
	char text[PROFILE_WHY_MAX];
	FILE *f = fopen(file, "re");
	unsigned at;
	bool is_good;

	memset(p, 0, sizeof(*p));
	if (f == NULL)
		return wrong(why, "%s: %s", file, strerror(errno));
	is_good = read_lines(p, f, &at, text);
	fclose(f);
	if (is_good)
		return true;
	if (at != 0)
		return wrong(why, "%.100s:%u: %.130s", file, at, text);
	return wrong(why, "%.100s: %.130s", file, text);
}

void
profile_print(const struct profile *p, FILE *f)
{
	fprintf(f, "name = %s\nghz = %g\n", p->name, p->ghz);
	for (size_t i = 0; i < NKEYS; i++)
		fprintf(f, "%s = %" PRIu64 "%s\n", keys[i].name,
		    *(const uint64_t *)(const void *)((const char *)p +
						      keys[i].offset),
		    keys[i].kind == TIME ? " cycles" : "");
}
