/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * persistent.h - metadata that is never freed (Go: persistentalloc).
 *
 * Used by fixalloc, mpagealloc, mpagetree and the variants.  Any threads at
 * once.
 */
#ifndef SL_PERSISTENT_H
#define SL_PERSISTENT_H

#include <stdbool.h>
#include <stddef.h>

/* Zeroed memory that lives as long as the process, or NULL.  align: a power
 * of two, at most the OS page; 0 means 8. */
void *sl_persistent_alloc(size_t bytes, size_t align);

/* Does p lie in such memory?  (Go: inPersistentAlloc.)  Not that of 64 KiB and
 * more, which comes from the OS piece by piece. */
bool sl_persistent_contains(const void *p);

/* Bytes taken from the OS so far. */
size_t sl_persistent_bytes(void);

void sl_persistent_fork_prepare(void);
void sl_persistent_fork_done(void);

#endif /* SL_PERSISTENT_H */
