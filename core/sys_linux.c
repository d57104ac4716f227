/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sys_linux.c - the memory states of sys.h by mmap and madvise on Linux.
 * Called by persistent, mpagealloc and mheap.
 */
#include "core/sys.h"

#include <sys/mman.h>
#include <sys/resource.h>

#include "core/die.h"

static void *
map_any(uintptr_t hint, size_t bytes, int prot)
{
	void *p = mmap((void *)hint, bytes, prot,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void *
sl_sys_alloc(size_t bytes)
{
	return map_any(0, bytes, PROT_READ | PROT_WRITE);
}

void *
sl_sys_reserve(uintptr_t hint, size_t bytes, size_t align)
{
	char *p, *q;
	size_t head;

	p = map_any(hint, bytes, PROT_NONE);
	if (p == NULL || ((uintptr_t)p & (align - 1)) == 0)
		return p;
	/* The hint was taken.  Ask for more, and trim both ends. */
	munmap(p, bytes);
	if (bytes + align < bytes)
		return NULL;
	p = map_any(0, bytes + align, PROT_NONE);
	if (p == NULL)
		return NULL;
	head = -(uintptr_t)p & (align - 1);
	q = p + head;
	if (head != 0)
		munmap(p, head);
	munmap(q + bytes, align - head);
	return q;
}

bool
sl_sys_map(void *p, size_t bytes)
{
	return mprotect(p, bytes, PROT_READ | PROT_WRITE) == 0;
}

bool
sl_sys_unused(void *p, size_t bytes)
{
	return madvise(p, bytes, MADV_DONTNEED) == 0;
}

size_t
sl_sys_address_space(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_AS, &limit) != 0 ||
	    limit.rlim_cur == RLIM_INFINITY)
		return SIZE_MAX;
	return limit.rlim_cur;
}

void
sl_sys_free(void *p, size_t bytes)
{
	if (munmap(p, bytes) != 0)
		sl_throw("munmap(%p, %zu) failed", p, bytes);
}
