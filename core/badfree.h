/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * badfree.h - what is done about a pointer that may not be freed.
 *
 * Used by mspan, mtiny, mfree and malloc.  As the option badfree= says, the
 * program is told and ended, told, or nothing is done; in the last two cases
 * the caller leaves the heap as it is.
 */
#ifndef SL_BADFREE_H
#define SL_BADFREE_H

#include <stdint.h>

enum sl_badfree { SL_BADFREE_ABORT, SL_BADFREE_REPORT, SL_BADFREE_IGNORE };

/* The program did with p what the message says, in the form of sl_throw().
 * Who allocated and freed p is added if it is known (trace-stacks=1). */
void sl_bad_pointer(uintptr_t p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3), cold));

#endif /* SL_BADFREE_H */
