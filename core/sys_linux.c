/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sys_linux.c - the memory states of sys.h by mmap and its family on Linux.
 * Called by persistent, mpagealloc, mscavenge, mheap and mstats.
 *
 * A range that was once ours may be refused to us later: the kernel splits
 * mappings for mprotect, munmap and mremap, and their number is limited.  So
 * no call here ends the program.
 *
 * Never MAP_NORESERVE: reserved ranges have no access, so the system counts
 * them only when they are mapped, and refuses then what it will never have.
 */
#include "core/sys.h"

#include <errno.h>
#include <linux/membarrier.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/atomic.h"
#include "core/die.h"

/* Since Linux 5.7; an older one refuses it. */
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

static _Atomic(size_t) bytes_in[SL_SYS_STATES];
static _Atomic(uint64_t) calls, refusals;
/* The calls to refuse; constant while threads run. */
static uint64_t refuse_first, refuse_count;

/* relaxed, both: statistics. */
static void
add(enum sl_sys_state state, size_t bytes)
{
	sl_fetch_add_rlx(&bytes_in[state], bytes); /* relaxed: as said */
}

static void
sub(enum sl_sys_state state, size_t bytes)
{
	size_t before;

	before = sl_fetch_sub_rlx(&bytes_in[state], bytes); /* relaxed: same */
	if (before < bytes)
		sl_throw("memory: %zu bytes leave state %u, which has %zu",
		    bytes, (unsigned)state, before);
}

static void
change(enum sl_sys_state from, enum sl_sys_state to, size_t bytes)
{
	/* In this order a reader meets no byte that is nowhere. */
	add(to, bytes);
	sub(from, bytes);
}

void
sl_sys_refuse(uint64_t first, uint64_t count)
{
	sl_store_rlx(&calls, 0);    /* relaxed: no other thread is inside */
	sl_store_rlx(&refusals, 0); /* relaxed: as above */
	refuse_first = first;
	refuse_count = count;
}

bool
sl_sys_is_refused(void)
{
	/* relaxed: the order of the calls is nobody's business */
	uint64_t n = sl_fetch_add_rlx(&calls, 1) + 1;

	if (n - refuse_first >= refuse_count || refuse_first == 0)
		return false;
	sl_fetch_add_rlx(&refusals, 1); /* relaxed: a statistic */
	return true;
}

static void *
map_any(uintptr_t hint, size_t bytes, int prot)
{
	void *p =
	    mmap((void *)hint, bytes, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void *
sl_sys_alloc(size_t bytes)
{
	void *p;

	if (sl_sys_is_refused())
		return NULL;
	p = map_any(0, bytes, PROT_READ | PROT_WRITE);
	if (p != NULL)
		add(SL_SYS_READY, bytes);
	return p;
}

/* The hint was taken: ask for more, and trim both ends. */
static char *
reserve_aligned(size_t bytes, size_t align)
{
	char *p, *q;
	size_t head;

	if (bytes + align < bytes)
		return NULL;
	p = map_any(0, bytes + align, PROT_NONE);
	if (p == NULL)
		return NULL;
	head = -(uintptr_t)p & (align - 1);
	q = p + head;
	/* What cannot be trimmed stays: it costs nothing but addresses. */
	if (head != 0)
		(void)munmap(p, head);
	(void)munmap(q + bytes, align - head);
	return q;
}

void *
sl_sys_reserve(uintptr_t hint, size_t bytes, size_t align)
{
	char *p;

	if (sl_sys_is_refused())
		return NULL;
	p = map_any(hint, bytes, PROT_NONE);
	if (p != NULL && ((uintptr_t)p & (align - 1)) != 0) {
		(void)munmap(p, bytes);
		p = reserve_aligned(bytes, align);
	}
	if (p != NULL)
		add(SL_SYS_RESERVED, bytes);
	return p;
}

/* By a mapping with access, which is all that the system looks at. */
bool
sl_sys_would_map(size_t bytes)
{
	void *p = map_any(0, bytes, PROT_READ | PROT_WRITE);

	if (p == NULL)
		return false;
	(void)munmap(p, bytes);
	return true;
}

bool
sl_sys_map(void *p, size_t bytes)
{
	if (sl_sys_is_refused() ||
	    mprotect(p, bytes, PROT_READ | PROT_WRITE) != 0)
		return false;
	change(SL_SYS_RESERVED, SL_SYS_PREPARED, bytes);
	return true;
}

void
sl_sys_used(void *p, size_t bytes, size_t prepared)
{
	(void)p; /* the first access is enough for Linux */
	(void)bytes;
	change(SL_SYS_PREPARED, SL_SYS_READY, prepared);
}

bool
sl_sys_unused(void *p, size_t bytes)
{
	if (sl_sys_is_refused() || madvise(p, bytes, MADV_DONTNEED) != 0)
		return false;
	change(SL_SYS_READY, SL_SYS_PREPARED, bytes);
	return true;
}

/*
 * The old range stays mapped, so that no other thread's mmap gets it.  The new
 * one is unmapped by the kernel first, even if it then refuses to move.
 */
enum sl_sys_move
sl_sys_move(void *from, void *to, size_t bytes)
{
	if (sl_sys_is_refused())
		return SL_SYS_STAYED;
	if (mremap(from, bytes, bytes,
		MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP,
		to) == MAP_FAILED) {
		if (mmap(to, bytes, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
			0) == MAP_FAILED &&
		    errno != EEXIST)
			return SL_SYS_LOST;
		return SL_SYS_STAYED;
	}
	change(SL_SYS_READY, SL_SYS_PREPARED, bytes);
	return SL_SYS_MOVED;
}

bool
sl_sys_fault(void *p, size_t bytes, enum sl_sys_state from)
{
	/* A new mapping in place of the old one, whose memory goes. */
	if (sl_sys_is_refused() ||
	    mmap(p, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
		-1, 0) == MAP_FAILED)
		return false;
	change(from, SL_SYS_RESERVED, bytes);
	return true;
}

void
sl_sys_free(void *p, size_t bytes, enum sl_sys_state from)
{
	(void)munmap(p, bytes);
	sub(from, bytes);
}

bool
sl_sys_huge(void *p, size_t bytes, bool yes)
{
	int advice = yes ? MADV_HUGEPAGE : MADV_NOHUGEPAGE;

	return madvise(p, bytes, advice) == 0;
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

size_t
sl_sys_bytes(enum sl_sys_state state)
{
	return sl_load_rlx(&bytes_in[state]); /* relaxed: a statistic */
}

uint64_t
sl_sys_calls(void)
{
	return sl_load_rlx(&calls); /* relaxed: a statistic */
}

uint64_t
sl_sys_refusals(void)
{
	return sl_load_rlx(&refusals); /* relaxed: a statistic */
}

/* Keeps errno: a free may come here. */
static bool
membarrier(int command)
{
	int saved = errno;
	bool done = syscall(SYS_membarrier, command, 0, 0) == 0;

	errno = saved;
	return done;
}

bool
sl_sys_barrier_init(void)
{
	return membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED);
}

bool
sl_sys_barrier(void)
{
	return membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
}
