/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mguard.c - the guard behind a span; see mguard.h.  Called by mheap.
 */
#include "core/mguard.h"

#include "core/die.h"
#include "core/sys.h"

static _Atomic(size_t) lost_pages;

static void *
guard_of(uintptr_t base, size_t npages)
{
	return (void *)(base + (npages << SL_PAGE_SHIFT));
}

static void
tell_once(void)
{
	static _Atomic(bool) was_told;
	bool no = false;

	/* relaxed: nothing else is looked at */
	if (sl_cas_rlx(&was_told, &no, true))
		sl_warn("guard: the kernel refuses more mappings "
			"(vm.max_map_count); spans go without from here on");
}

bool
sl_guard_set(uintptr_t base, size_t npages)
{
	size_t bytes = sl_guard_pages() << SL_PAGE_SHIFT;

	if (bytes == 0)
		return false;
	if (sl_sys_fault(guard_of(base, npages), bytes, SL_SYS_READY))
		return true;
	tell_once();
	return false;
}

/* As the span's pages are: clean (fresh from the OS), or used.  False: the OS
 * refused. */
static bool
make_page(void *p, size_t bytes, bool has_guard, bool clean)
{
	if (!has_guard)
		return !clean || sl_sys_unused(p, bytes);
	if (!sl_sys_map(p, bytes))
		return false;
	if (!clean)
		sl_sys_used(p, bytes, bytes);
	return true;
}

size_t
sl_guard_remove(const struct sl_mspan *s, bool clean)
{
	size_t bytes = sl_guard_pages() << SL_PAGE_SHIFT;
	void *p = guard_of(s->base, s->npages);

	if (bytes == 0 || make_page(p, bytes, s->has_guard, clean))
		return sl_guard_pages();
	/* relaxed: a statistic */
	sl_fetch_add_rlx(&lost_pages, sl_guard_pages());
	return 0;
}

size_t
sl_guard_lost(void)
{
	return sl_load_rlx(&lost_pages); /* relaxed: a statistic */
}
