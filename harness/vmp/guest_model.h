/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest_model.h - what makes a source a guest of the model.
 *
 * Included by the compiler before each source of core, of a variant, or of a
 * workload that is compiled as one; as guest.h is for what is explored.  Sizes
 * and checks are those of the library.
 */
#ifndef SL_VMP_GUEST_MODEL_H
#define SL_VMP_GUEST_MODEL_H

#include <sched.h>
#include <string.h>

#define VMP_THREADS 512

#include "core/atomic.h"
#include "core/switches.h"
#include "harness/vmp/guest_keys.h"
#include "harness/vmp/model.h"
#include "harness/vmp/vmp.h"

_Static_assert(
    (int)VMP_THREADS_MAX == (int)MODEL_AT_ONCE_MAX, "threads have one number");

/* Loops of core, of variants and of the harness count their turns, and do
 * something else after some.  Those of ck and liburcu do not (include/). */
#undef sl_cpu_relax
#define sl_cpu_relax() model_pause_counted()
#define sched_yield() model_yield()

/* The compilers do not tell of these, nor of what they make of them. */
void *__tsan_memcpy(void *to, const void *from, size_t n);
void *__tsan_memmove(void *to, const void *from, size_t n);
void *__tsan_memset(void *to, int c, size_t n);
int vmp_memcmp(const void *a, const void *b, size_t n);
#define memcmp(a, b, n) vmp_memcmp(a, b, n)
#define memcpy(to, from, n) __tsan_memcpy(to, from, n)
#define memmove(to, from, n) __tsan_memmove(to, from, n)
#define memset(to, c, n) __tsan_memset(to, c, n)

#endif /* SL_VMP_GUEST_MODEL_H */
