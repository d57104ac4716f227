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

/* 1: there was <valgrind/memcheck.h>. */
#ifndef SL_HAVE_MEMCHECK
#define SL_HAVE_MEMCHECK 0
#endif

/* 1: there was <sys/sdt.h>. */
#ifndef SL_HAVE_SDT
#define SL_HAVE_SDT 0
#endif

/* Bytes that move between cores together (--with-cacheline). */
#ifndef SL_CACHELINE
#define SL_CACHELINE 64
#endif

/*
 * Pauses after a try that lost to another thread's: the first time, and after
 * many times.  A winner needs tens of cycles; a pause takes between 5 (older
 * x86) and 140 (since Skylake).  Other platforms, other numbers: they come by
 * CPPFLAGS, or at run time by the options backoff and backoff-max.
 */
#ifndef SL_BACKOFF
#define SL_BACKOFF 16
#endif
#ifndef SL_BACKOFF_MAX
#define SL_BACKOFF_MAX 1024
#endif

/* 1 in the tests that delay and stop threads: a variant makes its sizes small
 * then, so that its rare steps are common. */
#ifndef SL_SET_SMALL
#define SL_SET_SMALL 0
#endif

/* What accounting is unless SPANLAB_OPTIONS says otherwise, a value of enum
 * sl_accounting (--with-accounting). */
#ifndef SL_ACCOUNTING_DEFAULT
#define SL_ACCOUNTING_DEFAULT 0
#endif

/* 0 in the library that make observer-check compares with: one that has no
 * hooks at all. */
#ifndef SL_HOOKS
#define SL_HOOKS 1
#endif

#define sl_likely(x) __builtin_expect(!!(x), 1)
#define sl_unlikely(x) __builtin_expect(!!(x), 0)
#define SL_NOINLINE __attribute__((noinline))
#define SL_PUBLIC __attribute__((visibility("default")))

#endif /* SL_SWITCHES_H */
