/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_vmp_no_again.c - the variant percpu that takes a sequence for done when its
 * thread was moved to another CPU: the span is lost, which is found on virtual
 * threads.  Run by make check, once.
 */
#include "core/rseq.h"

static enum sl_rseq_result
hopeful_push(struct sl_rseq_stack *k, int cpu, void *p)
{
	enum sl_rseq_result r = sl_rseq_push(k, cpu, p);

	return r == SL_RSEQ_AGAIN ? SL_RSEQ_DONE : r;
}

#define sl_rseq_push(k, cpu, p) hopeful_push(k, cpu, p)
#define SL_VARIANT_NAME "percpu"
#define SL_VARIANT_BOUND 0
#include "variants/percpu.c"

#include "tests/vmp/scenario_cases.h"

int
main(int argc, char **argv)
{
	return scenario_cases_planted_main(argc, argv, "claim-insert", 500);
}
