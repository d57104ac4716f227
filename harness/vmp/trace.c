/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trace.c - the steps of a run, for people; see sched.h.
 * Called by sched.c, tsan.c and explore.c.
 */
#define _GNU_SOURCE 1
#include <inttypes.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/vmp/sched.h"
#include "harness/vmp/undo.h"

enum { STEPS_MAX = 1 << 14, NAMES_MAX = 128, WHERE_MAX = 200 };

struct step {
	uint8_t thread, kind;
	bool has_values, done;
	bool is_buffered, is_drained;
	uint8_t n;
	uintptr_t p;
	const void *pc;
	uint64_t found, left;
};

static struct step steps[STEPS_MAX];
static size_t nsteps;
static bool is_open; /* the last step awaits its values */

static struct {
	uintptr_t p;
	size_t n;
	const char *name;
} names[NAMES_MAX];
static unsigned nnames;

void
vmp_name(const void *p, size_t n, const char *name)
{
	for (unsigned i = 0; i < nnames; i++)
		if (names[i].p == (uintptr_t)p && names[i].n == n)
			return;
	if (nnames < NAMES_MAX) {
		names[nnames].p = (uintptr_t)p;
		names[nnames].n = n;
		names[nnames++].name = name;
	}
}

static uint64_t
read_value(uintptr_t p, unsigned n)
{
	uint64_t v = 0;

	memcpy(&v, (const void *)p, n > 8 ? 8 : n);
	return v;
}

/* What a plain write has left is known when the next step begins. */
static void
close_step(void)
{
	struct step *s = &steps[nsteps - 1];

	if (is_open && !s->has_values && s->n != 0)
		s->left = read_value(s->p, s->n);
	is_open = false;
}

void
trace_start(void)
{
	nsteps = 0;
	is_open = false;
}

static struct step *
new_step(void)
{
	close_step();
	if (nsteps == STEPS_MAX)
		nsteps--;
	return &steps[nsteps++];
}

void
trace_step(
    unsigned thread, uintptr_t p, size_t n, enum vmp_kind kind, const void *pc)
{
	struct step *s = new_step();

	*s = (struct step){.thread = (uint8_t)thread,
	    .kind = (uint8_t)kind,
	    .done = true,
	    .n = (uint8_t)(n > 8 ? 8 : n),
	    .p = p,
	    .pc = pc};
	if (n != 0)
		s->found = s->left = read_value(p, s->n);
	is_open = true;
}

void
vmp_values(uint64_t found, uint64_t left, bool done)
{
	struct step *s = &steps[nsteps == 0 ? 0 : nsteps - 1];

	if (!is_open)
		return;
	s->found = found;
	s->left = left;
	s->done = done;
	s->has_values = true;
}

void
trace_buffered(
    bool is_drained, unsigned thread, uintptr_t p, unsigned n, uint64_t value)
{
	if (!is_drained) {
		steps[nsteps - 1].is_buffered = true;
		return;
	}
	*new_step() = (struct step){.thread = (uint8_t)thread,
	    .kind = VMP_STORE,
	    .is_drained = true,
	    .done = true,
	    .n = (uint8_t)n,
	    .p = p,
	    .left = value,
	    .found = value};
}

/* --- for people --------------------------------------------------------- */

static uintptr_t base;
static FILE *addresses; /* that addr2line reads */

static int
find_base(struct dl_phdr_info *info, size_t size, void *arg)
{
	(void)size;
	(void)arg;
	base = info->dlpi_addr;
	return 1; /* the program is the first */
}

/* The places of all steps, two lines each, from binutils; NULL: it has none. */
static FILE *
open_places(void)
{
	char command[400], program[300];
	ssize_t len = readlink("/proc/self/exe", program, sizeof(program) - 1);
	FILE *f = tmpfile(), *places;

	if (len < 0 || f == NULL)
		return NULL;
	program[len] = '\0';
	dl_iterate_phdr(find_base, NULL);
	for (size_t i = 0; i < nsteps; i++)
		fprintf(f, "0x%" PRIxPTR "\n",
		    steps[i].pc == NULL ? 0
					: (uintptr_t)steps[i].pc - base - 1);
	fflush(f);
	snprintf(command, sizeof(command),
	    "addr2line -sfe '%s' </proc/%ld/fd/%d 2>/dev/null", program,
	    (long)getpid(), fileno(f));
	places = popen(command, "r");
	if (places == NULL)
		fclose(f);
	else
		addresses = f;
	return places;
}

static void
read_place(FILE *places, const void *pc, char *where, size_t size)
{
	char function[WHERE_MAX], line[WHERE_MAX];

	snprintf(where, size, "at %p", pc);
	if (places == NULL ||
	    fgets(function, sizeof(function), places) == NULL ||
	    fgets(line, sizeof(line), places) == NULL || pc == NULL)
		return;
	function[strcspn(function, "\n")] = '\0';
	line[strcspn(line, " \n")] = '\0';
	snprintf(where, size, "%s %s()", line, function);
}

static void
name_of(uintptr_t p, char *text, size_t size)
{
	for (unsigned i = 0; i < nnames; i++)
		if (p - names[i].p < names[i].n) {
			snprintf(text, size, "%s+%zu", names[i].name,
			    (size_t)(p - names[i].p));
			return;
		}
	snprintf(text, size, "%#" PRIxPTR, p);
}

static void
print_step(const struct step *s, const char *where)
{
	static const char *const verbs[VMP_KINDS] = {"reads", "writes", "loads",
	    "stores", "stores", "swaps", "fence", "takes", "leaves", "waits",
	    "wakes", "pauses", "ends"};
	char what[100];

	printf("#   thread %u  %-32s ", s->thread, s->is_drained ? "" : where);
	if (s->n == 0) {
		printf("%s\n", verbs[s->kind]);
		return;
	}
	name_of(s->p, what, sizeof(what));
	if (s->is_drained)
		printf("its store reaches %s: %#" PRIx64 "\n", what, s->left);
	else if (!vmp_kind_writes((enum vmp_kind)s->kind))
		printf("%s %s: %#" PRIx64 "\n", verbs[s->kind], what, s->found);
	else
		printf("%s %s: %#" PRIx64 " -> %#" PRIx64 "%s\n",
		    verbs[s->kind], what, s->found, s->left,
		    !s->done         ? " fails"
		    : s->is_buffered ? ", in its store buffer"
				     : "");
}

void
vmp_trace_print(void)
{
	char where[2 * WHERE_MAX + 8];
	FILE *places;

	close_step();
	places = open_places();
	for (size_t i = 0; i < nsteps; i++) {
		const struct step *s = &steps[i];

		read_place(places, s->pc, where, sizeof(where));
		if (s->n == 0 || sharing_is_shared(s->p, s->n))
			print_step(s, where);
	}
	if (places != NULL) {
		pclose(places);
		fclose(addresses);
	}
	fflush(stdout);
}
