/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stamp.h - a mark in the first and the last bytes of an object.
 *
 * Used by the workloads.  Written when the object is allocated, checked when
 * it is freed, whatever the allocator: two live objects that overlap, an
 * allocator that writes into live memory, or an object freed twice by the
 * workload end the program with one line and status 3.  The mark depends on
 * address and size.  Whoever holds the object may call.
 */
#ifndef SL_STAMP_H
#define SL_STAMP_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Print what was found and end the program (stamp.c). */
_Noreturn void sl_stamp_broken(const void *p, size_t size, const char *where);

static inline uint64_t
sl_stamp_of(const void *p, size_t size)
{
	return ((uint64_t)(uintptr_t)p ^ ((uint64_t)size << 48)) *
	       UINT64_C(0x9e3779b97f4a7c15);
}

static inline void
sl_stamp_write(void *p, size_t size)
{
	uint64_t mark = sl_stamp_of(p, size);

	if (size >= sizeof(mark)) {
		memcpy(p, &mark, sizeof(mark));
		memcpy((char *)p + size - sizeof(mark), &mark, sizeof(mark));
		return;
	}
	memcpy(p, &mark, size);
}

/* Objects of 8 to 15 bytes hold two overlapping marks: only the last counts;
 * smaller ones hold as much of a mark as fits. */
static inline void
sl_stamp_check(const void *p, size_t size)
{
	uint64_t mark = sl_stamp_of(p, size);

	if (size < sizeof(mark)) {
		if (memcmp(p, &mark, size) != 0)
			sl_stamp_broken(p, size, "only");
		return;
	}
	if (memcmp((const char *)p + size - sizeof(mark), &mark,
		sizeof(mark)) != 0)
		sl_stamp_broken(p, size, "last");
	if (size >= 2 * sizeof(mark) && memcmp(p, &mark, sizeof(mark)) != 0)
		sl_stamp_broken(p, size, "first");
}

#endif /* SL_STAMP_H */
