/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * die.h - the last words of the allocator.
 *
 * Used by every room and every variant.  Nothing here allocates, takes a
 * lock or uses stdio, so it may be called from anywhere.
 */
#ifndef SL_DIE_H
#define SL_DIE_H

#include <stdarg.h>

#include "core/switches.h"

/*
 * Our own error: a broken invariant (Go: throw).  Formats like printf, but
 * only %s, %p, %u, %lu, %zu and %%.  Writes one line to stderr and aborts.
 */
_Noreturn void sl_throw(const char *fmt, ...)
    __attribute__((format(printf, 1, 2), cold));

/* A warning in the same form; returns. */
void sl_warn(const char *fmt, ...) __attribute__((format(printf, 1, 2), cold));
void sl_vwarn(const char *fmt, va_list ap)
    __attribute__((format(printf, 1, 0), cold));

/* What sl_throw() does after its message. */
_Noreturn void sl_abort(void) __attribute__((cold));

/* What sl_abort() does first, once, if anything: somebody's last words. */
extern void (*sl_before_abort)(void);

/* snprintf's little brother, with the same conversions. */
void sl_format(char *buf, unsigned long len, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
void sl_vformat(char *buf, unsigned long len, const char *fmt, va_list ap)
    __attribute__((format(printf, 3, 0)));

/* An invariant, checked in debug builds; its text is the message. */
#define sl_assert(cond)                                                        \
	do {                                                                   \
		if (SL_DEBUG && !(cond))                                       \
			sl_throw(                                              \
			    "%s:%u: %s", __FILE__, (unsigned)__LINE__, #cond); \
	} while (0)

#endif /* SL_DIE_H */
