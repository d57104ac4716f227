/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mpagecache.c - a block of pages per thread; see mpagecache.h.
 * Called by mheap.
 */
#include "core/mpagecache.h"

#include "core/bits.h"
#include "core/die.h"
#include "core/mpagealloc.h"
#include "core/sys.h"

uintptr_t
sl_pagecache_alloc(struct sl_pagecache *c, size_t npages, bool *needzero)
{
	uint64_t starts = sl_bit_runs(c->free, npages), run;
	unsigned first, nclean;
	uintptr_t base;

	if (starts == 0)
		return 0;
	first = (unsigned)__builtin_ctzll(starts);
	run = sl_bit_range(first, npages);
	nclean = sl_popcount(c->clean & run);
	c->free &= ~run;
	c->clean &= ~run;
	base = c->base + ((uintptr_t)first << SL_PAGE_SHIFT);
	if (nclean != 0)
		sl_sys_used((void *)base, npages << SL_PAGE_SHIFT,
		    (size_t)nclean << SL_PAGE_SHIFT);
	*needzero = nclean < npages;
	return base;
}

bool
sl_pagecache_free(struct sl_pagecache *c, uintptr_t base, size_t npages)
{
	uintptr_t first = (base - c->base) >> SL_PAGE_SHIFT;
	uint64_t run;

	if (first >= SL_PAGECACHE_PAGES || first + npages > SL_PAGECACHE_PAGES)
		return false;
	run = sl_bit_range(first, npages);
	if ((c->free & run) != 0)
		sl_throw("page cache: %p freed twice", (void *)base);
	c->free |= run;
	return true;
}

bool
sl_pagecache_refill(struct sl_pagecache *c, size_t npages)
{
	sl_pagecache_flush(c);
	c->base = sl_pages_take_block(npages, &c->free, &c->clean);
	return c->base != 0;
}

void
sl_pagecache_flush(struct sl_pagecache *c)
{
	/* A thread that is lost in a fork may have taken clean pages by
	 * half. */
	sl_pages_give_block(c->base, c->free, c->clean & c->free);
	*c = (struct sl_pagecache){.base = 0};
}
