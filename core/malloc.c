/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * malloc.c - the C face: C11, C23, POSIX and glibc entry points.
 * Called by programs.  Sizes, alignment and errno are settled here.
 *
 * A size of 0 is a size of 1.  Objects of 16 bytes and more are 16-aligned,
 * smaller ones 8-aligned.  What C calls an object without a type is noscan.
 */
#include <errno.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/mallocgc.h"
#include "core/mfree.h"
#include "core/mheap.h"

/* C23; the C library's headers here do not have them. */
void free_sized(void *p, size_t size);
void free_aligned_sized(void *p, size_t align, size_t size);

static SL_NOINLINE void *
alloc_more(size_t size, bool needzero)
{
	if (size > SL_MAX_SMALL)
		return sl_alloc_large(size, 1, needzero);
	return sl_alloc_small(
	    size, 1, (sl_spanclass)(sl_class_of(size) * 2 + 1), needzero);
}

static void *
alloc(size_t size, bool needzero)
{
	if (sl_likely(size <= SL_SMALL_MAX))
		return sl_alloc_direct(size, needzero);
	return alloc_more(size, needzero);
}

SL_PUBLIC void *
malloc(size_t size)
{
	if (sl_likely(size <= SL_SMALL_MAX))
		return sl_alloc_direct(size, false);
	return alloc_more(size, false);
}

SL_PUBLIC void
free(void *p)
{
	sl_mfree(p);
}

SL_PUBLIC void
free_sized(void *p, size_t size)
{
	(void)size;
	sl_mfree(p);
}

SL_PUBLIC void
free_aligned_sized(void *p, size_t align, size_t size)
{
	(void)align;
	(void)size;
	sl_mfree(p);
}

SL_PUBLIC void *
calloc(size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return alloc(bytes, true);
}

/* Is the object worth keeping for the new size?  Not if it is too small, nor
 * if more than half of it would be idle. */
static bool
fits(size_t size, size_t usable)
{
	return size <= usable && (size >= usable / 2 || usable <= 64);
}

SL_PUBLIC void *
realloc(void *p, size_t size)
{
	size_t usable;
	void *q;

	if (p == NULL)
		return alloc(size, false);
	if (size == 0) {
		sl_mfree(p);
		return NULL;
	}
	usable = sl_usable_size(p, "realloc");
	if (fits(size, usable))
		return p;
	q = alloc(size, false);
	if (q == NULL)
		return size <= usable ? p : NULL;
	memcpy(q, p, size < usable ? size : usable);
	sl_mfree(p);
	return q;
}

SL_PUBLIC void *
reallocarray(void *p, size_t n, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(n, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(p, bytes);
}

/* align: a power of two.  Slots are as aligned as their size divides. */
static void *
alloc_aligned(size_t align, size_t size)
{
	unsigned cls;

	if (align <= 16)
		return alloc(size < align ? align : size, false);
	if (align <= SL_PAGE_SIZE && size <= SL_MAX_SMALL) {
		cls = sl_class_of(size < align ? align : size);
		for (; cls < SL_NUM_SIZECLASSES; cls++)
			if (sl_class_to_size[cls] % align == 0)
				return sl_alloc_small(size, align,
				    (sl_spanclass)(cls * 2 + 1), false);
	}
	return sl_alloc_large(size == 0 ? 1 : size, align, false);
}

static bool
is_power_of_two(size_t n)
{
	return n != 0 && (n & (n - 1)) == 0;
}

SL_PUBLIC void *
aligned_alloc(size_t align, size_t size)
{
	if (!is_power_of_two(align)) {
		errno = EINVAL;
		return NULL;
	}
	return alloc_aligned(align, size);
}

SL_PUBLIC void *
memalign(size_t align, size_t size)
{
	return aligned_alloc(align, size);
}

SL_PUBLIC int
posix_memalign(void **out, size_t align, size_t size)
{
	int saved = errno;
	void *p;

	if (!is_power_of_two(align) || align % sizeof(void *) != 0)
		return EINVAL;
	p = alloc_aligned(align, size);
	errno = saved; /* POSIX: the result is the error */
	if (p == NULL)
		return ENOMEM;
	*out = p;
	return 0;
}

enum { OS_PAGE = 4096 };

SL_PUBLIC void *
valloc(size_t size)
{
	return alloc_aligned(OS_PAGE, size);
}

SL_PUBLIC void *
pvalloc(size_t size)
{
	if (size > PTRDIFF_MAX) {
		errno = ENOMEM;
		return NULL;
	}
	size = (size + OS_PAGE - 1) & ~(size_t)(OS_PAGE - 1);
	return alloc_aligned(OS_PAGE, size == 0 ? OS_PAGE : size);
}

SL_PUBLIC size_t
malloc_usable_size(void *p)
{
	return sl_usable_size(p, "malloc_usable_size");
}

SL_PUBLIC int
malloc_trim(size_t pad)
{
	struct sl_mcache *mc = sl_thread_mcache();
	size_t pages = 0;

	(void)pad; /* the heap has no top to leave room at */
	if (mc != NULL) {
		sl_mcache_release_usable(mc);
		pages = sl_mcentral_reap(&mc->central);
	}
	return sl_mheap_scavenge() != 0 || pages != 0;
}

SL_PUBLIC struct mallinfo2
mallinfo2(void)
{
	struct sl_stats st = {.size = sizeof(st)};
	struct mallinfo2 mi = {0};

	if (sl_stats_read(&st) != 0)
		return mi;
	mi.arena = st.heap_mapped_bytes;
	mi.uordblks = st.heap_inuse_bytes;
	mi.fordblks = st.heap_mapped_bytes - st.heap_inuse_bytes;
	mi.ordblks = st.spans_inuse;
	return mi;
}

SL_PUBLIC const char *
sl_identity(void)
{
	static char text[64];

	sl_format(text, sizeof(text), "spanlab-%s %s", sl_set_info.name,
	    PACKAGE_VERSION);
	return text;
}

SL_PUBLIC void
malloc_stats(void)
{
	struct sl_stats st = {.size = sizeof(st)};

	if (sl_stats_read(&st) != 0)
		return;
	sl_warn("%s: %lu bytes mapped, %lu in %lu spans, %lu of metadata; "
		"%lu refills: %lu harvests, %lu claims, %lu grows; "
		"%lu remote frees, %lu relinks",
	    sl_identity(), st.heap_mapped_bytes, st.heap_inuse_bytes,
	    st.spans_inuse, st.meta_bytes, st.refills, st.harvests, st.claims,
	    st.grows, st.remote_frees, st.relinks);
}
