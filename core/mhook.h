/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mhook.h - what is done beside each allocation and each free, on demand.
 *
 * Used by mallocgc, mfree and mthread.  Which are on is decided once, when
 * SPANLAB_OPTIONS is read (sl_options.hooks; sl_hooks() asks).  When none is,
 * nothing here is called, and the fast paths test for nothing: with hooks on,
 * the fast path of an allocation sees sl_mspan_none in every class (the spans
 * are in the mcache's `hidden`), and that of a free sees an owner that is no
 * mcache's address.  So both take their slow path, which asks and calls:
 *
 *   sl_mhook_allocated  the object is ours and nobody else knows it yet
 *   sl_mhook_freeing    the object is live, and its slot is not yet free
 *
 * Whether hooks are on or not, a slow path is between sl_mhook_enter() and
 * sl_mhook_leave(), which look whether this is a call within a call.
 *
 * realloc adds sl_mhook_resized, or sl_mhook_moving before it allocates and
 * frees.  Hooks run in the thread that allocates or frees; they may hold a
 * lock of rank HOOKS or above.  What they call may call malloc, which is then
 * served without hooks.
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
	bool zero;     /* the program wants zeros: the hooks write them */
	struct sl_mspan *span;
};

/* After the options were read, before the first mcache is made. */
void sl_mhook_init(void);

/* By the library's constructor. */
void sl_mhook_start(void);

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

void sl_mhook_allocated(struct sl_mcache *mc, const struct sl_hook_object *o);
void sl_mhook_freeing(struct sl_mcache *mc, const struct sl_hook_object *o);

/* The object at o->p has a new size, in place. */
void sl_mhook_resized(struct sl_mcache *mc, const struct sl_hook_object *o);

/* The next allocation and the free of p are one realloc.  NULL: no, after all,
 * or it is done. */
void sl_mhook_moving(struct sl_mcache *mc, const void *p);

/* The mcache is one that threads share. */
void sl_mhook_share(struct sl_mcache *mc);

/* The thread of the mcache ends. */
void sl_mhook_thread_ends(struct sl_mcache *mc);

/* mc: that of the thread that forks. */
void sl_mhook_fork_prepare(struct sl_mcache *mc);
void sl_mhook_fork_parent(void);
void sl_mhook_fork_child(struct sl_mcache *mc);

#endif /* SL_MHOOK_H */
