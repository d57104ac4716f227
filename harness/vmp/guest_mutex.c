/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest_mutex.c - locks under the model, a guest: glibc's algorithm.
 * Called by guest_lock.c and urcu.c through vmp.h.
 *
 * A word that is 0 when the lock is free, 1 when it is taken, and 2 when it is
 * taken and somebody may sleep.  That it is guest code makes its traffic and
 * its order (who comes just now may be first) come out of the model.
 */
#include "harness/vmp/model.h"

bool
vmp_trylock(int *word, const void *pc)
{
	int was = 0;

	(void)pc;
	/* pairs(vmp.lock): who has it sees what the last one wrote. */
	return __atomic_compare_exchange_n(
	    word, &was, 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

void
vmp_lock(int *word, const void *pc)
{
	uint64_t since;

	if (vmp_trylock(word, pc))
		return;
	since = model_now();
	/* pairs(vmp.lock): as above. */
	while (__atomic_exchange_n(word, 2, __ATOMIC_ACQUIRE) != 0)
		model_futex_wait(word, 2);
	model_waited(model_now() - since);
}

void
vmp_unlock(int *word, const void *pc)
{
	(void)pc;
	/* pairs(vmp.lock): the next one sees what we wrote. */
	if (__atomic_exchange_n(word, 0, __ATOMIC_RELEASE) == 2)
		model_futex_wake(word, 1);
}
