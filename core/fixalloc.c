/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fixalloc.c - fixed-size metadata; see fixalloc.h.
 * Called by mheap, mcache, mtiny and variants.
 */
#include "core/fixalloc.h"

#include <string.h>

#include "core/die.h"
#include "core/persistent.h"

enum { CHUNK_BYTES = 16 << 10 };

struct sl_fixfree {
	struct sl_fixfree *next;
};

void
sl_fixalloc_init(struct sl_fixalloc *f, size_t size, size_t align, bool zero,
    void (*first)(void *obj, void *arg), void *arg)
{
	if (size < sizeof(struct sl_fixfree))
		size = sizeof(struct sl_fixfree);
	if (align < sizeof(void *))
		align = sizeof(void *);
	size = (size + align - 1) & ~(align - 1);
	if (size > CHUNK_BYTES)
		sl_throw("fixalloc: objects of %zu bytes", size);
	*f = (struct sl_fixalloc){.size = size,
	    .align = align,
	    .zero = zero,
	    .first = first,
	    .arg = arg};
}

void *
sl_fixalloc_alloc(struct sl_fixalloc *f)
{
	void *obj;

	if (f->size == 0)
		sl_throw("fixalloc: used before init");
	if (f->list != NULL) {
		obj = f->list;
		f->list = f->list->next;
		if (f->zero)
			memset(obj, 0, f->size);
		f->inuse_bytes += f->size;
		return obj;
	}
	if (f->chunk_left < f->size) {
		/* The largest multiple of size: no tail is wasted. */
		size_t bytes = CHUNK_BYTES / f->size * f->size;
		void *p = sl_persistent_alloc(bytes, f->align);

		if (p == NULL)
			return NULL;
		f->chunk = (uintptr_t)p;
		f->chunk_left = bytes;
	}
	obj = (void *)f->chunk;
	f->chunk += f->size;
	f->chunk_left -= f->size;
	if (f->first != NULL)
		f->first(obj, f->arg);
	f->inuse_bytes += f->size;
	return obj;
}

void
sl_fixalloc_free(struct sl_fixalloc *f, void *obj)
{
	struct sl_fixfree *node = obj;

	f->inuse_bytes -= f->size;
	node->next = f->list;
	f->list = node;
}
