/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * malloc_libc.c - the C library's second names of its malloc.
 * Called by programs that hook malloc and reach the real one by these.
 *
 * Whoever gets an object by such a name frees it by free(), which is ours, so
 * all names must lead to one heap.
 */
#include <malloc.h>
#include <stdlib.h>

#include "core/switches.h"

void *__libc_malloc(size_t size);
void __libc_free(void *p);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void *__libc_memalign(size_t align, size_t size);
void *__libc_valloc(size_t size);
void *__libc_pvalloc(size_t size);

SL_PUBLIC void *
__libc_malloc(size_t size)
{
	return malloc(size);
}

SL_PUBLIC void
__libc_free(void *p)
{
	free(p);
}

SL_PUBLIC void *
__libc_calloc(size_t n, size_t size)
{
	return calloc(n, size);
}

SL_PUBLIC void *
__libc_realloc(void *p, size_t size)
{
	return realloc(p, size);
}

SL_PUBLIC void *
__libc_memalign(size_t align, size_t size)
{
	return memalign(align, size);
}

SL_PUBLIC void *
__libc_valloc(size_t size)
{
	return valloc(size);
}

SL_PUBLIC void *
__libc_pvalloc(size_t size)
{
	return pvalloc(size);
}
