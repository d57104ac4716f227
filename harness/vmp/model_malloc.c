/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model_malloc.c - a program has other work between two calls of malloc; see
 * guest_malloc.h.  Called by workloads.
 *
 * Of random length: equal times would keep virtual cores in step.
 */
#include "harness/vmp/guest_malloc.h"

#include "harness/vmp/model_program.h"

static void
think(void)
{
	uint64_t t = model_program.think;

	if (t != 0)
		model_think(t / 2 + model_random() % (t + 1));
}

void *
vmp_malloc(size_t size)
{
	think();
	return sl_c_malloc(size);
}

void
vmp_free(void *p)
{
	think();
	sl_c_free(p);
}
