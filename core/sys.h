/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sys.h - memory from the operating system (Go: mem.go).
 *
 * Used by persistent, mpagealloc, mscavenge, mheap and mstats.  Any threads at
 * once.  Each byte of address space is in one of four states:
 *
 *   None      not ours
 *   Reserved  ours, but an access faults
 *   Prepared  accessible, reads as zero, and takes no memory before the first
 *             access
 *   Ready     in use: takes memory
 *
 *   call      from -> to                     may be refused
 *   -------------------------------------------------------
 *   alloc     None -> Ready                  yes
 *   reserve   None -> Reserved               yes
 *   map       Reserved -> Prepared           yes
 *   used      Prepared -> Ready              no
 *   unused    Ready -> Prepared              yes
 *   move      Ready -> Prepared, and its     yes, but see there
 *             contents elsewhere
 *   fault     Ready or Prepared -> Reserved  yes
 *   free      any -> None                    yes, but see there
 *
 * What is refused leaves everything as it was.  The bytes in each state are
 * counted exactly.  Addresses and sizes are multiples of the OS page.
 */
#ifndef SL_SYS_H
#define SL_SYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SL_OS_PAGE = 4096 };

enum sl_sys_state {
	SL_SYS_RESERVED,
	SL_SYS_PREPARED,
	SL_SYS_READY,
	SL_SYS_STATES,
};

/* NULL: refused. */
void *sl_sys_alloc(size_t bytes);

/* At `hint` or, if that is taken or 0, anywhere; aligned to `align`, a power
 * of two.  NULL: refused. */
void *sl_sys_reserve(uintptr_t hint, size_t bytes, size_t align);

bool sl_sys_map(void *p, size_t bytes);

/* Would so much be mapped at all?  Asked before tables are made for it. */
bool sl_sys_would_map(size_t bytes);

/* The range is about to be used; so many bytes of it, wherever, are Prepared,
 * and the others Ready (Go: sysUsed). */
void sl_sys_used(void *p, size_t bytes, size_t prepared);

/* False: refused, and the contents are as they were. */
bool sl_sys_unused(void *p, size_t bytes);

enum sl_sys_move {
	SL_SYS_MOVED,
	SL_SYS_STAYED, /* refused, or this system cannot do it */
	/* Linux had taken [to, to + bytes) away when it had no memory to go on:
	 * what was at `from` still is, but nobody may touch those bytes again.
	 * They are counted as Ready. */
	SL_SYS_LOST,
};

/* The memory of [from, from + bytes) replaces that of [to, to + bytes), which
 * is Ready.  Much faster than a copy if that is large. */
enum sl_sys_move sl_sys_move(void *from, void *to, size_t bytes);

/* Contents are lost. */
bool sl_sys_fault(void *p, size_t bytes, enum sl_sys_state from);

/* Where the system refuses to take it back the range stays as it was, counted
 * no more. */
void sl_sys_free(void *p, size_t bytes, enum sl_sys_state from);

/* Whether huge pages may be used, as far as the system takes advice. */
bool sl_sys_huge(void *p, size_t bytes, bool yes);

/* Bytes of address space that the process may have; SIZE_MAX: no limit. */
size_t sl_sys_address_space(void);

/* Bytes in a state, now. */
size_t sl_sys_bytes(enum sl_sys_state state);

/*
 * For tests: all calls above that may be refused, and allocations of metadata
 * (persistent.h), are numbered from 1 in the order in which they come.  Those
 * from `first` on, `count` of them, are refused.  From the options refuse and
 * refuse-count.
 */
void sl_sys_refuse(uint64_t first, uint64_t count);

/* Is this call to be refused?  Counts it. */
bool sl_sys_is_refused(void);

/* How many calls were counted, and refused. */
uint64_t sl_sys_calls(void);
uint64_t sl_sys_refusals(void);

/*
 * A full memory barrier in each thread of this process that runs now (those
 * that do not pass one before they run).  False: the system has none.  init
 * comes first, and once more in the child of a fork.
 */
bool sl_sys_barrier_init(void);
bool sl_sys_barrier(void);

#endif /* SL_SYS_H */
