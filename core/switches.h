/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * switches.h - what configure decided, as constants that always exist.
 *
 * Used by every room, so that no function needs an #if: `if (SL_DEBUG)`.
 */
#ifndef SL_SWITCHES_H
#define SL_SWITCHES_H

#include <config.h>

/* 1: check every invariant as the program runs (--enable-debug). */
#ifndef SL_DEBUG
#define SL_DEBUG 0
#endif

/* Bytes that move between cores together (--with-cacheline). */
#ifndef SL_CACHELINE
#define SL_CACHELINE 64
#endif

#define sl_likely(x) __builtin_expect(!!(x), 1)
#define sl_unlikely(x) __builtin_expect(!!(x), 0)
#define SL_NOINLINE __attribute__((noinline))
#define SL_PUBLIC __attribute__((visibility("default")))

#endif /* SL_SWITCHES_H */
