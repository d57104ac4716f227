/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * claim_unit.c - the units in which claims speak.
 *
 * Called by the rooms of papers.
 */
#include "harness/driver/claim_unit.h"

#include <stddef.h>
#include <string.h>

/* The first of each kind is the one that is shown. */
static const struct {
	const char *name;
	struct sl_unit unit;
	double scale;
} units[] = {
    {"x", {0, 0, 0}, 1},
    {"1", {0, 0, 0}, 1},
    {"%", {0, 0, 0}, 0.01},
    {"ops/s", {-1, 1, 0}, 1},
    {"kops/s", {-1, 1, 0}, 1e3},
    {"Mops/s", {-1, 1, 0}, 1e6},
    {"ns/op", {1, -1, 0}, 1e-9},
    {"us/op", {1, -1, 0}, 1e-6},
    {"ns", {1, 0, 0}, 1e-9},
    {"us", {1, 0, 0}, 1e-6},
    {"ms", {1, 0, 0}, 1e-3},
    {"s", {1, 0, 0}, 1},
    {"/op", {0, -1, 0}, 1},
    {"/1000ops", {0, -1, 0}, 1e-3},
    {"B", {0, 0, 1}, 1},
    {"KiB", {0, 0, 1}, 1024},
    {"MiB", {0, 0, 1}, 1048576},
};

enum { NUNITS = sizeof units / sizeof *units };

bool
sl_unit_parse(const char *text, struct sl_unit *u, double *scale)
{
	for (size_t i = 0; i < NUNITS; i++) {
		if (!strcmp(units[i].name, text)) {
			*u = units[i].unit;
			*scale = units[i].scale;
			return true;
		}
	}
	return false;
}

const char *
sl_unit_name(struct sl_unit u)
{
	for (size_t i = 0; i < NUNITS; i++)
		if (sl_unit_same(units[i].unit, u))
			return units[i].name;
	return "a unit without a name";
}

const char *
sl_unit_list(void)
{
	return "x, 1, %, ops/s, kops/s, Mops/s, ns/op, us/op, ns, us, ms, s, "
	       "/op, /1000ops, B, KiB, MiB";
}

static bool
begins(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

static bool
ends(const char *s, const char *with)
{
	size_t n = strlen(s), m = strlen(with);

	return n >= m && !strcmp(s + n - m, with);
}

struct sl_measure
sl_measure_of(const char *counter)
{
	const struct sl_unit plain = {0, 0, 0}, second = {1, 0, 0},
			     byte = {0, 0, 1}, per_op = {0, -1, 0};

	if (ends(counter, "_ns"))
		return (struct sl_measure){second, 1e-9, false};
	if (ends(counter, "_s"))
		return (struct sl_measure){second, 1, false};
	if (ends(counter, "_kib"))
		return (struct sl_measure){byte, 1024, false};
	if (ends(counter, "_bytes"))
		return (struct sl_measure){byte, 1, false};
	if (begins(counter, "set_backlog") || !strcmp(counter, "set_listed"))
		return (struct sl_measure){plain, 1, false};
	if (begins(counter, "mc_") || begins(counter, "heap_lock") ||
	    begins(counter, "pagecache_") || begins(counter, "set_") ||
	    ends(counter, "_switches") || ends(counter, "_faults"))
		return (struct sl_measure){per_op, 1, true};
	return (struct sl_measure){plain, 1, false};
}
