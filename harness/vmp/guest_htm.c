/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest_htm.c - core/htm.h on the virtual multiprocessor.
 * Called by the variant htm in place of core/htm.c and of the hardware.
 *
 * A transaction that ends well is as if it happened at once, so it is one step.
 * Whether it does is decided at its begin.  One that fails is said to do no
 * better the next time, so that one failure leads to the lock.  What it reads
 * before it fails is not explored: nobody sees it.
 */
#include "core/htm.h"

#include <stddef.h>

#include "harness/vmp/engine.h"
#include "harness/vmp/vmp.h"

unsigned vmp_htm_begin(void);

/* Others may run before. */
unsigned
vmp_htm_begin(void)
{
	vmp_step(0, 0, VMP_FENCE, __builtin_return_address(0));
	if (vmp_is_interrupted())
		return 0;
	vmp_indivisible(true);
	return SL_HTM_STARTED;
}

const char *
sl_htm_init(void)
{
	return NULL;
}
