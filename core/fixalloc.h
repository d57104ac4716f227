/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fixalloc.h - objects of one size for the allocator itself (Go: fixalloc).
 *
 * Used by mheap (span descriptors), mcache, mtiny and variants.  The caller
 * holds a lock of its own around every call.  Memory is type-stable: it never
 * returns to the OS and never serves another size, and a free leaves all but
 * the first word of the object as it was.
 */
#ifndef SL_FIXALLOC_H
#define SL_FIXALLOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sl_fixalloc {
	size_t size; /* bytes of an object, a multiple of align */
	size_t align;
	bool zero;                           /* clear what is reused */
	void (*first)(void *obj, void *arg); /* on memory never used before */
	void *arg;
	struct sl_fixfree *list; /* freed objects, last in first out */
	uintptr_t chunk;         /* unused rest of the current chunk */
	size_t chunk_left;       /* bytes */
	size_t inuse_bytes;
};

/* size at least a pointer, at most 16 KiB; align a power of two.  first may
 * be NULL. */
void sl_fixalloc_init(struct sl_fixalloc *f, size_t size, size_t align,
    bool zero, void (*first)(void *obj, void *arg), void *arg);

/* NULL: out of memory. */
void *sl_fixalloc_alloc(struct sl_fixalloc *f);

void sl_fixalloc_free(struct sl_fixalloc *f, void *obj);

#endif /* SL_FIXALLOC_H */
