/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mfree.h - explicit free, which Go does not have.
 *
 * Used by malloc and mallocgc.  Any thread may free any object.
 */
#ifndef SL_MFREE_H
#define SL_MFREE_H

#include <stddef.h>
#include <stdint.h>

/* What an allocation of no bytes returns; a free of it does nothing (Go:
 * zerobase). */
extern char sl_zerobase[16];

/* NULL is fine.  A pointer that is not a live object's start ends the program
 * with a message.  Keeps errno. */
void sl_mfree(void *p);

/* Bytes the program may use at p, a live object or NULL (0).  Anything else
 * ends the program, as a free of it would; `what` it was that the program
 * tried is for the message. */
size_t sl_usable_size(const void *p, const char *what);

#endif /* SL_MFREE_H */
