/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest_lock.c - core/lock.h on the virtual multiprocessor, a guest.
 * Called by core and variants in place of core/lock.c.
 *
 * A lock is the first word of its pthread_mutex_t.  Ranks are not checked
 * here, a deadlock is found as such.
 */
#include "core/lock.h"

static _Thread_local bool fork_owner;

static int *
word_of(struct sl_mutex *l)
{
	return (int *)(void *)&l->m;
}

void
sl_mutex_init(struct sl_mutex *l, enum sl_lock_rank rank)
{
	*word_of(l) = 0;
	l->rank = rank;
}

void
sl_mutex_lock(struct sl_mutex *l)
{
	if (!fork_owner)
		vmp_lock(word_of(l), __builtin_return_address(0));
}

bool
sl_mutex_trylock(struct sl_mutex *l)
{
	return fork_owner ||
	       vmp_trylock(word_of(l), __builtin_return_address(0));
}

void
sl_mutex_unlock(struct sl_mutex *l)
{
	if (!fork_owner)
		vmp_unlock(word_of(l), __builtin_return_address(0));
}

void
sl_yield(void)
{
	vmp_yield();
}

void
sl_mutex_lock_for_fork(struct sl_mutex *l)
{
	vmp_lock(word_of(l), __builtin_return_address(0));
}

void
sl_mutex_unlock_after_fork(struct sl_mutex *l)
{
	vmp_unlock(word_of(l), __builtin_return_address(0));
}

void
sl_lock_set_fork_owner(bool is_owner)
{
	fork_owner = is_owner;
}

bool
sl_lock_is_fork_owner(void)
{
	return fork_owner;
}

/* No guest uses stdio. */
void
sl_stdio_lock_for_fork(void)
{
}

void
sl_stdio_unlock_in_parent(void)
{
}

void
sl_stdio_reset_in_child(void)
{
}

/* No guest is cancelled. */
void
sl_cancel_disable(struct sl_cancel *was)
{
	(void)was;
}

void
sl_cancel_restore(const struct sl_cancel *was)
{
	(void)was;
}
