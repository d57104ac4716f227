/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * variant-info.c - what a Spanlab library says of its set, as a list.
 * Linked with the library and run by build-aux/variants-doc.sh.
 */
#include <stdio.h>

#include "core/spanlab.h"

static const char *const waits[] = {
    [SL_BLOCKING] = "for one that is inside an operation",
    [SL_MOSTLY_LOCK_FREE] = "for one inside a rare step under a lock",
    [SL_LOCK_FREE] = "for none",
    [SL_WAIT_FREE] = "for none, and its own steps are bounded",
};

static const char *const misses[] = {
    [SL_MISS_NEVER] = "only if at one moment there was none",
    [SL_MISS_BUSY] = "also while others are inside",
    [SL_MISS_ANY] = "also if other threads keep what there is",
};

int
main(void)
{
	const struct sl_variant_info *v = sl_variant();

	printf("- Progress: %s.\n", v->progress);
	printf("- Other threads stopped, an insertion waits %s; a claim %s.\n",
	    waits[v->insert],
	    v->insert == v->claim ? "likewise" : waits[v->claim]);
	printf("- A claim finds nothing %s.\n", misses[v->miss]);
	printf("- Order: %s.\n", v->order);
	printf("- ABA: %s.\n", v->aba);
	printf("- Reclamation: %s.\n", v->reclamation);
	printf("- Paper: %s.\n", v->paper);
	if (v->claim_leaves_listed)
		printf("- A claimed span stays on the list.\n");
	if (v->spins)
		printf("- Who waits keeps the CPU: with more threads than CPUs "
		       "it measures the scheduler.\n");
	return 0;
}
