/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest_thread.c - fork handlers, and core/worker.h on the virtual
 * multiprocessor; a guest.  Called by core in place of the C library and of
 * core/worker.c.
 *
 * Time goes on while nobody can run and not otherwise (vmp_sleep), so a
 * worker's CPU time is 0: it never naps because it has worked long.
 */
#include <errno.h>

#include "core/worker.h"
#include "harness/vmp/guest_heap.h"

/* --- fork ---------------------------------------------------------------- */

static void (*before)(void), (*in_parent)(void), (*in_child)(void);

int
vmp_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void))
{
	if (before != NULL)
		return ENOMEM;
	before = prepare;
	in_parent = parent;
	in_child = child;
	return 0;
}

void
vmp_fork(bool as_child)
{
	before();
	if (as_child) {
		vmp_stop_others();
		in_child();
	} else {
		in_parent();
	}
}

/* --- workers ------------------------------------------------------------- */

static void
start_worker(void *fn)
{
	((void (*)(void))(uintptr_t)fn)();
}

int
sl_worker_start(void (*fn)(void), const char *name)
{
	(void)name;
	return vmp_spawn(start_worker, (void *)(uintptr_t)fn) ? 0 : EAGAIN;
}

/* The process does not end before the run does. */
bool
sl_worker_is_last(void)
{
	return false;
}

void
sl_worker_sleep(uint64_t ns)
{
	vmp_sleep(ns);
}

uint64_t
sl_worker_now(void)
{
	return vmp_clock();
}

uint64_t
sl_worker_cpu(void)
{
	return 0;
}
