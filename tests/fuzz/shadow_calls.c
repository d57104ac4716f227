/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shadow_calls.c - the operations: calls of malloc's family, compared with the
 * model of shadow.c.  Called by the fuzz targets; see shadow.h.
 */
#define _GNU_SOURCE
#include "tests/fuzz/shadow.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "core/spanlab.h"

/* C23; the C library's headers here do not have them. */
void free_sized(void *p, size_t size);
void free_aligned_sized(void *p, size_t align, size_t size);

/* --- sizes --------------------------------------------------------------- */

/* All classes, and the edges between paths. */
static size_t
take_size(struct shadow_input *in)
{
	static const size_t edges[] = {0, 1, 8, 9, 15, 16, 17, 24, 32, 1008,
	    1024, 1025, 4096, 8192, 16384, 32767, 32768, 32769, 40960, 65536,
	    131072, 1u << 20, (1u << 20) + 1};
	uint64_t kind = shadow_take(in, 1), n;

	switch (kind % 8) {
	case 0:
		return edges[kind / 8 % (sizeof(edges) / sizeof(edges[0]))];
	case 1:
		n = shadow_take(in, 3);
		return n % (n % 16 == 0 ? 2u << 20 : 160u << 10);
	case 2:
		return shadow_take(in, 2) % 40000;
	default:
		return shadow_take(in, 2) % 1100;
	}
}

static struct shadow_wish
take_wish(struct shadow_world *w, struct shadow_input *in, bool alone)
{
	struct shadow_wish wish = {.size = take_size(in), .align = 1};

	wish.tag = (unsigned char)shadow_take(in, 1);
	if (wish.size > 5000 &&
	    (!alone || shadow_live_bytes(w) + wish.size > SHADOW_MAX_LIVE))
		wish.size %= 5000;
	return wish;
}

/* --- operations ---------------------------------------------------------- */

struct call {
	struct shadow_world *w;
	struct shadow_object *o;
	struct shadow_input *in;
	bool alone;
};

static void
drop(struct shadow_object *o, unsigned how)
{
	void *p = o->p;

	shadow_check_content(o);
	o->p = NULL;
	if (shadow_fault_wanted() == SHADOW_LEAK && o->size % 7 == 3)
		return;
	switch (how % 5) {
	case 0:
		free_sized(p, o->size);
		break;
	case 1:
		free_aligned_sized(p, o->align, o->size);
		break;
	case 2:
		if (realloc(p, 0) != NULL)
			shadow_fail("realloc(%p, 0) is not NULL", p);
		break;
	default:
		free(p);
	}
	o->size = 0;
}

static void
op_free(struct call *c)
{
	unsigned how = (unsigned)shadow_take(c->in, 1);
	int saved = errno = (int)(how * 3 + 1);

	if (c->o->p != NULL)
		drop(c->o, how);
	else
		free(NULL);
	if (errno != saved)
		shadow_fail("free changed errno to %d", errno);
}

static void
make_room(struct call *c)
{
	if (c->o->p != NULL)
		drop(c->o, 3);
}

static void
op_malloc(struct call *c)
{
	struct shadow_wish wish = take_wish(c->w, c->in, c->alone);

	make_room(c);
	shadow_place(c->w, c->o, malloc(wish.size), &wish, c->alone);
}

static void
op_calloc(struct call *c)
{
	struct shadow_wish wish = take_wish(c->w, c->in, c->alone);
	size_t n = shadow_take(c->in, 1) % 9 + 1;

	make_room(c);
	wish.size = wish.size / n * n;
	wish.zeroed = true;
	shadow_place(c->w, c->o, calloc(n, wish.size / n), &wish, c->alone);
}

/* By aligned_alloc, posix_memalign, memalign, valloc or pvalloc. */
static void
op_aligned(struct call *c)
{
	struct shadow_wish wish = take_wish(c->w, c->in, c->alone);
	unsigned how = (unsigned)shadow_take(c->in, 1);
	void *p = NULL;

	make_room(c);
	wish.align = (size_t)1 << how / 8 % 15;
	switch (how % 8) {
	case 0:
		wish.align = 4096;
		p = valloc(wish.size);
		break;
	case 1:
		wish.align = 4096;
		p = pvalloc(wish.size);
		break;
	case 2:
	case 3:
		p = memalign(wish.align - wish.align / 3, wish.size);
		break;
	case 4:
	case 5:
		if (wish.align < sizeof(void *))
			wish.align = sizeof(void *);
		if (posix_memalign(&p, wish.align, wish.size) != 0)
			p = NULL;
		break;
	default:
		p = aligned_alloc(wish.align, wish.size);
	}
	shadow_place(c->w, c->o, p, &wish, c->alone);
}

static void
op_realloc(struct call *c)
{
	struct shadow_wish wish = take_wish(c->w, c->in, c->alone);
	struct shadow_object was = *c->o;
	size_t keep = was.size < wish.size ? was.size : wish.size;
	unsigned char *p;

	if (was.p == NULL)
		was.size = keep = 0;
	if (wish.size == 0) /* a free: op_free's */
		wish.size = 1;
	if (was.p != NULL)
		shadow_check_content(&was);
	if (wish.tag % 2 == 0 || wish.size % 3 != 0)
		p = realloc(was.p, wish.size);
	else
		p = reallocarray(was.p, wish.size / 3, 3);
	if (p != NULL && p != was.p && keep > 0 && was.size % 7 == 3 &&
	    shadow_fault_wanted() == SHADOW_SHORT_COPY)
		p[keep - 1]++;
	was.p = p;
	if (p != NULL && !shadow_is_kept(&was, p, keep))
		shadow_fail("realloc from %zu to %zu bytes changed them",
		    was.size, wish.size);
	c->o->p = NULL;
	shadow_place(c->w, c->o, p, &wish, c->alone);
}

/* sl_mallocgc, whose tiny objects share blocks. */
static void
op_mallocgc(struct call *c)
{
	struct shadow_wish wish = take_wish(c->w, c->in, c->alone);
	unsigned how = (unsigned)shadow_take(c->in, 1);
	unsigned char *p;

	make_room(c);
	if (how % 2 == 0)
		wish.size %= 16;
	if (wish.size == 0) /* one address that all share */
		wish.size = 1;
	wish.zeroed = how / 4 % 2 != 0;
	p = sl_mallocgc(wish.size, how % 2 == 0, wish.zeroed);
	if (p == NULL)
		shadow_fail("sl_mallocgc(%zu)", wish.size);
	/* Its alignment is Go's, less than C's. */
	if (((uintptr_t)p & 15) != 0 && wish.size >= 16 &&
	    (wish.size > 24 || ((uintptr_t)p & 7) != 0))
		shadow_fail("sl_mallocgc(%zu) is %p", wish.size, (void *)p);
	if (((uintptr_t)p & 15) != 0 && wish.size >= 8) {
		sl_free(p);
		return;
	}
	shadow_place(c->w, c->o, p, &wish, c->alone);
}

/* errno says how; it was 0 before. */
static void
refused(const void *p, const char *what, uint64_t n)
{
	if (shadow_fault_wanted() == SHADOW_WRONG_ERROR && n % 7 == 3)
		errno = EINVAL;
	if (p != NULL || errno != ENOMEM)
		shadow_fail(
		    "%s of 2^63 and more is %p, errno %d", what, p, errno);
	errno = 0;
}

/* What is larger than PTRDIFF_MAX is refused, and leaves all as it was. */
static void
op_too_large(struct call *c)
{
	uint64_t few = shadow_take(c->in, 2);
	volatile size_t n = SIZE_MAX / 2 + 1 + few;
	void *p = NULL;

	errno = 0;
	refused(malloc(n), "malloc", few);
	refused(calloc(n, few % 5 + 1), "calloc", few);
	refused(calloc(n / 2, 5), "calloc, with an overflow", few);
	refused(realloc(c->o->p, n), "realloc", few);
	refused(reallocarray(c->o->p, n, 2), "reallocarray", few);
	refused(aligned_alloc((size_t)1 << few % 64, n), "aligned_alloc", few);
	errno = posix_memalign(&p, 64, n);
	refused(p, "posix_memalign", few);
	if (c->o->p != NULL)
		shadow_check_content(c->o);
}

/* The whole of what malloc_usable_size says may be used. */
static void
op_use_all(struct call *c)
{
	size_t usable;

	if (c->o->p == NULL)
		return;
	shadow_check_content(c->o);
	usable = malloc_usable_size(c->o->p);
	memset(c->o->p + c->o->size, 0xee, usable - c->o->size);
	if (c->alone)
		shadow_check(c->w);
}

/* With badfree=ignore nothing comes of it.  `p` must not be the start of an
 * object of this heap, ours or another's. */
static void
op_bad_free(struct call *c)
{
	static unsigned char data[64];
	uint64_t n = shadow_take(c->in, 3);
	unsigned char local[64];
	void *p;

	switch (n % 6) {
	case 0:
		p = data + n / 6 % 64;
		break;
	case 1:
		p = local + n / 6 % 64;
		break;
	case 2:
		p = (void *)(uintptr_t)(n / 6 % 65536 + 1);
		break;
	case 3:
		p = (void *)~(uintptr_t)(n / 6);
		break;
	default:
		if (c->o->p == NULL || c->o->size < 2)
			return;
		p = c->o->p + 1 + n / 6 % (c->o->size - 1);
	}
	errno = 77;
	free(p);
	if (errno != 77)
		shadow_fail("free of %p set errno %d", p, errno);
	if (c->o->p != NULL)
		shadow_check_content(c->o);
}

/* What is asked and told about the heap. */
static void
op_ask(struct call *c)
{
	struct sl_stats st = {.size = sizeof(st)};
	struct mallinfo2 m;

	if (sl_stats_read(&st) != 0)
		shadow_fail("sl_stats_read");
	m = mallinfo2();
	if (c->alone && m.uordblks + m.hblkhd < shadow_live_bytes(c->w))
		shadow_fail("%zu bytes in use, but %zu are live",
		    m.uordblks + m.hblkhd, shadow_live_bytes(c->w));
	if (shadow_take(c->in, 1) % 16 == 0)
		malloc_trim(0);
	if (c->alone)
		shadow_check(c->w);
}

/* In the order of a fuzzer's needs: most make and free. */
static void (*const operations[])(struct call *) = {op_malloc, op_free,
    op_malloc, op_free, op_calloc, op_free, op_realloc, op_realloc, op_aligned,
    op_free, op_mallocgc, op_free, op_use_all, op_bad_free, op_too_large,
    op_ask};

void
shadow_operation(struct shadow_world *w, unsigned op, unsigned place,
    bool alone, struct shadow_input *in)
{
	struct call c = {w, &w->o[place % SHADOW_PLACES], in, alone};

	operations[op % (sizeof(operations) / sizeof(operations[0]))](&c);
}
