/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rseq.h - a small stack for each CPU, changed without atomic instructions.
 *
 * Used by the variant percpu.  A thread changes the stack of the CPU that it
 * runs on in a restartable sequence: if the kernel takes the CPU away between
 * its first instruction and its last, the one store that makes the change, it
 * is begun anew.  So no two threads are ever inside, and a locked instruction
 * is not needed.
 *
 * Another CPU's stack is not for the asking: sl_rseq_stop() bars it and has
 * the kernel restart who is inside, after which the caller has it to itself.
 *
 *             push   pop    stop   in between
 *   push      cpu    cpu    -      no         cpu: one after the other, since
 *   pop              cpu    -      no         both run there
 *   stop                    X      X          no: finds the stack barred
 *                                             X: the callers' own lock
 *
 * Needs rseq, which the C library registers (glibc 2.35), and the kernel's
 * membarrier for it (5.10), on x86-64.  Without one of them sl_rseq_init()
 * says so, and there are no such stacks.
 * Khizhinsky and Desnoyers's per-CPU operations, LWN 650333, 2015; TCMalloc.
 */
#ifndef SL_RSEQ_H
#define SL_RSEQ_H

#include <stdalign.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/atomic.h"
#include "core/switches.h"

enum { SL_RSEQ_SLOTS = 15 }; /* two cache lines with the number */

struct sl_rseq_stack {
	/* Read in one go: barred is more than any number. */
	alignas(SL_CACHELINE) _Atomic(uint32_t) n;
	_Atomic(uint32_t) is_barred;
	_Atomic(void *) slot[SL_RSEQ_SLOTS];
};

enum sl_rseq_result {
	SL_RSEQ_DONE,
	SL_RSEQ_CANNOT, /* push: full or barred; pop: empty or barred */
	SL_RSEQ_AGAIN,  /* the CPU was taken away, or is another */
};

/* Once, and again in a forked child.  NULL, or why there are no such stacks. */
const char *sl_rseq_init(void);

/* The CPU that this thread runs on; a hint.  Negative: the thread has no
 * restartable sequences. */
int sl_rseq_cpu(void);

/* k is the stack of `cpu`. */
enum sl_rseq_result sl_rseq_push(struct sl_rseq_stack *k, int cpu, void *p);
enum sl_rseq_result sl_rseq_pop(struct sl_rseq_stack *k, int cpu, void **p);

/* Bar k, the stack of `cpu`, for all but the caller, until sl_rseq_go().  One
 * caller at a time.  False: cannot; the stack is as it was. */
bool sl_rseq_stop(struct sl_rseq_stack *k, int cpu);
void sl_rseq_go(struct sl_rseq_stack *k);

#endif /* SL_RSEQ_H */
