/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest_malloc.h - whose malloc it is that workloads call on the model.
 *
 * Included by the compiler before each workload that is compiled as a guest.
 */
#ifndef SL_VMP_GUEST_MALLOC_H
#define SL_VMP_GUEST_MALLOC_H

#include <malloc.h>
#include <stdlib.h>

#include "core/malloc_names.h"

#undef malloc
#undef free
#define malloc vmp_malloc
#define free vmp_free

/* Core's, after some other work (--think). */
void *vmp_malloc(size_t size);
void vmp_free(void *p);
void *sl_c_malloc(size_t size);
void sl_c_free(void *p);
void *sl_c_calloc(size_t n, size_t size);
void *sl_c_realloc(void *p, size_t size);
void *sl_c_aligned_alloc(size_t align, size_t size);
int sl_c_posix_memalign(void **p, size_t align, size_t size);
size_t sl_c_malloc_usable_size(void *p);

#endif /* SL_VMP_GUEST_MALLOC_H */
