/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest_keys.c - once, and keys whose values are destroyed when a virtual
 * thread ends, under both engines; a guest.  Called by core in place of the C
 * library.
 */
#include "harness/vmp/guest_keys.h"

#include <errno.h>

#include "core/atomic.h"
#include "harness/vmp/vmp.h"

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
