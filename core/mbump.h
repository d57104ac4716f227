/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mbump.h - memory that is only taken, never given back (Go: debug.sbrk).
 *
 * Used by mallocgc and mfree with sbrk=1: what a program costs without an
 * allocator.  Each mcache has a chunk of its own.  The size is kept before the
 * object, for realloc.  Memory is zeroed.
 */
#ifndef SL_MBUMP_H
#define SL_MBUMP_H

#include "core/mcache.h"

/* NULL: out of memory.  Aligned to 16 at least. */
void *sl_bump_alloc(struct sl_mcache *mc, size_t size, size_t align);

/* Bytes that were asked for at p. */
size_t sl_bump_size(uintptr_t p);

#endif /* SL_MBUMP_H */
