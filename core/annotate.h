/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * annotate.h - tells memcheck and AddressSanitizer which bytes are whose.
 *
 * Used by persistent, mheap, mfree and mhook, if sl_annotates() was true when
 * the options were read (annotate=1, the default, and one of the two is there;
 * SL_HOOK_ANNOTATE).  What the heap has and no object: no access.  An object:
 * as many bytes as were asked for.  So both tools find a use after free and an
 * overflow, and memcheck finds leaks: metadata, which knows where objects are,
 * is hidden from its search.
 */
#ifndef SL_ANNOTATE_H
#define SL_ANNOTATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/switches.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SL_WITH_ASAN 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define SL_WITH_ASAN 1
#endif

#if defined(SL_WITH_ASAN)

#include <sanitizer/asan_interface.h>

static inline bool
sl_annotates(void)
{
	return true;
}

static inline void
sl_annotate_heap(void *p, size_t bytes)
{
	__asan_poison_memory_region(p, bytes);
}

static inline void
sl_annotate_object(void *p, size_t bytes, bool zeroed)
{
	(void)zeroed;
	__asan_unpoison_memory_region(p, bytes);
}

static inline void
sl_annotate_free(void *p, size_t bytes)
{
	__asan_poison_memory_region(p, bytes);
}

/* Bytes of the object that were asked for, of so many that it could have. */
static inline size_t
sl_annotated_size(void *p, size_t bytes)
{
	char *bad = __asan_region_is_poisoned(p, bytes);

	return bad == NULL ? bytes : (size_t)(bad - (char *)p);
}

static inline void
sl_annotate_metadata(void *p, size_t bytes)
{
	(void)p;
	(void)bytes;
}

#elif SL_HAVE_MEMCHECK

#include <valgrind/memcheck.h>

/* Under other tools of valgrind, which count instructions, it is not for us to
 * change what runs. */
static inline bool
sl_annotates(void)
{
	unsigned char byte = 0, bits;

	return RUNNING_ON_VALGRIND && VALGRIND_GET_VBITS(&byte, &bits, 1) == 1;
}

static inline void
sl_annotate_heap(void *p, size_t bytes)
{
	VALGRIND_MAKE_MEM_NOACCESS(p, bytes);
}

static inline void
sl_annotate_object(void *p, size_t bytes, bool zeroed)
{
	VALGRIND_MALLOCLIKE_BLOCK(p, bytes, 0, zeroed);
}

static inline void
sl_annotate_free(void *p, size_t bytes)
{
	(void)bytes;
	VALGRIND_FREELIKE_BLOCK(p, 0);
}

static inline size_t
sl_annotated_size(void *p, size_t bytes)
{
	unsigned char bits;

	/* 3: not accessible */
	while (bytes > 0 &&
	       VALGRIND_GET_VBITS((char *)p + bytes - 1, &bits, 1) == 3)
		bytes--;
	return bytes;
}

/* The search for leaks passes over what is not accessible; that core uses it
 * all the same is no error. */
static inline void
sl_annotate_metadata(void *p, size_t bytes)
{
	VALGRIND_DISABLE_ADDR_ERROR_REPORTING_IN_RANGE(p, bytes);
	VALGRIND_MAKE_MEM_NOACCESS(p, bytes);
}

#else

static inline bool
sl_annotates(void)
{
	return false;
}

static inline void
sl_annotate_heap(void *p, size_t bytes)
{
	(void)p;
	(void)bytes;
}

static inline void
sl_annotate_object(void *p, size_t bytes, bool zeroed)
{
	(void)p;
	(void)bytes;
	(void)zeroed;
}

static inline void
sl_annotate_free(void *p, size_t bytes)
{
	(void)p;
	(void)bytes;
}

static inline size_t
sl_annotated_size(void *p, size_t bytes)
{
	(void)p;
	return bytes;
}

static inline void
sl_annotate_metadata(void *p, size_t bytes)
{
	(void)p;
	(void)bytes;
}

#endif

#endif /* SL_ANNOTATE_H */
