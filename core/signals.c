/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * signals.c - the mask of this thread; see signals.h.
 * Called by mallocgc, mfree and mthread.
 */
#include "core/signals.h"

#include "core/die.h"

void
sl_signals_block(sigset_t *was)
{
	sigset_t all;

	sigfillset(&all);
	if (pthread_sigmask(SIG_SETMASK, &all, was) != 0)
		sl_throw("signals=1: pthread_sigmask failed");
}

void
sl_signals_restore(const sigset_t *was)
{
	(void)pthread_sigmask(SIG_SETMASK, was, NULL);
}
