/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest_rseq.c - core/rseq.h on the virtual multiprocessor.
 * Called by the variant percpu in place of core/rseq.c.
 *
 * There are two virtual CPUs, and before each sequence a thread may be moved to
 * the other one, which counts as an interruption.  A sequence that is
 * interrupted begins anew, so it is one step; the kernel's restart of who is
 * inside has nothing to do.
 */
#include "core/rseq.h"

#include "harness/vmp/sched.h"

enum { VIRTUAL_CPUS = 2 };

static bool is_away[VMP_THREADS_MAX + 1]; /* on the CPU that is not its first */

const char *
sl_rseq_init(void)
{
	return NULL;
}

int
sl_rseq_cpu(void)
{
	unsigned t = vmp_self();

	return (int)((t + is_away[t]) % VIRTUAL_CPUS);
}

/* Others may run before, or the thread is moved; then it is done at once. */
static uint32_t
enter(struct sl_rseq_stack *k)
{
	bool *away = &is_away[vmp_self()];

	vmp_step(
	    (uintptr_t)k, sizeof(*k), VMP_RMW, __builtin_return_address(0));
	if (vmp_is_interrupted()) {
		vmp_will_write(away, sizeof(*away));
		*away = !*away;
	}
	return *(volatile uint32_t *)(void *)&k->is_barred != 0
		   ? UINT32_MAX
		   : *(volatile uint32_t *)(void *)&k->n;
}

enum sl_rseq_result
sl_rseq_push(struct sl_rseq_stack *k, int cpu, void *p)
{
	uint32_t n = enter(k);

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
	uint32_t n = enter(k);

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
	(void)enter(k);
	*(volatile uint32_t *)(void *)&k->is_barred = 1;
	return true;
}

void
sl_rseq_go(struct sl_rseq_stack *k)
{
	(void)enter(k);
	*(volatile uint32_t *)(void *)&k->is_barred = 0;
}
