/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * die.h - the last words of the allocator.
 *
 * Used by every room and every variant.  Nothing here allocates, takes a
 * lock or uses stdio, so it may be called from anywhere.
 */
#ifndef SL_DIE_H
#define SL_DIE_H

#include "core/switches.h"

/*
 * Our own error: a broken invariant (Go: throw).  Formats like printf, but
 * only %s, %p, %u, %lu, %zu and %%.  Writes one line to stderr and aborts.
 */
_Noreturn void sl_throw(const char *fmt, ...)
    __attribute__((format(printf, 1, 2), cold));

/* A warning in the same form; returns. */
void sl_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2), cold));

/* snprintf's little brother, with the same conversions. */
void sl_format(char *buf, unsigned long len, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* An invariant, checked in debug builds; its text is the message. */
#define sl_assert(cond)                                                        \
	do {                                                                   \
		if (SL_DEBUG && !(cond))                                       \
			sl_throw(                                              \
			    "%s:%u: %s", __FILE__, (unsigned)__LINE__, #cond); \
	} while (0)

#endif /* SL_DIE_H */
