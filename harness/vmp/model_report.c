/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model_report.c - what was hot: lines by name, and where they were missed.
 * Called by model_sched.c and model_lines.c, and by who reports a run.
 */
#define _GNU_SOURCE 1
#include <inttypes.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/vmp/model_core.h"

/* --- sites ---------------------------------------------------------------- */

enum { SITES_SHIFT = 12, SITES = 1 << SITES_SHIFT };

static struct model_site sites[SITES];

void
sites_add(const void *pc, uint64_t cycles)
{
	size_t i = (uintptr_t)pc * 0x9e3779b97f4a7c15u >> (64 - SITES_SHIFT);

	for (size_t tries = 0; tries < SITES; tries++) {
		struct model_site *s = &sites[(i + tries) % SITES];

		if (s->pc == NULL)
			s->pc = pc;
		if (s->pc == pc) {
			s->misses++;
			s->cycles += cycles;
			return;
		}
	}
}

void
sites_forget(void)
{
	memset(sites, 0, sizeof(sites));
}

/* --- names ---------------------------------------------------------------- */

/* A part of memory: one that was named, or a variable of the program. */
struct named {
	uintptr_t p;
	size_t n;
	char name[MODEL_NAME_MAX];
};

static struct named *names;
static size_t nnames, names_max;
static bool has_symbols;
static unsigned nclasses;

void
model_name_classes(unsigned n)
{
	nclasses = n;
}

void
model_name(const void *p, size_t n, const char *name)
{
	struct named *s;

	if (nnames == names_max) {
		names_max = names_max == 0 ? 256 : 2 * names_max;
		names = realloc(names, names_max * sizeof(*names));
		if (names == NULL)
			sched_fail("no memory for names");
	}
	s = &names[nnames++];
	s->p = (uintptr_t)p;
	s->n = n;
	snprintf(s->name, sizeof(s->name), "%s", name);
}

static int
find_base(struct dl_phdr_info *info, size_t size, void *base)
{
	(void)size;
	*(uintptr_t *)base = info->dlpi_addr;
	return 1; /* the program is the first */
}

static uintptr_t
program_base(void)
{
	uintptr_t base = 0;

	dl_iterate_phdr(find_base, &base);
	return base;
}

/* A program of binutils about this one, whose path goes behind `format`. */
static FILE *
open_tool(const char *tool, FILE *input)
{
	char command[400], program[300];
	ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);

	if (len < 0 || memchr(program, '\'', (size_t)len) != NULL)
		return NULL;
	program[len] = '\0';
	if (input == NULL)
		snprintf(command, sizeof(command), "%s '%s' 2>/dev/null", tool,
		    program);
	else
		snprintf(command, sizeof(command),
		    "%s '%s' </proc/%ld/fd/%d 2>/dev/null", tool, program,
		    (long)getpid(), fileno(input));
	return popen(command, "r");
}

/* The program's variables, by nm. */
static void
read_symbols(void)
{
	FILE *f = open_tool("nm -S --defined-only", NULL);
	uintptr_t base = program_base(), p;
	char line[300], name[200], type;
	size_t n;

	has_symbols = true;
	if (f == NULL)
		return;
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "%" SCNxPTR " %zx %c %199s", &p, &n, &type,
			name) == 4 &&
		    strchr("bBdD", type) != NULL)
			model_name((void *)(base + p), n, name);
	pclose(f);
}

/* Lines belong to who has their first byte that is anybody's. */
static void
name_line(const struct line *l, char *text)
{
	const struct named *best = NULL;
	size_t offset;

	for (size_t i = 0; i < nnames; i++) {
		const struct named *s = &names[i];

		if (s->p >= l->p + (1u << MODEL_LINE_SHIFT) ||
		    l->p >= s->p + s->n)
			continue;
		if (best == NULL || s->p < best->p)
			best = s;
	}
	if (best == NULL) {
		snprintf(text, MODEL_NAME_MAX, "%s", MODEL_UNNAMED);
		return;
	}
	offset = l->p > best->p ? l->p - best->p : 0;
	if (nclasses != 0 && best->n % nclasses == 0 &&
	    best->n / nclasses >= 1u << MODEL_LINE_SHIFT) {
		size_t each = best->n / nclasses;

		snprintf(text, MODEL_NAME_MAX, "mcentral[%u].%.20s+%u",
		    (unsigned)(offset / each), best->name,
		    (unsigned)(offset % each));
		return;
	}
	snprintf(
	    text, MODEL_NAME_MAX, "%.32s+%u", best->name, (unsigned)offset);
}

/* --- the hottest ---------------------------------------------------------- */

static int
by_transfers(const void *a, const void *b)
{
	const struct line *x = *(struct line *const *)a;
	const struct line *y = *(struct line *const *)b;

	if (x->n.transfers != y->n.transfers)
		return x->n.transfers < y->n.transfers ? 1 : -1;
	return x < y ? -1 : x > y;
}

static void
add_line(struct model_line *to, const struct line_counts *c)
{
	to->accesses += c->accesses;
	to->transfers += c->transfers;
	to->remote += c->remote;
	to->invalidations += c->invalidations;
	to->wait_cycles += c->wait_cycles;
	to->cas_failures += c->cas_failures;
}

/* Into `out`, of n at most, of which nout are there.  Lines without a name are
 * one entry, for their addresses say nothing. */
static size_t
report_line(const struct line *l, struct model_line *out, size_t n, size_t nout)
{
	char name[MODEL_NAME_MAX];

	name_line(l, name);
	for (size_t i = 0; i < nout; i++)
		if (strcmp(out[i].name, name) == 0) {
			add_line(&out[i], &l->n);
			return nout;
		}
	if (nout == n)
		return nout;
	memset(&out[nout], 0, sizeof(out[nout]));
	memcpy(out[nout].name, name, sizeof(name));
	add_line(&out[nout], &l->n);
	return nout + 1;
}

static int
by_sum(const void *a, const void *b)
{
	const struct model_line *x = a, *y = b;

	if (x->transfers != y->transfers)
		return x->transfers < y->transfers ? 1 : -1;
	return strcmp(x->name, y->name);
}

size_t
model_hot_lines(struct model_line *out, size_t n)
{
	struct line *all, **v;
	size_t count, nout = 0;

	if (!has_symbols)
		read_symbols();
	all = lines_of(&count);
	v = malloc((count + 1) * sizeof(struct line *));
	if (v == NULL)
		return 0;
	for (size_t i = 0; i < count; i++)
		v[i] = &all[i];
	qsort(v, count, sizeof(struct line *), by_transfers);
	for (size_t i = 0; i < count && v[i]->n.transfers != 0; i++)
		nout = report_line(v[i], out, n, nout);
	free(v);
	qsort(out, nout, sizeof(*out), by_sum);
	return nout;
}

static int
by_cycles(const void *a, const void *b)
{
	const struct model_site *x = a, *y = b;

	if (x->cycles != y->cycles)
		return x->cycles < y->cycles ? 1 : -1;
	return x->pc < y->pc ? -1 : x->pc > y->pc;
}

/* The sites' places in the sources, by addr2line. */
static void
find_places(struct model_site *s, size_t n)
{
	FILE *in = tmpfile(), *f;
	uintptr_t base = program_base();
	char function[100], line[100];

	if (in == NULL)
		return;
	for (size_t i = 0; i < n; i++)
		fprintf(in, "0x%" PRIxPTR "\n", (uintptr_t)s[i].pc - base - 1);
	fflush(in);
	f = open_tool("addr2line -sfe", in);
	for (size_t i = 0; f != NULL && i < n; i++) {
		if (fgets(function, sizeof(function), f) == NULL ||
		    fgets(line, sizeof(line), f) == NULL)
			break;
		function[strcspn(function, "\n")] = '\0';
		line[strcspn(line, " \n")] = '\0';
		if (line[0] != '?')
			snprintf(s[i].place, sizeof(s[i].place),
			    "%.60s %.60s()", line, function);
	}
	if (f != NULL)
		pclose(f);
	fclose(in);
}

size_t
model_hot_sites(struct model_site *out, size_t n)
{
	static struct model_site sorted[SITES];

	memcpy(sorted, sites, sizeof(sites));
	qsort(sorted, SITES, sizeof(sorted[0]), by_cycles);
	for (size_t i = 0; i < n; i++)
		if (i == SITES || sorted[i].cycles == 0)
			n = i;
	memcpy(out, sorted, n * sizeof(*out));
	for (size_t i = 0; i < n; i++)
		snprintf(out[i].place, sizeof(out[i].place), "+%#" PRIxPTR,
		    (uintptr_t)out[i].pc - program_base());
	find_places(out, n);
	return n;
}
