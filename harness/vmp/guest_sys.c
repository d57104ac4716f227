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
 *
 * refuse=1 with refuse-count=N: N of all requests are refused, whichever; that
 * is a choice like who runs next (vmp_is_interrupted()), so it is explored.
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

/* --- refusals ------------------------------------------------------------- */

static uint64_t may_refuse, calls, refusals;

void
sl_sys_refuse(uint64_t first, uint64_t count)
{
	may_refuse = first != 0 ? count : 0;
}

/* In one step with what others see of it. */
bool
sl_sys_is_refused(void)
{
	bool may;

	vmp_indivisible(true);
	calls++;
	may = may_refuse != 0;
	vmp_indivisible(false);
	if (!may || !vmp_is_interrupted())
		return false;
	vmp_indivisible(true);
	may_refuse--;
	refusals++;
	vmp_indivisible(false);
	return true;
}

uint64_t
sl_sys_calls(void)
{
	return calls;
}

uint64_t
sl_sys_refusals(void)
{
	return refusals;
}

/* --- calls ---------------------------------------------------------------- */

/* Nobody else looks at states, so these accesses are told of by set_state(). */
#define NOT_SEEN __attribute__((no_sanitize("thread"), noinline))

NOT_SEEN static unsigned
state_of(const struct area *a, size_t page)
{
	return page < PAGES ? (a->state[page] + NONE) % (NONE + 1) : NONE;
}

/* Of pages; returns the first that was in none of the two, or `last`. */
NOT_SEEN static size_t
set_states(struct area *a, size_t first, size_t last, const unsigned from[2],
    unsigned to, size_t *n)
{
	for (; first < last; first++) {
		unsigned was = state_of(a, first);

		if (was != from[0] && was != from[1])
			break;
		*n += was == from[0];
		a->state[first] = (uint8_t)((to + 1) % (NONE + 1));
	}
	return first;
}

/* Each page of the range is in one of two states.  Returns how many bytes were
 * in the first. */
static size_t
set_state(
    const void *p, size_t bytes, unsigned from, unsigned or_from, unsigned to)
{
	struct area *a = area_of(p);
	const unsigned both[2] = {from, or_from};
	size_t first = ((uintptr_t)p - a->base) / SL_OS_PAGE, n = 0, bad;
	size_t last = first + bytes / SL_OS_PAGE;

	if (last > PAGES)
		sl_throw("memory: %p is nobody's", p);
	vmp_will_write(&a->state[first], last - first);
	bad = set_states(a, first, last, both, to, &n);
	if (bad != last)
		sl_throw("memory: page %p is in state %u, not %u",
		    (void *)(a->base + bad * SL_OS_PAGE), state_of(a, bad),
		    from);
	n *= SL_OS_PAGE;
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

	if (sl_sys_is_refused())
		return NULL;
	begin(__builtin_return_address(0));
	p = take(&other, other.used, bytes, SL_SYS_READY);
	end();
	return p;
}

void *
sl_sys_reserve(uintptr_t hint, size_t bytes, size_t align)
{
	void *p = NULL;

	if (sl_sys_is_refused())
		return NULL;
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
	if (sl_sys_is_refused())
		return false;
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
	if (sl_sys_is_refused())
		return false;
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
	if (sl_sys_is_refused())
		return false;
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
