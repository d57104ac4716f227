/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stamp.c - the end of a program whose objects were overwritten.
 *
 * Called by workloads through stamp.h, by any thread.
 */
#include "harness/stamp.h"

#include "harness/say.h"

_Noreturn void
sl_stamp_broken(const void *p, size_t size, const char *where)
{
	sl_quit(SL_EXIT_CHECK,
	    "corruption: the %s bytes of the object at %p (%zu bytes) were "
	    "overwritten while it was live",
	    where, p, size);
}
