/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pin.h - which processor each worker runs on, and where its memory is.
 *
 * sl_pin_init() is called once by the main thread; sl_pin_self() by workers.
 * place.h has the policies, numa.h those of memory.  Only processors that
 * this process may use count.
 *
 * What was asked for is done or refused.  What was not (the bench binds by
 * compact if nothing is said) is done if it can be, and said if it cannot.
 *
 * With more workers than processors no worker is bound to one processor:
 * each may use all of them, because binding would forbid the kernel to keep
 * processors busy while others have a queue.  POLICY:wrap binds all the same.
 */
#ifndef SL_PIN_H
#define SL_PIN_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/place.h"

struct sl_pin_config {
	struct sl_place place;
	bool is_asked;    /* by the user: else place is only a wish */
	const char *numa; /* as numa.h reads it; NULL: left alone */
};

/* Find the processors and their order, and put the memory policy in force.
 * False, and one line in `why`: what was asked for cannot be. */
bool sl_pin_init(const struct sl_pin_config *config, char *why, size_t why_len);

enum { SL_PIN_FREE = -1 };

/* Bind the calling thread as worker `index` of `threads`.  Returns the
 * processor that it is bound to, where the kernel confirmed both the binding
 * and the place; SL_PIN_FREE: it is bound to none.  Ends the program if that
 * was asked for and cannot be. */
int sl_pin_self(unsigned index, unsigned threads);

/* The processor that the calling thread is on. */
int sl_pin_where(void);

/* Processors this process may use. */
unsigned sl_pin_allowed(void);

/* The policy in force: "compact", "none", ... */
const char *sl_pin_name(void);

/* With more workers than processors: "none" is bound, or they "wrap". */
const char *sl_pin_oversubscribed(void);

/* Why it is not the one wished for; "" if it is. */
const char *sl_pin_note(void);

/* The processors in the order of use: "0,2,1,3". */
const char *sl_pin_order(void);

/* The memory policy that the kernel says is in force. */
const char *sl_pin_numa(void);

#endif /* SL_PIN_H */
