/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest.h - what makes a source a guest of the virtual multiprocessor.
 *
 * Included by the compiler before each source that is compiled as one: a
 * variant, a room of core, a scenario.
 */
#ifndef SL_VMP_GUEST_H
#define SL_VMP_GUEST_H

#include <string.h>

#define SL_SET_SMALL 1

#include "core/atomic.h"
#include "core/switches.h"
#include "harness/vmp/vmp.h"

/* Every invariant is checked, however the library is built. */
#undef SL_DEBUG
#define SL_DEBUG 1

#undef sl_cpu_relax
#define sl_cpu_relax() vmp_pause()

/* Transactions: guest_htm.c. */
#define SL_HTM_TARGET
#define sl_htm_begin() vmp_htm_begin()
#define sl_htm_end() vmp_indivisible(false)
#define sl_htm_abort() vmp_indivisible(false)
#define sl_htm_bar(word) sl_fetch_or_sc(word, 1)
#define sl_htm_unbar(word) sl_store_rel(word, 0)
unsigned vmp_htm_begin(void);

/* The compilers do not tell of these, nor of what they make of them. */
void *__tsan_memcpy(void *to, const void *from, size_t n);
void *__tsan_memmove(void *to, const void *from, size_t n);
void *__tsan_memset(void *to, int c, size_t n);
#define memcpy(to, from, n) __tsan_memcpy(to, from, n)
#define memmove(to, from, n) __tsan_memmove(to, from, n)
#define memset(to, c, n) __tsan_memset(to, c, n)

#endif /* SL_VMP_GUEST_H */
