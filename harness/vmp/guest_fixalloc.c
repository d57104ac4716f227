/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest_fixalloc.c - core/fixalloc.c as a guest, whose free objects nobody may
 * touch.  Called by variants in place of it: what a variant frees there it must
 * not have in its hands any more.  (Descriptors of spans, which may be looked
 * at when they are free, are mock_mheap.c's.)
 */
#define sl_fixalloc_alloc plain_alloc
#define sl_fixalloc_free plain_free
#include "core/fixalloc.c"
#undef sl_fixalloc_alloc
#undef sl_fixalloc_free

void *sl_fixalloc_alloc(struct sl_fixalloc *f);
void sl_fixalloc_free(struct sl_fixalloc *f, void *p);

void *
sl_fixalloc_alloc(struct sl_fixalloc *f)
{
	void *p;

	vmp_indivisible(true);
	p = plain_alloc(f);
	vmp_indivisible(false);
	if (p != NULL)
		vmp_allow(p, f->size);
	return p;
}

void
sl_fixalloc_free(struct sl_fixalloc *f, void *p)
{
	vmp_indivisible(true);
	plain_free(f, p);
	vmp_indivisible(false);
	vmp_forbid(p, f->size);
}
