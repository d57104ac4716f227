/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * malloc_names.h - other names for the C face, for builds with a sanitizer
 * that brings a malloc of its own.
 *
 * Used by make, which includes it first in the C face and its tests
 * (sl_names_cflags).  The runtimes of the address and thread sanitizers own the
 * C library's names; so ours get others, and the tests call those.
 */
#ifndef SL_MALLOC_NAMES_H
#define SL_MALLOC_NAMES_H

#define malloc sl_c_malloc
#define free sl_c_free
#define calloc sl_c_calloc
#define realloc sl_c_realloc
#define reallocarray sl_c_reallocarray
#define aligned_alloc sl_c_aligned_alloc
#define posix_memalign sl_c_posix_memalign
#define memalign sl_c_memalign
#define valloc sl_c_valloc
#define pvalloc sl_c_pvalloc
#define cfree sl_c_cfree
#define free_sized sl_c_free_sized
#define free_aligned_sized sl_c_free_aligned_sized
#define malloc_usable_size sl_c_malloc_usable_size
#define malloc_trim sl_c_malloc_trim
#define malloc_stats sl_c_malloc_stats
#define malloc_info sl_c_malloc_info
#define mallinfo sl_c_mallinfo
#define mallinfo2 sl_c_mallinfo2
#define mallopt sl_c_mallopt
#define __libc_malloc sl_c_libc_malloc
#define __libc_free sl_c_libc_free
#define __libc_calloc sl_c_libc_calloc
#define __libc_realloc sl_c_libc_realloc
#define __libc_memalign sl_c_libc_memalign
#define __libc_valloc sl_c_libc_valloc
#define __libc_pvalloc sl_c_libc_pvalloc

#endif /* SL_MALLOC_NAMES_H */
