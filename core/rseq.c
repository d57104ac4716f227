/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rseq.c - a small stack for each CPU; see rseq.h.  Called by variants.
 *
 * The one place with inline assembly on shared memory.  A restartable sequence
 * is told to the kernel as addresses of instructions: of its first, of the one
 * after the store that commits, and of where to go when it was interrupted.
 * A compiler has no word for these, and may put no instruction of its own in
 * between.  So the two sequences are here, behind calls that another build can
 * replace.  ThreadSanitizer does not see what they order; built for it there
 * are none.
 */
#include "core/rseq.h"

#if defined(HAVE_SYS_RSEQ_H) && defined(__x86_64__) &&                         \
    !defined(__SANITIZE_THREAD__)
#include <stddef.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/membarrier.h>

_Static_assert(offsetof(struct sl_rseq_stack, is_barred) == 4,
    "the number and the bar are read in one go");
_Static_assert(sizeof(struct sl_rseq_stack) == 128, "two lines");
_Static_assert(offsetof(struct rseq, cpu_id) == 4, "as in the sequences");
_Static_assert(offsetof(struct rseq, rseq_cs) == 8, "as in the sequences");

static long
membarrier(int command, unsigned flags, int cpu)
{
	return syscall(SYS_membarrier, command, flags, cpu);
}

int
sl_rseq_cpu(void)
{
	int cpu;

	/* The kernel writes it when the thread is put on a CPU. */
	__asm__ volatile("movl %%fs:4(%1), %0"
			 : "=r"(cpu)
			 : "r"(__rseq_offset));
	return cpu;
}

const char *
sl_rseq_init(void)
{
	if (__rseq_size == 0 || sl_rseq_cpu() < 0)
		return "the C library registers no restartable sequences";
	if (membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_RSEQ, 0, 0) !=
		0 ||
	    membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ,
		MEMBARRIER_CMD_FLAG_CPU, 0) != 0)
		return "the kernel has no membarrier for restartable sequences";
	return NULL;
}

/*
 * A sequence is described at label 3: from 1, up to 2; if interrupted it goes
 * on at 4, before which the kernel wants RSEQ_SIG, written as an instruction
 * that traps.  It begins when the address of 3 is in the thread's rseq area,
 * and with a look whether the CPU is still the one that k belongs to.
 */
#define SEQUENCE_BEGIN                                                         \
	".pushsection __rseq_cs, \"aw\"\n\t"                                   \
	".balign 32\n"                                                         \
	"3:\n\t"                                                               \
	".long 0, 0\n\t"                                                       \
	".quad 1f, 2f - 1f, 4f\n\t"                                            \
	".popsection\n\t"                                                      \
	"leaq 3b(%%rip), %%rax\n\t"                                            \
	"movq %%rax, %%fs:8(%[rseq])\n"                                        \
	"1:\n\t"                                                               \
	"cmpl %[cpu], %%fs:4(%[rseq])\n\t"                                     \
	"jne 4f\n\t"                                                           \
	"movq (%[k]), %%rax\n\t"
#define SEQUENCE_END                                                           \
	"2:\n\t"                                                               \
	".pushsection __rseq_failure, \"ax\"\n\t"                              \
	".byte 0x0f, 0xb9, 0x3d\n\t"                                           \
	".long 0x53053053\n"                                                   \
	"4:\n\t"                                                               \
	"jmp %l[again]\n\t"                                                    \
	".popsection\n\t"

enum sl_rseq_result
sl_rseq_push(struct sl_rseq_stack *k, int cpu, void *p)
{
	/* pairs(rseq.go): a stack that is not barred any more. */
	__asm__ goto(SEQUENCE_BEGIN "cmpq %[slots], %%rax\n\t"
				    "jae %l[cannot]\n\t"
				    "movq %[p], 8(%[k], %%rax, 8)\n\t"
				    "incl %%eax\n\t"
				    "movl %%eax, (%[k])\n" /* LP: push */
		     SEQUENCE_END
		     :
		     : [rseq] "r"(__rseq_offset), [cpu] "r"(cpu), [k] "r"(k),
		     [p] "r"(p), [slots] "i"(SL_RSEQ_SLOTS)
		     : "rax", "cc", "memory"
		     : again, cannot);
	return SL_RSEQ_DONE;
again:
	return SL_RSEQ_AGAIN;
cannot:
	return SL_RSEQ_CANNOT;
}

enum sl_rseq_result
sl_rseq_pop(struct sl_rseq_stack *k, int cpu, void **p)
{
	__asm__ goto(SEQUENCE_BEGIN
		     "decq %%rax\n\t"
		     "cmpq %[slots], %%rax\n\t"
		     "jae %l[cannot]\n\t"
		     "movq 8(%[k], %%rax, 8), %%rcx\n\t"
		     "movl %%eax, (%[k])\n" /* LP: pop */
		     SEQUENCE_END
		     "movq %%rcx, (%[p])\n\t" /* committed: this is outside */
		     :
		     : [rseq] "r"(__rseq_offset), [cpu] "r"(cpu), [k] "r"(k),
		     [p] "r"(p), [slots] "i"(SL_RSEQ_SLOTS)
		     : "rax", "rcx", "cc", "memory"
		     : again, cannot);
	return SL_RSEQ_DONE;
again:
	return SL_RSEQ_AGAIN;
cannot:
	return SL_RSEQ_CANNOT;
}

bool
sl_rseq_stop(struct sl_rseq_stack *k, int cpu)
{
	/* relaxed: the kernel's barrier orders it.  After it nobody is inside
	 * who has not seen the bar. */
	sl_store_rlx(&k->is_barred, 1);
	if (membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED_RSEQ,
		MEMBARRIER_CMD_FLAG_CPU, cpu) == 0)
		return true;
	sl_store_rlx(&k->is_barred, 0); /* relaxed: nothing was changed */
	return false;
}

void
sl_rseq_go(struct sl_rseq_stack *k)
{
	/* pairs(rseq.go): what the caller did to the stack.  The sequences'
	 * first load of it is ordered before what follows, as all loads are
	 * on x86-64. */
	sl_store_rel(&k->is_barred, 0);
}
#else
const char *
sl_rseq_init(void)
{
	return "built without restartable sequences";
}

int
sl_rseq_cpu(void)
{
	return -1;
}

enum sl_rseq_result
sl_rseq_push(struct sl_rseq_stack *k, int cpu, void *p)
{
	(void)k;
	(void)cpu;
	(void)p;
	return SL_RSEQ_CANNOT;
}

enum sl_rseq_result
sl_rseq_pop(struct sl_rseq_stack *k, int cpu, void **p)
{
	(void)k;
	(void)cpu;
	(void)p;
	return SL_RSEQ_CANNOT;
}

bool
sl_rseq_stop(struct sl_rseq_stack *k, int cpu)
{
	(void)k;
	(void)cpu;
	return false;
}

void
sl_rseq_go(struct sl_rseq_stack *k)
{
	(void)k;
}
#endif
