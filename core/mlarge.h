/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mlarge.h - objects of more than 32 KiB, a span each (Go: allocLarge).
 *
 * Used by mallocgc, mfree and mcache.
 */
#ifndef SL_MLARGE_H
#define SL_MLARGE_H

#include "core/mcache.h"

/* A span of so many pages, aligned so, its one slot in use; NULL: out of
 * memory.  The pages may hold garbage: s->needzero. */
struct sl_mspan *sl_mlarge_alloc(
    struct sl_mcache *mc, size_t npages, size_t align_pages);

/*
 * A span for one object of any size (efence=1): the object ends where the span
 * ends, as near as its alignment allows, and behind that there is no access.
 * After its free there is none to the span either, and it stays what it is, so
 * that a use of the object is found, and a second free.
 */
struct sl_mspan *sl_mlarge_alloc_fenced(
    struct sl_mcache *mc, size_t size, size_t align);

/* Where the object is. */
static inline uintptr_t
sl_mlarge_object(const struct sl_mspan *s)
{
	return s->cur_base;
}

/* Free the object.  False: it was free. */
bool sl_mlarge_free(struct sl_mcache *mc, struct sl_mspan *s);

/*
 * The object, which is live and the caller's, shall have so many pages: where
 * it is, or elsewhere, with its contents.  Returns its span; NULL: out of
 * memory.  Not in epoch mode, nor with hooks on.
 */
struct sl_mspan *sl_mlarge_resize(
    struct sl_mcache *mc, struct sl_mspan *s, size_t npages);

/* Bytes of the object if it is live and p its start; 0: no. */
static inline size_t
sl_mlarge_size(const struct sl_mspan *s, uintptr_t p)
{
	/* relaxed: a live object's bit is clear, and nobody sets it */
	if (p != sl_mlarge_object(s) ||
	    (sl_load_rlx(&s->remote_bits[0]) & 1) != 0)
		return 0;
	return s->limit - p;
}

/* Give back what the mcache keeps.  Owner only. */
void sl_mlarge_release(struct sl_mcache *mc);

#endif /* SL_MLARGE_H */
