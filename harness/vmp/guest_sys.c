/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest_sys.c - core/sys.h on the virtual multiprocessor, a guest: memory that
 * is there from the beginning, of which each page has a state.
 * Called by core in place of core/sys_linux.c.
 *
 * A call is one step.  It ends the run if a page is in another state than the
 * table in sys.h says, so what Linux would let pass is found.  What gives
 * memory back clears the first word of each page, by which it is seen that the
 * contents are gone.  Not seen is an access to pages that are only reserved.
 */
#include "core/sys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "core/die.h"
#include "harness/vmp/engine.h"
#include "harness/vmp/vmp.h"

enum {
	AREA_SHIFT = 28, /* 256 MiB: no run needs a tenth of it */
	PAGES = 1 << (AREA_SHIFT - 12),
	NONE = SL_SYS_STATES,
};

/* One for what is asked for at Go's first hint, one for all else. */
static struct area {
	uintptr_t base;
	size_t used;          /* bytes, from the base on */
	uint8_t state[PAGES]; /* enum sl_sys_state, + 1; 0: None */
} heap, other;
static size_t bytes_in[SL_SYS_STATES];

static void
make_area(struct area *a, uintptr_t hint)
{
	void *p =
	    mmap((void *)hint, (size_t)1 << AREA_SHIFT, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED) {
		fputs("vmp: no memory for the heap that is explored\n", stderr);
		exit(2);
	}
	a->base = (uintptr_t)p;
}

/* Before all runs; and before core's own constructor. */
__attribute__((constructor)) static void
make_areas(void)
{
	if (heap.base != 0)
		return;
	make_area(&heap, (uintptr_t)0xc0 << 32);
	make_area(&other, 0);
}

/* Others may run before; then it is done at once. */
static void
begin(const void *pc)
{
	make_areas();
	vmp_step(0, 0, VMP_FENCE, pc);
	vmp_indivisible(true);
}

static void
end(void)
{
	vmp_indivisible(false);
}

static struct area *
area_of(const void *p)
{
	return (uintptr_t)p - heap.base < (uintptr_t)1 << AREA_SHIFT ? &heap
								     : &other;
}

static unsigned
state_of(const struct area *a, size_t page)
{
	return page < PAGES ? (a->state[page] + NONE) % (NONE + 1) : NONE;
}

/* Each page of the range is in one of two states.  Returns how many bytes were
 * in the first. */
static size_t
set_state(
    const void *p, size_t bytes, unsigned from, unsigned or_from, unsigned to)
{
	struct area *a = area_of(p);
	size_t first = ((uintptr_t)p - a->base) / SL_OS_PAGE, n = 0;

	for (size_t i = first; i < first + bytes / SL_OS_PAGE; i++) {
		unsigned was = state_of(a, i);

		if (was != from && was != or_from)
			sl_throw("memory: page %p is in state %u, not %u",
			    (void *)(a->base + i * SL_OS_PAGE), was, from);
		n += was == from ? SL_OS_PAGE : 0;
		a->state[i] = (uint8_t)((to + 1) % (NONE + 1));
	}
	if (from != NONE)
		bytes_in[from] -= n;
	if (to != NONE)
		bytes_in[to] += n;
	return n;
}

static void
change(const void *p, size_t bytes, unsigned from, unsigned to)
{
	(void)set_state(p, bytes, from, from, to);
}

static void
clear(void *p, size_t bytes)
{
	for (size_t i = 0; i < bytes; i += SL_OS_PAGE)
		*(uint64_t *)(void *)((char *)p + i) = 0;
}

/* At `want`, an offset, or behind all that was taken. */
static void *
take(struct area *a, size_t want, size_t bytes, unsigned to)
{
	void *p;

	if (want < a->used || bytes > ((size_t)1 << AREA_SHIFT) - want)
		return NULL;
	p = (void *)(a->base + want);
	a->used = want + bytes;
	change(p, bytes, NONE, to);
	return p;
}

void *
sl_sys_alloc(size_t bytes)
{
	void *p;

	begin(__builtin_return_address(0));
	p = take(&other, other.used, bytes, SL_SYS_READY);
	end();
	return p;
}

void *
sl_sys_reserve(uintptr_t hint, size_t bytes, size_t align)
{
	void *p = NULL;

	begin(__builtin_return_address(0));
	if (hint != 0)
		p = take(&heap, hint - heap.base, bytes, SL_SYS_RESERVED);
	if (p == NULL)
		p = take(&other,
		    ((other.base + other.used + align - 1) & ~(align - 1)) -
			other.base,
		    bytes, SL_SYS_RESERVED);
	end();
	return p;
}

bool
sl_sys_would_map(size_t bytes)
{
	return bytes <= (size_t)1 << AREA_SHIFT;
}

bool
sl_sys_map(void *p, size_t bytes)
{
	begin(__builtin_return_address(0));
	change(p, bytes, SL_SYS_RESERVED, SL_SYS_PREPARED);
	end();
	return true;
}

void
sl_sys_used(void *p, size_t bytes, size_t prepared)
{
	size_t n;

	begin(__builtin_return_address(0));
	n = set_state(p, bytes, SL_SYS_PREPARED, SL_SYS_READY, SL_SYS_READY);
	if (n != prepared)
		sl_throw("memory: of %zu bytes at %p %zu are prepared, not %zu",
		    bytes, p, n, prepared);
	end();
}

bool
sl_sys_unused(void *p, size_t bytes)
{
	begin(__builtin_return_address(0));
	change(p, bytes, SL_SYS_READY, SL_SYS_PREPARED);
	clear(p, bytes);
	end();
	return true;
}

/* As a system that cannot. */
enum sl_sys_move
sl_sys_move(void *from, void *to, size_t bytes)
{
	(void)from;
	(void)to;
	(void)bytes;
	return SL_SYS_STAYED;
}

bool
sl_sys_fault(void *p, size_t bytes, enum sl_sys_state from)
{
	begin(__builtin_return_address(0));
	change(p, bytes, from, SL_SYS_RESERVED);
	clear(p, bytes);
	end();
	return true;
}

void
sl_sys_free(void *p, size_t bytes, enum sl_sys_state from)
{
	begin(__builtin_return_address(0));
	change(p, bytes, from, NONE);
	end();
}

bool
sl_sys_huge(void *p, size_t bytes, bool yes)
{
	(void)p;
	(void)bytes;
	(void)yes;
	return false;
}

size_t
sl_sys_address_space(void)
{
	return SIZE_MAX;
}

size_t
sl_sys_bytes(enum sl_sys_state state)
{
	size_t n;

	begin(__builtin_return_address(0));
	n = bytes_in[state];
	end();
	return n;
}

/* Nothing is refused here: t_refused.c does that. */
void
sl_sys_refuse(uint64_t first, uint64_t count)
{
	(void)first;
	(void)count;
}

bool
sl_sys_is_refused(void)
{
	return false;
}

uint64_t
sl_sys_calls(void)
{
	return 0;
}

uint64_t
sl_sys_refusals(void)
{
	return 0;
}

bool
sl_sys_barrier_init(void)
{
	return true;
}

bool
sl_sys_barrier(void)
{
	vmp_barrier();
	return true;
}
