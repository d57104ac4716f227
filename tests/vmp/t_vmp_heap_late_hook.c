/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_vmp_heap_late_hook.c - a hook that comes when the slot is free already: it
 * fills what another thread has by then, which is found on virtual threads.
 * Run by make check, once.
 */
#define _GNU_SOURCE 1
#include <stdlib.h>

#include "core/mhook.h"

static _Thread_local struct sl_hook_object late;

static inline void
keep(const struct sl_hook_object *o)
{
	late = *o;
}

static inline void
leave_late(struct sl_mcache *mc)
{
	if (late.p != NULL)
		sl_mhook_freeing(mc, &late);
	late.p = NULL;
	mc->central.inside--;
}

#define sl_mhook_freeing(mc, o) keep(o)
#define sl_mhook_leave(mc) leave_late(mc)
#include "core/mfree.c"

#define SL_VARIANT_NAME "mutex"
#define SL_VARIANT_BOUND 0
#include "variants/mutex.c"

#include "tests/vmp/heap_cases.h"

int
main(int argc, char **argv)
{
	setenv("SPANLAB_OPTIONS", "clobber=1", 1);
	return heap_cases_planted_main(
	    argc, argv, "refill-free-held-stays", 20000);
}
