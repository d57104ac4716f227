/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest_thread.c - once, keys, fork handlers, and core/worker.h on the virtual
 * multiprocessor; a guest.  Called by core in place of the C library and of
 * core/worker.c.
 *
 * Time goes on while nobody can run and not otherwise (vmp_sleep), so a
 * worker's CPU time is 0: it never naps because it has worked long.
 */
#include <errno.h>

#include "core/worker.h"
#include "harness/vmp/guest_heap.h"

enum { KEYS_MAX = 4, ROUNDS = 4 /* PTHREAD_DESTRUCTOR_ITERATIONS */ };

/* --- once ---------------------------------------------------------------- */

static int once_lock;

int
vmp_once(pthread_once_t *once, void (*init)(void))
{
	_Atomic(int) *done = (_Atomic(int) *)(void *)once;

	/* pairs(vmp.once): what init() has written is there. */
	if (sl_load_acq(done) != 0)
		return 0;
	vmp_lock(&once_lock, __builtin_return_address(0));
	/* relaxed: under the lock */
	if (sl_load_rlx(done) == 0) {
		init();
		/* pairs(vmp.once) */
		sl_store_rel(done, 1);
	}
	vmp_unlock(&once_lock, __builtin_return_address(0));
	return 0;
}

/* --- keys ---------------------------------------------------------------- */

static void (*destroyers[KEYS_MAX])(void *); /* from before all runs */
static unsigned nkeys;
static _Thread_local void *values[KEYS_MAX];

static bool
destroy_values(void)
{
	bool any = false;

	for (unsigned i = 0; i < nkeys; i++) {
		void *v = values[i];

		if (v == NULL || destroyers[i] == NULL)
			continue;
		values[i] = NULL;
		destroyers[i](v);
		any = true;
	}
	return any;
}

static void
thread_ends(void)
{
	for (unsigned i = 0; i < ROUNDS && destroy_values(); i++)
		;
}

int
vmp_key_create(pthread_key_t *key, void (*destroy)(void *))
{
	if (nkeys == KEYS_MAX)
		return EAGAIN;
	destroyers[nkeys] = destroy;
	*key = nkeys++;
	vmp_at_thread_end = thread_ends;
	return 0;
}

int
vmp_setspecific(pthread_key_t key, const void *value)
{
	values[key] = (void *)value;
	return 0;
}

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
