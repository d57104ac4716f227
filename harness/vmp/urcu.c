/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * urcu.c - grace periods for guests; see urcu.h.  A guest.
 * Called by the variant rcu through liburcu's names.
 */
#include "harness/vmp/urcu.h"

#define PHASE (1ul << 32)
#define NESTING (PHASE - 1)

/* A reader's counter is 0 outside, else the global one as it was when it went
 * in, plus what it is nested deeper. */
static _Atomic(unsigned long) global = 1;
static struct {
	_Alignas(64) _Atomic(unsigned long) counter;
} readers[VMP_THREADS_MAX + 1];

/* Above all numbers of threads that have registered. */
static _Atomic(unsigned) nreaders;
static _Thread_local bool is_registered;

static int gp_lock, registry_lock;

static _Atomic(unsigned long) *
mine(void)
{
	return &readers[vmp_self()].counter;
}

void
vmp_rcu_register(void)
{
	unsigned self = vmp_self();

	/* relaxed: nobody waits for a thread that is outside */
	sl_store_rlx(mine(), 0);
	is_registered = true;
	vmp_lock(&registry_lock, __builtin_return_address(0));
	/* relaxed, both: under the lock */
	if (sl_load_rlx(&nreaders) <= self)
		sl_store_rlx(&nreaders, self + 1);
	vmp_unlock(&registry_lock, __builtin_return_address(0));
}

void
vmp_rcu_unregister(void)
{
	sl_store_rlx(mine(), 0); /* relaxed: as above */
	is_registered = false;
}

void
vmp_rcu_read_lock(void)
{
	_Atomic(unsigned long) *c = mine();
	unsigned long now;

	if (!is_registered)
		vmp_rcu_register();
	now = sl_load_rlx(c); /* relaxed: our own */
	if ((now & NESTING) != 0) {
		sl_store_rlx(c, now + 1); /* relaxed: our own */
		return;
	}
	/* relaxed: who waits has the kernel make the barrier behind it, and
	 * sees either that we are inside, or that we came after it began */
	sl_store_rlx(c, sl_load_rlx(&global));
	atomic_signal_fence(memory_order_seq_cst);
}

void
vmp_rcu_read_unlock(void)
{
	_Atomic(unsigned long) *c = mine();

	atomic_signal_fence(memory_order_seq_cst);
	/* relaxed: the barrier before it is the kernel's, too */
	sl_store_rlx(c, sl_load_rlx(c) - 1);
}

int
vmp_rcu_read_ongoing(void)
{
	return (sl_load_rlx(mine()) & NESTING) != 0; /* relaxed: our own */
}

/* For those that are inside since a phase that is not this one. */
static void
wait_for_readers(void)
{
	/* relaxed: under the lock */
	unsigned n = sl_load_rlx(&nreaders);

	for (unsigned i = 0; i < n; i++) {
		for (;;) {
			/* relaxed: barriers around the whole */
			unsigned long c = sl_load_rlx(&readers[i].counter);
			unsigned long g = sl_load_rlx(&global); /* relaxed */

			if ((c & NESTING) == 0 || ((c ^ g) & PHASE) == 0)
				break;
			vmp_pause();
		}
	}
}

/* Twice: a reader may have read the phase, and store it late. */
void
vmp_rcu_synchronize(void)
{
	unsigned long g;

	vmp_lock(&gp_lock, __builtin_return_address(0));
	vmp_lock(&registry_lock, __builtin_return_address(0));
	vmp_barrier();
	wait_for_readers();
	atomic_thread_fence(memory_order_seq_cst);
	g = sl_load_rlx(&global);         /* relaxed: under the lock */
	sl_store_rlx(&global, g ^ PHASE); /* relaxed: the fences */
	atomic_thread_fence(memory_order_seq_cst);
	wait_for_readers();
	vmp_barrier();
	vmp_unlock(&registry_lock, __builtin_return_address(0));
	vmp_unlock(&gp_lock, __builtin_return_address(0));
}

void
vmp_rcu_before_fork(void)
{
	vmp_lock(&gp_lock, __builtin_return_address(0));
	vmp_lock(&registry_lock, __builtin_return_address(0));
}

void
vmp_rcu_after_fork(int is_child)
{
	for (unsigned i = 0; is_child && i <= VMP_THREADS_MAX; i++)
		if (i != vmp_self())
			/* relaxed: there is no other thread */
			sl_store_rlx(&readers[i].counter, 0);
	vmp_unlock(&registry_lock, __builtin_return_address(0));
	vmp_unlock(&gp_lock, __builtin_return_address(0));
}
