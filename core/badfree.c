/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * badfree.c - abort, report or ignore; see badfree.h.
 * Called by mspan, mtiny, mfree and malloc.
 */
#include "core/badfree.h"

#include <stdarg.h>

#include "core/die.h"
#include "core/mstack.h"
#include "core/options.h"

void
sl_bad_pointer(uintptr_t p, const char *fmt, ...)
{
	va_list ap;

	if (sl_options.badfree == SL_BADFREE_IGNORE)
		return;
	va_start(ap, fmt);
	sl_vwarn(fmt, ap);
	va_end(ap);
	sl_stack_tell(p);
	if (sl_options.badfree == SL_BADFREE_ABORT)
		sl_abort();
}
