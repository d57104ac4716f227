/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lock.c - mutexes with ranks; see lock.h.  Called by core and the variants.
 */
#include "core/lock.h"

#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/die.h"

/* This thread is between fork's prepare and parent or child handler. */
static _Thread_local bool fork_owner;

/* Debug: bit r is set while this thread holds a lock of rank r. */
static _Thread_local unsigned held_ranks;

static void
note_locked(const struct sl_mutex *l, bool ordered)
{
	if (!SL_DEBUG)
		return;
	if (ordered && held_ranks >> l->rank != 0)
		sl_throw("lock of rank %u taken after a rank in %u",
		    (unsigned)l->rank, held_ranks);
	held_ranks |= 1u << l->rank;
}

static void
note_unlocked(const struct sl_mutex *l)
{
	if (SL_DEBUG)
		held_ranks &= ~(1u << l->rank);
}

void
sl_mutex_init(struct sl_mutex *l, enum sl_lock_rank rank)
{
	pthread_mutex_init(&l->m, NULL);
	l->rank = rank;
}

void
sl_mutex_lock(struct sl_mutex *l)
{
	if (sl_unlikely(fork_owner))
		return;
	note_locked(l, true);
	if (pthread_mutex_lock(&l->m) != 0)
		sl_throw(
		    "pthread_mutex_lock failed on rank %u", (unsigned)l->rank);
}

bool
sl_mutex_trylock(struct sl_mutex *l)
{
	if (sl_unlikely(fork_owner))
		return true;
	if (pthread_mutex_trylock(&l->m) != 0)
		return false;
	note_locked(l, false); /* cannot deadlock, whatever the order */
	return true;
}

void
sl_mutex_unlock(struct sl_mutex *l)
{
	if (sl_unlikely(fork_owner))
		return;
	note_unlocked(l);
	pthread_mutex_unlock(&l->m);
}

void
sl_yield(void)
{
	sched_yield();
}

void
sl_mutex_lock_for_fork(struct sl_mutex *l)
{
	pthread_mutex_lock(&l->m);
}

void
sl_mutex_unlock_after_fork(struct sl_mutex *l)
{
	pthread_mutex_unlock(&l->m);
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

/* glibc's, not in its headers.  The lock counts what its owner takes. */
void _IO_list_lock(void) __attribute__((weak));
void _IO_list_unlock(void) __attribute__((weak));
void _IO_list_resetlock(void) __attribute__((weak));

void
sl_stdio_lock_for_fork(void)
{
	if (_IO_list_lock != NULL)
		_IO_list_lock();
}

void
sl_stdio_unlock_in_parent(void)
{
	if (_IO_list_unlock != NULL)
		_IO_list_unlock();
}

/* If there were threads, glibc has done so already. */
void
sl_stdio_reset_in_child(void)
{
	if (_IO_list_resetlock != NULL)
		_IO_list_resetlock();
}

/*
 * glibc's signal of cancellation is blocked too, which its own calls let nobody
 * do: one that comes late ends a thread inside poll(), which makes itself
 * cancellable at any instruction, though it has cancellation disabled.
 */
enum { GLIBC_SIGCANCEL = 32 };

void
sl_cancel_disable(struct sl_cancel *was)
{
	const uint64_t cancel = (uint64_t)1 << (GLIBC_SIGCANCEL - 1);

	was->state = PTHREAD_CANCEL_ENABLE;
	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &was->state);
	(void)syscall(SYS_rt_sigprocmask, SIG_BLOCK, &cancel, &was->signals,
	    sizeof(cancel));
}

void
sl_cancel_restore(const struct sl_cancel *was)
{
	(void)syscall(SYS_rt_sigprocmask, SIG_SETMASK, &was->signals, NULL,
	    sizeof(was->signals));
	(void)pthread_setcancelstate(was->state, NULL);
}
