/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pin.h - which processor each worker runs on.
 *
 * sl_pin_init() is called once by the main thread; sl_pin_self() by workers.
 *
 * compact  fills a core's hardware threads, then the next core, then the
 *          next package; scatter takes packages in turn, one hardware thread
 *          per core first.  Only processors that this process may use count.
 * With more workers than processors no worker is bound to one processor:
 * each may use all of them, because binding would forbid the kernel to keep
 * processors busy while others have a queue.
 */
#ifndef SL_PIN_H
#define SL_PIN_H

#include <stdbool.h>

enum sl_pin_policy {
	SL_PIN_NONE,
	SL_PIN_COMPACT,
	SL_PIN_SCATTER,
};

/* Find the processors and their order.  Falls back to SL_PIN_NONE when the
 * topology or the process's affinity cannot be read. */
void sl_pin_init(enum sl_pin_policy policy);

/* Bind the calling thread as worker `index` of `threads`.  True: it is bound
 * to one processor, and the kernel confirmed both the binding and the place. */
bool sl_pin_self(unsigned index, unsigned threads);

/* Processors this process may use. */
unsigned sl_pin_allowed(void);

/* The policy in force: "compact", "none", ... */
const char *sl_pin_name(void);

/* Why it is not the one asked for; "" if it is. */
const char *sl_pin_note(void);

/* The processors in the order of use: "0,2,1,3". */
const char *sl_pin_order(void);

#endif /* SL_PIN_H */
