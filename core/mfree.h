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

/* NULL is fine.  A pointer that is not a live object's start ends the program
 * with a message.  Keeps errno. */
void sl_mfree(void *p);

/* Bytes the program may use at p, a live object; 1 for an object in a block
 * shared by tiny ones, whose size nobody wrote down. */
size_t sl_usable_size(const void *p);

#endif /* SL_MFREE_H */
