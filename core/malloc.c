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

#include "core/badfree.h"
#include "core/mallocgc.h"
#include "core/mfree.h"
#include "core/mheap.h"
#include "core/mreport.h"
#include "core/sys.h"

/* C23; the C library's headers here do not have them. */
void free_sized(void *p, size_t size);
void free_aligned_sized(void *p, size_t align, size_t size);

/* What old programs were linked with: glibc keeps it for them only. */
void cfree(void *p);

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
cfree(void *p)
{
	sl_mfree(p);
}

/* A realloc may have left the object in a larger slot than its size needs, so
 * only a size that is too large is known to be wrong. */
static void
free_checked(void *p, size_t align, size_t size, const char *what)
{
	size_t usable;

	if (p == NULL)
		return;
	usable = sl_usable_size(p, what);
	if (usable == 0)
		return;
	if (size > usable || (uintptr_t)p % align != 0)
		sl_bad_pointer((uintptr_t)p,
		    "invalid %s: %p has %zu bytes, not %zu aligned to %zu",
		    what, p, usable, size, align);
	sl_mfree(p);
}

SL_PUBLIC void
free_sized(void *p, size_t size)
{
	free_checked(p, 1, size, "free_sized");
}

SL_PUBLIC void
free_aligned_sized(void *p, size_t align, size_t size)
{
	free_checked(p, align == 0 ? 1 : align, size, "free_aligned_sized");
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

static void *
move(void *p, size_t size, size_t usable)
{
	void *q = alloc(size, false);

	if (q == NULL)
		return size <= usable ? p : NULL;
	memcpy(q, p, size < usable ? size : usable);
	sl_mfree(p);
	return q;
}

static SL_NOINLINE void *
realloc_with_hooks(void *p, size_t size, size_t usable)
{
	void *q;

	if (fits(size, usable) &&
	    sl_hooks(SL_HOOK_EFENCE | SL_HOOK_ANNOTATE) == 0) {
		sl_tell_hooks_resized(p, size);
		return p;
	}
	sl_tell_hooks_moving(p);
	q = move(p, size, usable);
	sl_tell_hooks_moving(NULL);
	return q;
}

SL_PUBLIC void *
realloc(void *p, size_t size)
{
	size_t usable;

	if (p == NULL)
		return alloc(size, false);
	if (size == 0) {
		sl_mfree(p);
		return NULL;
	}
	usable = sl_usable_size(p, "realloc");
	if (usable == 0 && p != sl_zerobase) {
		errno = EINVAL;
		return NULL;
	}
	if (sl_unlikely(sl_hooks(SL_HOOK_ANY) != 0))
		return realloc_with_hooks(p, size, usable);
	if (usable > SL_MAX_SMALL && size > SL_MAX_SMALL &&
	    sl_options.epoch == 0)
		return sl_realloc_large(p, size);
	return fits(size, usable) ? p : move(p, size, usable);
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

/* As glibc's: the next power of two will do.  2^63 is the last. */
SL_PUBLIC void *
memalign(size_t align, size_t size)
{
	size_t up = 1;

	if (align > SIZE_MAX / 2 + 1) {
		errno = EINVAL;
		return NULL;
	}
	while (up < align)
		up *= 2;
	return alloc_aligned(up, size);
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

SL_PUBLIC void *
valloc(size_t size)
{
	return alloc_aligned(SL_OS_PAGE, size);
}

SL_PUBLIC void *
pvalloc(size_t size)
{
	if (size > PTRDIFF_MAX) {
		errno = ENOMEM;
		return NULL;
	}
	size = (size + SL_OS_PAGE - 1) & ~(size_t)(SL_OS_PAGE - 1);
	return alloc_aligned(SL_OS_PAGE, size == 0 ? SL_OS_PAGE : size);
}

SL_PUBLIC size_t
malloc_usable_size(void *p)
{
	return sl_usable_size(p, "malloc_usable_size");
}

/* After all handlers of atexit(). */
__attribute__((destructor)) static void
finish(void)
{
	sl_report_at_end();
}
