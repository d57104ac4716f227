/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mstack.h - call stacks, each kept once, and who allocated and freed what.
 *
 * Used by badfree, mprof, mtrace and mhook.  The C library's backtrace() walks
 * the stack.  Its first call loads libgcc, which allocates: sl_stack_prime()
 * makes that call, when the library is initialized; stacks taken before are
 * empty.  The calls after that find the unwind tables by _dl_find_object(),
 * which takes no lock and allocates nothing.
 *
 *   operation | progress                | memory
 *   ----------+-------------------------+------------------------------------
 *   take      | waits for nobody        | the caller's
 *   intern    | lock-free if it is known| stacks and buckets are for ever
 *   note, tell| one mutex               | a table of fixed size; a new entry
 *             |                         | may drive out one of another object
 *
 * No ABA: nothing is removed from a list of stacks.
 */
#ifndef SL_MSTACK_H
#define SL_MSTACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/atomic.h"

enum { SL_STACK_MAX = 32 }; /* frames; Go: maxStack */

/* From the innermost frame to the outermost; the allocator's own are left out
 * where it is a shared library. */
struct sl_stack {
	unsigned n;
	uintptr_t pc[SL_STACK_MAX];
};

/* One that is kept; NULL stands for an unknown one. */
struct sl_kept_stack {
	_Atomic(struct sl_kept_stack *) next; /* in its chain */
	uint32_t hash;
	uint32_t n;
	uintptr_t pc[];
};

/* Once, by the library's constructor. */
void sl_stack_prime(void);

/* The stack of this thread. */
void sl_stack_take(struct sl_stack *st);

/* The same stack, kept.  NULL: out of memory, or it is empty. */
const struct sl_kept_stack *sl_stack_intern(const struct sl_stack *st);

/* p was allocated, or freed, by the thread with that number. */
void sl_stack_note_alloc(
    uintptr_t p, const struct sl_kept_stack *st, unsigned thread);
void sl_stack_note_free(
    uintptr_t p, const struct sl_kept_stack *st, unsigned thread);

/* Say on stderr who allocated and freed p, as far as it is known. */
void sl_stack_tell(uintptr_t p);

void sl_stack_fork_prepare(void);
void sl_stack_fork_done(void);

#endif /* SL_MSTACK_H */
