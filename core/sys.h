/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sys.h - memory from the operating system (Go: mem.go).
 *
 * Used by persistent and mpagealloc.  A range of address space is None,
 * Reserved (no access), Prepared (accessible, perhaps never touched) or
 * Ready; sizes are multiples of the OS page.
 */
#ifndef SL_SYS_H
#define SL_SYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* None -> Ready: zeroed memory, or NULL. */
void *sl_sys_alloc(size_t bytes);

/* None -> Reserved at `hint` or, if that is taken or 0, anywhere; aligned to
 * `align`, a power of two.  NULL if there is no room. */
void *sl_sys_reserve(uintptr_t hint, size_t bytes, size_t align);

/* Reserved -> Prepared.  False: the OS refused. */
bool sl_sys_map(void *p, size_t bytes);

/* Ready -> Prepared: contents are lost and will read as zero.  False: the OS
 * refused, and the contents are as they were. */
bool sl_sys_unused(void *p, size_t bytes);

/* Bytes of address space that the process may have; SIZE_MAX: no limit. */
size_t sl_sys_address_space(void);

/* Any -> None. */
void sl_sys_free(void *p, size_t bytes);

#endif /* SL_SYS_H */
