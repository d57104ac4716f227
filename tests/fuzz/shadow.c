/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shadow.c - what is allocated, as a model has it; see shadow.h.
 * Called by the fuzz targets and shadow_calls.c.
 */
#define _GNU_SOURCE
#include "tests/fuzz/shadow.h"

#include <errno.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/spanlab.h"

void
shadow_fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("shadow: ", stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	va_end(ap);
	abort();
}

uint64_t
shadow_take(struct shadow_input *in, unsigned nbytes)
{
	uint64_t v = 0;

	for (; nbytes > 0 && in->left > 0; nbytes--, in->left--)
		v = v << 8 | *in->p++;
	return v;
}

/* --- planted faults ------------------------------------------------------ */

enum shadow_fault
shadow_fault_wanted(void)
{
	static int f = -1;

	if (f < 0) {
		const char *text = getenv("FUZZ_FAULT");

		f = text != NULL ? atoi(text) : 0;
	}
	return (enum shadow_fault)f;
}

/* Each fault only where a size is odd in its way: the fuzzer has to get
 * there. */
static void *
spoiled(void *p, size_t size, size_t align, bool zeroed)
{
	static void *last;
	void *before = last;

	last = p;
	if (p == NULL || size % 7 != 3)
		return p;
	switch (shadow_fault_wanted()) {
	case SHADOW_DIRTY_CALLOC:
		if (zeroed && size > 100)
			((char *)p)[size / 2] = 1;
		break;
	case SHADOW_LOST_ALIGNMENT:
		return align > 64 && size > 8 ? (char *)p + 8 : p;
	case SHADOW_TWO_OWNERS:
		if (before != NULL && size < 2000) {
			free(p);
			return before;
		}
		break;
	default:
		break;
	}
	return p;
}

/* --- the model ----------------------------------------------------------- */

/* Bytes at both ends of an object, and some between, say whose it is. */
static unsigned char
mark(const struct shadow_object *o, size_t i)
{
	return (unsigned char)(o->tag + i * 7);
}

static size_t
next_mark(size_t i, size_t size)
{
	size_t step = 61 + size / 64;

	if (i < 32 || i + 32 >= size)
		return i + 1;
	return i + step < size - 32 ? i + step : size - 32;
}

static void
fill(const struct shadow_object *o)
{
	for (size_t i = 0; i < o->size; i = next_mark(i, o->size))
		o->p[i] = mark(o, i);
}

bool
shadow_is_kept(
    const struct shadow_object *o, const unsigned char *p, size_t size)
{
	for (size_t i = 0; i < size; i = next_mark(i, o->size))
		if (p[i] != mark(o, i))
			return false;
	return true;
}

void
shadow_check_content(const struct shadow_object *o)
{
	if (!shadow_is_kept(o, o->p, o->size))
		shadow_fail("%p of %zu bytes changed", (void *)o->p, o->size);
}

static void
check_disjoint(const struct shadow_world *w, const struct shadow_object *o)
{
	for (unsigned i = 0; i < SHADOW_PLACES; i++) {
		const struct shadow_object *q = &w->o[i];
		size_t n = q->size == 0 ? 1 : q->size;

		if (q == o || q->p == NULL)
			continue;
		if (o->p < q->p + n && q->p < o->p + (o->size ? o->size : 1))
			shadow_fail("%p of %zu bytes and %p of %zu overlap",
			    (void *)o->p, o->size, (void *)q->p, q->size);
	}
}

void
shadow_check(const struct shadow_world *w)
{
	for (unsigned i = 0; i < SHADOW_PLACES; i++) {
		if (w->o[i].p == NULL)
			continue;
		shadow_check_content(&w->o[i]);
		check_disjoint(w, &w->o[i]);
	}
}

size_t
shadow_live_bytes(const struct shadow_world *w)
{
	size_t n = 0;

	for (unsigned i = 0; i < SHADOW_PLACES; i++)
		n += w->o[i].size;
	return n;
}

/* What malloc owes an object of so many bytes. */
static size_t
natural_alignment(size_t size)
{
	return size >= 16 ? 16 : size >= 8 ? 8 : 1;
}

static bool
is_zero(const unsigned char *p, size_t n)
{
	return n == 0 || (*p == 0 && memcmp(p, p + 1, n - 1) == 0);
}

void
shadow_place(struct shadow_world *w, struct shadow_object *o, void *p,
    const struct shadow_wish *wish, bool alone)
{
	size_t align = natural_alignment(wish->size);

	if (wish->align > align)
		align = wish->align;
	o->p = spoiled(p, wish->size, wish->align, wish->zeroed);
	if (o->p == NULL)
		shadow_fail("%zu bytes aligned to %zu cannot be had: errno %d",
		    wish->size, align, errno);
	o->size = wish->size;
	o->align = wish->align;
	o->tag = wish->tag;
	if ((uintptr_t)o->p % align != 0)
		shadow_fail("%p is not aligned to %zu", (void *)o->p, align);
	if (malloc_usable_size(o->p) < o->size)
		shadow_fail("%p has %zu bytes, not %zu", (void *)o->p,
		    malloc_usable_size(o->p), o->size);
	if (wish->zeroed && !is_zero(o->p, o->size))
		shadow_fail(
		    "%p of %zu bytes is not zero", (void *)o->p, o->size);
	if (alone)
		check_disjoint(w, o);
	fill(o);
}

/* --- beginning and end --------------------------------------------------- */

void
shadow_restart(char **argv)
{
	const char *options = getenv("SPANLAB_OPTIONS");
	char text[1000];

	if (getenv("FUZZ_RESTARTED") != NULL)
		return;
	snprintf(text, sizeof(text), "%s%sbadfree=ignore",
	    options != NULL ? options : "", options != NULL ? "," : "");
	if (setenv("SPANLAB_OPTIONS", text, 1) != 0 ||
	    setenv("FUZZ_RESTARTED", "1", 1) != 0)
		shadow_fail("no environment");
	execv("/proc/self/exe", argv);
	shadow_fail("cannot run again: %s", strerror(errno));
}

static uint64_t
objects_now(void)
{
	uint64_t objects = 0;
	char why[256];

	if (!sl_heap_check(why, sizeof(why), &objects, NULL))
		shadow_fail("heap check: %s", why);
	return objects;
}

void
shadow_begin(struct shadow_world *w)
{
	memset(w, 0, sizeof(*w));
	w->live_before = objects_now();
}

void
shadow_end(struct shadow_world *w)
{
	uint64_t objects;

	shadow_check(w);
	for (unsigned i = 0; i < SHADOW_PLACES; i++)
		if (w->o[i].p != NULL)
			free(w->o[i].p);
	objects = objects_now();
	if (objects != w->live_before)
		shadow_fail("%lu objects before, %lu after all were freed",
		    (unsigned long)w->live_before, (unsigned long)objects);
}
