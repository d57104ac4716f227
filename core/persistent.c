/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * persistent.c - a bump allocator for immortal metadata; see persistent.h.
 * Called by fixalloc, mpagealloc, mpagetree and the variants.
 */
#include "core/persistent.h"

#include <stdint.h>

#include "core/annotate.h"
#include "core/atomic.h"
#include "core/die.h"
#include "core/lock.h"
#include "core/options.h"
#include "core/sys.h"

enum {
	CHUNK_BYTES = 256 << 10,
	DIRECT_BYTES = 64 << 10, /* as large as this: straight from the OS */
};

static struct sl_mutex lock = SL_MUTEX_INIT(SL_RANK_PERSISTENT);
static uintptr_t next, end; /* under lock: the current chunk */

/* At the beginning of each chunk. */
struct chunk {
	struct chunk *older; /* constant */
};
static _Atomic(struct chunk *) chunks; /* the newest */
static _Atomic(size_t) bytes_mapped;

static void *
from_os(size_t bytes)
{
	void *p = sl_sys_alloc(bytes);

	if (p == NULL)
		return NULL;
	/* relaxed: a statistic */
	sl_fetch_add_rlx(&bytes_mapped, bytes);
	if (sl_hooks(SL_HOOK_ANNOTATE) != 0)
		sl_annotate_metadata(p, bytes);
	return p;
}

/* Chunks are never unmapped, so readers need no lock. */
static void
begin_chunk_locked(struct chunk *c)
{
	c->older = sl_load_rlx(&chunks); /* relaxed: written under lock */
	/* pairs(persistent.chunks): whoever finds c finds what is older. */
	sl_store_rel(&chunks, c);
	end = (uintptr_t)c + CHUNK_BYTES;
}

bool
sl_persistent_contains(const void *p)
{
	/* pairs(persistent.chunks) */
	const struct chunk *c = sl_load_acq(&chunks);

	for (; c != NULL; c = c->older)
		if ((uintptr_t)p - (uintptr_t)c < CHUNK_BYTES)
			return true;
	return false;
}

static void *
bump_locked(size_t bytes, size_t align)
{
	uintptr_t p = (next + align - 1) & ~(uintptr_t)(align - 1);

	if (next == 0 || p + bytes > end) {
		/* The tail of the old chunk is given up. */
		struct chunk *c = from_os(CHUNK_BYTES);

		if (c == NULL)
			return NULL;
		begin_chunk_locked(c);
		p = ((uintptr_t)(c + 1) + align - 1) & ~(uintptr_t)(align - 1);
	}
	next = p + bytes;
	return (void *)p;
}

void *
sl_persistent_alloc(size_t bytes, size_t align)
{
	void *p;

	if (align == 0)
		align = 8;
	if ((align & (align - 1)) != 0 || align > SL_OS_PAGE)
		sl_throw("persistent: alignment %zu", align);
	if (sl_sys_is_refused())
		return NULL;
	if (bytes >= DIRECT_BYTES)
		return from_os(
		    (bytes + SL_OS_PAGE - 1) & ~(size_t)(SL_OS_PAGE - 1));
	sl_mutex_lock(&lock);
	p = bump_locked(bytes, align);
	sl_mutex_unlock(&lock);
	return p;
}

size_t
sl_persistent_bytes(void)
{
	return sl_load_rlx(&bytes_mapped); /* relaxed: a statistic */
}

void
sl_persistent_fork_prepare(void)
{
	sl_mutex_lock_for_fork(&lock);
}

void
sl_persistent_fork_done(void)
{
	sl_mutex_unlock_after_fork(&lock);
}
