/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * signals.h - keeps signal handlers out of core, if signals=1 asks for it.
 *
 * Used by mallocgc, mfree, mhook and mthread.  A handler that allocates finds
 * this thread's mcache in the middle of a change, or a lock that the thread
 * holds.  Nobody can help that but the kernel: by not delivering signals
 * meanwhile, which costs two system calls.
 */
#ifndef SL_SIGNALS_H
#define SL_SIGNALS_H

#include <signal.h>

/* Block all signals of this thread; the mask it had goes to *was. */
void sl_signals_block(sigset_t *was);
void sl_signals_restore(const sigset_t *was);

#endif /* SL_SIGNALS_H */
