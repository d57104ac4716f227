/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mtrace.c - records, buffers and the file; see mtrace.h.  Called by mhook.
 */
#include "core/mtrace.h"

#include <stdalign.h>
#include <string.h>
#include <unistd.h>

#include "core/die.h"
#include "core/file.h"
#include "core/options.h"

static char path[SL_PATH_MAX];
static uint32_t pid;
static _Atomic(bool) has_failed;

/* The number of the next record. */
static alignas(SL_CACHELINE) _Atomic(uint64_t) order;

static void
fail(int error)
{
	bool was = false;

	/* relaxed: whoever sees it late writes a chunk more */
	if (sl_cas_rlx(&has_failed, &was, true))
		sl_warn(
		    "trace: cannot write %s (errno %u); the trace ends here",
		    path, (unsigned)error);
}

static void
create(void)
{
	struct sl_file f;
	int error;

	pid = (uint32_t)getpid();
	if (!sl_file_name(path, sl_options.trace))
		sl_throw("trace=%s: no file name, or too long (%%p is the "
			 "number of the process, %%%% a percent sign)",
		    sl_options.trace);
	sl_file_create(&f, path);
	error = sl_file_close(&f);
	if (error != 0)
		sl_throw("trace: cannot create %s (errno %u)", path,
		    (unsigned)error);
}

void
sl_trace_init(void)
{
	if (sl_options.trace[0] != '\0')
		create();
}

void
sl_trace_buffer_init(struct sl_trace_buffer *b)
{
	sl_mutex_init(&b->lock, SL_RANK_TRACE);
	memcpy(b->chunk.magic, SL_TRACE_MAGIC, sizeof(b->chunk.magic));
	b->chunk.kind = SL_TRACE_RECORDS;
	b->chunk.bytes = 0;
}

static void
flush_locked(struct sl_trace_buffer *b)
{
	struct sl_file f;
	int error;

	/* relaxed: a late look costs a failed write */
	if (b->chunk.bytes != 0 && !sl_load_rlx(&has_failed)) {
		b->chunk.pid = pid;
		sl_file_append(&f, path);
		/* One write: the chunk is in one piece. */
		sl_file_put(&f, &b->chunk, sizeof(b->chunk) + b->chunk.bytes);
		error = sl_file_close(&f);
		if (error != 0)
			fail(error);
	}
	b->chunk.bytes = 0;
}

void
sl_trace_flush(struct sl_trace_buffer *b)
{
	sl_mutex_lock(&b->lock);
	flush_locked(b);
	sl_mutex_unlock(&b->lock);
}

void
sl_trace_try_flush(struct sl_trace_buffer *b)
{
	if (!sl_mutex_trylock(&b->lock))
		return;
	flush_locked(b);
	sl_mutex_unlock(&b->lock);
}

static void
append(struct sl_trace_buffer *b, const void *bytes, size_t n)
{
	memcpy(b->bytes + b->chunk.bytes, bytes, n);
	b->chunk.bytes += (uint32_t)n;
}

void
sl_trace_put(struct sl_trace_buffer *b, struct sl_trace_record *r,
    const struct sl_stack *st)
{
	size_t frames = st->n * sizeof(st->pc[0]);

	sl_mutex_lock(&b->lock);
	if (sizeof(*r) + frames > SL_TRACE_BUFFER - b->chunk.bytes)
		flush_locked(b);
	r->thread = b->thread;
	r->depth = (uint16_t)st->n;
	/* relaxed: the numbers of one counter have an order, and what passes
	 * an object from thread to thread orders its records */
	r->order = sl_fetch_add_rlx(&order, 1);
	append(b, r, sizeof(*r));
	append(b, st->pc, frames);
	sl_mutex_unlock(&b->lock);
}

/* A chunk of its own, in one write. */
static void
put_map(const char *part, size_t n, void *file)
{
	struct sl_trace_chunk chunk = {.kind = SL_TRACE_MAPS, .pid = pid};
	unsigned char bytes[sizeof(chunk) + SL_MAPS_PART];

	memcpy(chunk.magic, SL_TRACE_MAGIC, sizeof(chunk.magic));
	chunk.bytes = (uint32_t)n;
	memcpy(bytes, &chunk, sizeof(chunk));
	memcpy(bytes + sizeof(chunk), part, n);
	sl_file_put(file, bytes, sizeof(chunk) + n);
}

void
sl_trace_put_maps(void)
{
	struct sl_file f;
	int error;

	if (path[0] == '\0')
		return;
	sl_file_append(&f, path);
	sl_file_read_maps(put_map, &f);
	error = sl_file_close(&f);
	if (error != 0)
		fail(error);
}

void
sl_trace_in_child(void)
{
	pid = (uint32_t)getpid();
	if (strstr(sl_options.trace, "%p") != NULL)
		create();
}
