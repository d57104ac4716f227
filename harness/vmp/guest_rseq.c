/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest_rseq.c - core/rseq.h on virtual CPUs, under both engines (engine.h).
 * Called by the variant percpu in place of core/rseq.c.
 *
 * A sequence that is interrupted begins anew, so it is one step: what could
 * happen in it happens before (vmp_restartable()), and the kernel's restart of
 * who is inside has nothing to do.  Explored, there are two CPUs, and a thread
 * may be moved to the other one.  On the model there is a stack for each core,
 * a sequence is a store to the core's own line, and what restarts cost is left
 * out, but for the call that asks for them.
 */
#include "core/rseq.h"

#include "harness/vmp/engine.h"
#include "harness/vmp/vmp.h"

const char *
sl_rseq_init(void)
{
	return NULL;
}

int
sl_rseq_cpu(void)
{
	return (int)vmp_cpu();
}

/* How many there are in k; UINT32_MAX: it is barred. */
static uint32_t
enter(struct sl_rseq_stack *k, const void *pc)
{
	vmp_restartable((uintptr_t)k, sizeof(*k), pc);
	return *(volatile uint32_t *)(void *)&k->is_barred != 0
		   ? UINT32_MAX
		   : *(volatile uint32_t *)(void *)&k->n;
}

enum sl_rseq_result
sl_rseq_push(struct sl_rseq_stack *k, int cpu, void *p)
{
	uint32_t n = enter(k, __builtin_return_address(0));

	if (cpu != sl_rseq_cpu())
		return SL_RSEQ_AGAIN;
	if (n >= SL_RSEQ_SLOTS)
		return SL_RSEQ_CANNOT;
	*(void *volatile *)(void *)&k->slot[n] = p;
	*(volatile uint32_t *)(void *)&k->n = n + 1;
	return SL_RSEQ_DONE;
}

enum sl_rseq_result
sl_rseq_pop(struct sl_rseq_stack *k, int cpu, void **p)
{
	uint32_t n = enter(k, __builtin_return_address(0));

	if (cpu != sl_rseq_cpu())
		return SL_RSEQ_AGAIN;
	if (n == 0 || n > SL_RSEQ_SLOTS)
		return SL_RSEQ_CANNOT;
	*p = *(void *volatile *)(void *)&k->slot[n - 1];
	*(volatile uint32_t *)(void *)&k->n = n - 1;
	return SL_RSEQ_DONE;
}

bool
sl_rseq_stop(struct sl_rseq_stack *k, int cpu)
{
	(void)cpu;
	vmp_barrier();
	(void)enter(k, __builtin_return_address(0));
	*(volatile uint32_t *)(void *)&k->is_barred = 1;
	return true;
}

void
sl_rseq_go(struct sl_rseq_stack *k)
{
	(void)enter(k, __builtin_return_address(0));
	*(volatile uint32_t *)(void *)&k->is_barred = 0;
}
