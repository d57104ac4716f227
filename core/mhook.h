/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mhook.h - what is done beside each allocation and each free, on demand.
 *
 * Used by mallocgc and mfree.  Which hooks are on is decided once, when
 * SPANLAB_OPTIONS is read (sl_options.hooks).  When none is, nothing here is
 * called, and the fast paths test for nothing: with hooks on, the fast path of
 * an allocation sees sl_mspan_none in every class (the spans are in the
 * mcache's `hidden`), and that of a free sees an owner that is no mcache's
 * address.  So both take their slow path, which looks at sl_options.hooks and
 * calls:
 *
 *   sl_mhook_allocated  the object is ours and nobody else knows it yet
 *   sl_mhook_freeing    the object is live, and its slot is not yet free
 *
 * Whether hooks are on or not, a slow path is between sl_mhook_enter() and
 * sl_mhook_leave(), which look whether this is a call within a call.
 *
 * Hooks run in the thread that allocates or frees, with no lock held.  They
 * may not allocate.
 */
#ifndef SL_MHOOK_H
#define SL_MHOOK_H

#include "core/mcache.h"

/* One allocation or free. */
struct sl_hook_object {
	void *p;
	size_t size;   /* asked for; 0 at a free, where it is not known */
	size_t usable; /* bytes from p that belong to the object */
	size_t align;  /* asked for; 1 if nothing special was */
	struct sl_mspan *span;
};

/* A call within a call ends the program. */
_Noreturn void sl_mhook_reentered(void);

static inline void
sl_mhook_enter(struct sl_mcache *mc)
{
	if (sl_unlikely(mc->central.inside != 0) && mc->central.nested == 0)
		sl_mhook_reentered();
	mc->central.inside++;
}

static inline void
sl_mhook_leave(struct sl_mcache *mc)
{
	mc->central.inside--;
}

/* zero: the program wants zeros; they are written here. */
void sl_mhook_allocated(
    struct sl_mcache *mc, const struct sl_hook_object *o, bool zero);

void sl_mhook_freeing(struct sl_mcache *mc, const struct sl_hook_object *o);

#endif /* SL_MHOOK_H */
