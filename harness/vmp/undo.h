/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * undo.h - what guests write, to be undone; and which memory they share.
 *
 * Used by sched.c.
 */
#ifndef SL_VMP_UNDO_H
#define SL_VMP_UNDO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* n bytes at p are about to be written.  Ignores the system's own stack. */
void undo_note(uintptr_t p, size_t n);
void undo_all(void);

/* A run begins. */
void sharing_start_run(void);

/* Thread t accesses n bytes at p.  True: two threads access one of its words,
 * and one of them writes, in some run up to now. */
bool sharing_note(uintptr_t p, size_t n, unsigned t, bool writes);

/* As that, of another thread's accesses up to now; notes nothing. */
bool sharing_is_shared(uintptr_t p, size_t n);

/* The words are nobody's, for the rest of the run; are they? */
void sharing_forbid(uintptr_t p, size_t n, bool yes);
bool sharing_is_forbidden(uintptr_t p, size_t n);

/* So many words are known to be shared. */
unsigned sharing_count(void);
void sharing_forget(void);

#endif /* SL_VMP_UNDO_H */
