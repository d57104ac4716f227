/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mhook.c - which hooks are on, and the order in which they run; see mhook.h.
 * Called by mallocgc and mfree.
 *
 * Re-entry.  While a thread is inside core, a call of malloc or free by the
 * same thread can only come from a signal handler, and would work on half a
 * change; it ends the program with a message.  Two kinds of nested call are
 * fine and run without hooks: those by a library that a set calls (core knows:
 * `nested`), and those by what a hook calls.
 */
#include "core/mhook.h"

#include <string.h>

#include "core/die.h"
#include "core/options.h"

/* Go's clobberfree pattern, and one for memory that was never written. */
#define FREED UINT32_C(0xdeadbeef)
#define JUNK 0xa5

_Noreturn void
sl_mhook_reentered(void)
{
	sl_throw("malloc or free called inside malloc or free by the same "
		 "thread: from a signal handler (signals=1 allows it), or was "
		 "the outer call left by longjmp?");
}

static void
clobber_freed(const struct sl_hook_object *o)
{
	static const uint32_t pattern = FREED;
	unsigned char *p = o->p;

	for (size_t i = 0; i < o->usable; i += sizeof(pattern))
		memcpy(p + i, &pattern,
		    o->usable - i < sizeof(pattern) ? o->usable - i
						    : sizeof(pattern));
}

void
sl_mhook_allocated(
    struct sl_mcache *mc, const struct sl_hook_object *o, bool zero)
{
	(void)mc;
	if (zero) {
		if (o->span->needzero)
			memset(o->p, 0, o->usable);
	} else if ((sl_options.hooks & SL_HOOK_CLOBBER) != 0) {
		memset(o->p, JUNK, o->usable);
	}
}

void
sl_mhook_freeing(struct sl_mcache *mc, const struct sl_hook_object *o)
{
	(void)mc;
	if ((sl_options.hooks & SL_HOOK_CLOBBER) != 0)
		clobber_freed(o);
}
