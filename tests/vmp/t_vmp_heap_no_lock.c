/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_vmp_heap_no_lock.c - a thread that ends flushes its pages without the heap
 * lock, which is found on virtual threads.  Run by make check, once.
 */
#define sl_mheap_flush locked_flush
#include "core/mheap.c"
#undef sl_mheap_flush

#define SL_VARIANT_NAME "mutex"
#define SL_VARIANT_BOUND 0
#include "variants/mutex.c"

#include "tests/vmp/heap_cases.h"

void sl_mheap_flush(struct sl_mheap_user *u);

void
sl_mheap_flush(struct sl_mheap_user *u)
{
	flush_locked(u);
	sl_retain_look();
}

int
main(int argc, char **argv)
{
	return heap_cases_planted_main(argc, argv, "refill-flush", 1500);
}
