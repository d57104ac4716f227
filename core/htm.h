/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * htm.h - transactions of the hardware: Intel's RTM.
 *
 * Used by the variant htm.  Between begin and end nothing that this thread
 * does is seen by others, and then all of it at once; if another thread writes
 * what it read, or touches what it wrote, everything is undone and it goes on
 * at the begin, which then says why.  A transaction may fail for ever, so there
 * must be a lock to fall back on, and a word that says whether it is held:
 * each transaction reads that word, so that who takes the lock undoes it.
 *
 * A function with a transaction is SL_HTM_TARGET, and nothing in it may call
 * another between begin and end.
 * Herlihy and Moss, ISCA 1993; Intel SDM, volume 1, chapter 16.
 */
#ifndef SL_HTM_H
#define SL_HTM_H

#include <stdbool.h>
#include <stdint.h>

#include "core/atomic.h"
#include "core/switches.h"

enum {
	SL_HTM_EXPLICIT = 1 << 0, /* it was aborted by sl_htm_abort() */
	SL_HTM_RETRY = 1 << 1,    /* may succeed the next time */
};
#define SL_HTM_STARTED (~0u)

/* A test has transactions of its own. */
#ifndef sl_htm_begin
#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)
#define SL_HTM_TARGET __attribute__((target("rtm")))
#define sl_htm_begin() ((unsigned)__builtin_ia32_xbegin())
#define sl_htm_end() __builtin_ia32_xend()
#define sl_htm_abort() __builtin_ia32_xabort(0xff)
#else
#define SL_HTM_TARGET
#define sl_htm_begin() 0u
#define sl_htm_end() ((void)0)
#define sl_htm_abort() ((void)0)
#endif

/* The word of the lock: the caller has the lock, or gives it up.  The write is
 * over before what follows, so that transactions that read the word are
 * undone, and none ends in between.  pairs(htm.lock): a transaction's look. */
#define sl_htm_bar(word) sl_fetch_or_sc(word, 1)
#define sl_htm_unbar(word) sl_store_rel(word, 0)
#endif

/* Once.  NULL: there are transactions, and some were tried and ended well; or
 * why they are not to be used. */
const char *sl_htm_init(void);

#endif /* SL_HTM_H */
