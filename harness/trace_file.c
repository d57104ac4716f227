/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * trace_file.c - chunks, records and their order; see trace_file.h.
 * Called by the tests of traces.
 */
#include "harness/trace_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- reading ------------------------------------------------------------- */

static bool
wrong(struct sl_trace_file *t, const char *what, size_t at)
{
	snprintf(t->error, sizeof(t->error), "at byte %zu: %s", at, what);
	return false;
}

static bool
read_bytes(struct sl_trace_file *t, const char *path)
{
	FILE *f = fopen(path, "rb");
	unsigned char *more;
	size_t n;

	while (f != NULL && (more = realloc(t->bytes, t->size + 65536))) {
		t->bytes = more;
		n = fread(t->bytes + t->size, 1, 65536, f);
		t->size += n;
		if (n == 0 && !ferror(f)) {
			fclose(f);
			return true;
		}
		if (n == 0)
			break;
	}
	snprintf(
	    t->error, sizeof(t->error), "cannot read it: %s", strerror(errno));
	if (f != NULL)
		fclose(f);
	return false;
}

static bool
add(struct sl_trace_file *t, const struct sl_trace_event *e)
{
	struct sl_trace_event *more;

	if (t->n == t->room) {
		t->room = t->room == 0 ? 1024 : t->room * 2;
		more = realloc(t->events, t->room * sizeof(*more));
		if (more == NULL)
			return wrong(t, "out of memory", 0);
		t->events = more;
	}
	t->events[t->n++] = *e;
	return true;
}

static bool
is_sound(const struct sl_trace_record *r)
{
	return r->kind >= SL_TRACE_MALLOC && r->kind <= SL_TRACE_REALLOC &&
	       r->object != 0 &&
	       (r->old != 0) == (r->kind == SL_TRACE_REALLOC) &&
	       r->align_log2 < 48;
}

/* The records of the chunk that begins at `at`. */
static bool
read_records(struct sl_trace_file *t, const struct sl_trace_chunk *c, size_t at)
{
	size_t end = at + c->bytes, frames;
	struct sl_trace_event e = {.pid = c->pid};

	while (at < end) {
		if (end - at < sizeof(e.record))
			return wrong(t, "a record is cut off", at);
		memcpy(&e.record, t->bytes + at, sizeof(e.record));
		if (!is_sound(&e.record))
			return wrong(t, "not a record", at);
		at += sizeof(e.record);
		frames = e.record.depth * sizeof(uint64_t);
		if (end - at < frames)
			return wrong(t, "a call stack is cut off", at);
		e.stack = t->bytes + at;
		at += frames;
		if (!add(t, &e))
			return false;
	}
	return true;
}

static bool
read_chunks(struct sl_trace_file *t)
{
	struct sl_trace_chunk c;

	for (size_t at = 0; at < t->size; at += c.bytes) {
		if (t->size - at < sizeof(c))
			return wrong(t, "a chunk is cut off", at);
		memcpy(&c, t->bytes + at, sizeof(c));
		if (memcmp(c.magic, SL_TRACE_MAGIC, sizeof(c.magic)) != 0)
			return wrong(t, "not a chunk of a trace", at);
		at += sizeof(c);
		if (t->size - at < c.bytes)
			return wrong(t, "a chunk is cut off", at);
		if (c.kind == SL_TRACE_RECORDS && !read_records(t, &c, at))
			return false;
	}
	return true;
}

static int
by_order(const void *a, const void *b)
{
	const struct sl_trace_event *x = a, *y = b;

	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	return x->record.order < y->record.order   ? -1
	       : x->record.order > y->record.order ? 1
						   : 0;
}

bool
sl_trace_file_read(struct sl_trace_file *t, const char *path)
{
	memset(t, 0, sizeof(*t));
	if (!read_bytes(t, path) || !read_chunks(t))
		return false;
	if (t->n != 0)
		qsort(t->events, t->n, sizeof(t->events[0]), by_order);
	return true;
}

void
sl_trace_file_free(struct sl_trace_file *t)
{
	free(t->bytes);
	free(t->events);
	t->bytes = NULL;
	t->events = NULL;
}

/* --- checking ------------------------------------------------------------ */

/* The addresses in use: open addressing, never full; 1 is a removed one. */
struct in_use {
	uint64_t *at;
	size_t mask, n;
};

static uint64_t *
place_of(const struct in_use *u, uint64_t p)
{
	size_t i = (size_t)(p * UINT64_C(0x9e3779b97f4a7c15) >> 20);

	while (u->at[i & u->mask] != 0 && u->at[i & u->mask] != p)
		i++;
	return &u->at[i & u->mask];
}

static bool
end_of(struct in_use *u, uint64_t p)
{
	uint64_t *place = place_of(u, p);

	if (*place != p)
		return false;
	*place = 1;
	u->n--;
	return true;
}

static bool
begin_of(struct in_use *u, uint64_t p)
{
	uint64_t *place = place_of(u, p);

	if (*place == p)
		return false;
	*place = p;
	u->n++;
	return true;
}

static bool
is_possible(struct in_use *u, const struct sl_trace_record *r)
{
	if (r->kind == SL_TRACE_FREE)
		return end_of(u, r->object);
	if (r->kind == SL_TRACE_REALLOC && !end_of(u, r->old))
		return false;
	return begin_of(u, r->object);
}

bool
sl_trace_file_check(struct sl_trace_file *t, size_t *live)
{
	struct in_use u = {.mask = 1023};
	bool ok = true;

	while (u.mask < 2 * t->n)
		u.mask = u.mask * 2 + 1;
	u.at = calloc(u.mask + 1, sizeof(*u.at));
	if (u.at == NULL)
		return wrong(t, "out of memory", 0);
	for (size_t i = 0; ok && i < t->n; i++) {
		const struct sl_trace_record *r = &t->events[i].record;

		ok = (i == 0 || r->order > t->events[i - 1].record.order) &&
		     is_possible(&u, r);
		if (!ok)
			snprintf(t->error, sizeof(t->error),
			    "order %" PRIu64 ", kind %u: 0x%" PRIx64
			    " cannot be allocated or freed now",
			    r->order, (unsigned)r->kind, r->object);
	}
	free(u.at);
	if (live != NULL)
		*live = u.n;
	return ok;
}
