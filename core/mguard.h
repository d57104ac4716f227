/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mguard.h - pages without access behind spans (guard=1, efence=1).
 *
 * Used by mheap and mheapcheck.  Each guard takes two of the mappings that the
 * kernel allows a process; when there are no more, spans do without.
 */
#ifndef SL_MGUARD_H
#define SL_MGUARD_H

#include "core/mspan.h"

/* Pages behind each span. */
static inline size_t
sl_guard_pages(void)
{
	return sl_options.guard != 0 || sl_options.efence != 0;
}

/* Set the guard behind a new span, whose pages they are.  False: the kernel
 * refuses, which is told once. */
bool sl_guard_set(uintptr_t base, size_t npages);

/* Take the guard off.  Its pages become as those of the span are: clean, given
 * back to the OS, or not.  Returns how many of them can be used again. */
size_t sl_guard_remove(const struct sl_mspan *s, bool clean);

/* Pages of guards that the kernel would not take off. */
size_t sl_guard_lost(void);

#endif /* SL_MGUARD_H */
