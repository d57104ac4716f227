/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * undo.c - what guests write, to be undone; see undo.h.  Called by sched.c.
 */
#define _GNU_SOURCE 1
#include "harness/vmp/undo.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/vmp/vmp.h"

/* --- old values ---------------------------------------------------------- */

struct old {
	uintptr_t p;
	uint64_t bytes;
	uint32_t n;
};

static struct old *olds;
static size_t nolds, olds_max;

static uintptr_t stack_low, stack_high;

static void
find_stack(void)
{
	pthread_attr_t attr;
	size_t size;
	void *low;

	if (pthread_getattr_np(pthread_self(), &attr) != 0)
		abort();
	pthread_attr_getstack(&attr, &low, &size);
	pthread_attr_destroy(&attr);
	stack_low = (uintptr_t)low;
	stack_high = stack_low + size;
}

static uint64_t
read_bytes(uintptr_t p, unsigned n)
{
	uint64_t v = 0;

	if (n == sizeof(v))
		memcpy(&v, (const void *)p, sizeof(v));
	else
		memcpy(&v, (const void *)p, n);
	return v;
}

static void
write_bytes(uintptr_t p, unsigned n, uint64_t v)
{
	if (n == sizeof(v))
		memcpy((void *)p, &v, sizeof(v));
	else
		memcpy((void *)p, &v, n);
}

static void
note(uintptr_t p, unsigned n)
{
	if (nolds == olds_max) {
		olds_max = olds_max == 0 ? 4096 : 2 * olds_max;
		olds = realloc(olds, olds_max * sizeof(*olds));
		if (olds == NULL) {
			fputs("vmp: no memory to undo what guests write\n",
			    stderr);
			exit(2);
		}
	}
	olds[nolds++] = (struct old){p, read_bytes(p, n), n};
}

void
undo_note(uintptr_t p, size_t n)
{
	if (stack_high == 0)
		find_stack();
	if (p >= stack_low && p < stack_high)
		return;
	for (; n > 8; p += 8, n -= 8)
		note(p, 8);
	note(p, (unsigned)n);
}

void
undo_all(void)
{
	while (nolds > 0) {
		struct old *o = &olds[--nolds];

		write_bytes(o->p, o->n, o->bytes);
	}
}

/* --- sharing ------------------------------------------------------------- */

enum {
	SLOTS_SHIFT = 18,
	SLOTS = 1 << SLOTS_SHIFT
}; /* words of 8 bytes that a scenario touches */

static struct word {
	uintptr_t number; /* address / 8; 0: none */
	uint32_t run;     /* in which the masks were written */
	uint8_t readers, writers;
	bool is_shared;     /* in some run */
	uint32_t forbidden; /* in which run; 0: in none */
} words[SLOTS];
static uint32_t run_now = 1;
static unsigned nshared;
static unsigned long nforbids; /* of this run */

static struct word *
find(uintptr_t number)
{
	static struct word *last = &words[0]; /* most ask twice */
	size_t i = number * 0x9e3779b97f4a7c15u >> (64 - SLOTS_SHIFT);

	if (last->number == number && number != 0)
		return last;
	for (size_t tries = 0; tries < SLOTS; tries++) {
		struct word *w = &words[(i + tries) % SLOTS];

		if (w->number == number || w->number == 0)
			return last = w;
	}
	fputs("vmp: the scenario touches too much memory\n", stderr);
	exit(2);
}

static bool
note_word(uintptr_t number, unsigned t, bool writes)
{
	struct word *w = find(number);
	unsigned others;

	w->number = number;
	if (w->run != run_now) {
		w->run = run_now;
		w->readers = w->writers = 0;
	}
	if (writes)
		w->writers |= (uint8_t)(1u << t);
	else
		w->readers |= (uint8_t)(1u << t);
	others = (w->readers | w->writers) & ~(1u << t);
	if (!w->is_shared && w->writers != 0 &&
	    (others != 0 || ((w->writers & (w->writers - 1)) != 0))) {
		w->is_shared = true;
		nshared++;
	}
	return w->is_shared;
}

void
sharing_start_run(void)
{
	run_now++;
	nforbids = 0;
}

bool
sharing_note(uintptr_t p, size_t n, unsigned t, bool writes)
{
	bool shared = false;

	for (uintptr_t w = p / 8; w <= (p + n - 1) / 8; w++)
		shared |= note_word(w, t, writes);
	return shared;
}

bool
sharing_is_shared(uintptr_t p, size_t n)
{
	bool shared = false;

	for (uintptr_t w = p / 8; w <= (p + n - 1) / 8; w++)
		shared |= find(w)->is_shared;
	return shared;
}

void
sharing_forbid(uintptr_t p, size_t n, bool yes)
{
	for (uintptr_t i = p / 8; i <= (p + n - 1) / 8; i++) {
		struct word *w = find(i);

		w->number = i;
		w->forbidden = yes ? run_now : 0;
		nforbids++;
	}
}

bool
sharing_is_forbidden(uintptr_t p, size_t n)
{
	if (nforbids == 0)
		return false;
	for (uintptr_t w = p / 8; w <= (p + n - 1) / 8; w++)
		if (find(w)->forbidden == run_now)
			return true;
	return false;
}

unsigned
sharing_count(void)
{
	return nshared;
}

void
sharing_forget(void)
{
	for (size_t i = 0; i < SLOTS; i++)
		words[i] = (struct word){0};
	nshared = 0;
}
