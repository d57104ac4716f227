/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mbump.c - take, and no more; see mbump.h.  Called by mallocgc and mfree.
 */
#include "core/mbump.h"

#include "core/sys.h"

enum {
	CHUNK_BYTES = 1 << 20,
	HEAD_BYTES = 16, /* the size, before each object */
};

/* Make room for so many bytes; what is left of the chunk is lost. */
static bool
new_chunk(struct sl_mcache *mc, size_t bytes)
{
	void *p;

	bytes = (bytes + CHUNK_BYTES - 1) & ~(size_t)(CHUNK_BYTES - 1);
	p = sl_sys_alloc(bytes);
	if (p == NULL)
		return false;
	mc->bump = (uintptr_t)p;
	mc->bump_end = mc->bump + bytes;
	return true;
}

void *
sl_bump_alloc(struct sl_mcache *mc, size_t size, size_t align)
{
	uintptr_t mask = (align < HEAD_BYTES ? HEAD_BYTES : align) - 1, p;

	p = (mc->bump + HEAD_BYTES + mask) & ~mask;
	if (p + size > mc->bump_end || mc->bump == 0) {
		if (!new_chunk(mc, HEAD_BYTES + mask + size))
			return NULL;
		p = (mc->bump + HEAD_BYTES + mask) & ~mask;
	}
	mc->bump = p + size;
	((size_t *)p)[-1] = size;
	return (void *)p;
}

size_t
sl_bump_size(uintptr_t p)
{
	return ((const size_t *)p)[-1];
}
