/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * variant-info.c - what a Spanlab library says of its set, as a list.
 * Linked with the library and run by build-aux/variants-doc.sh.
 */
#include <stdio.h>

#include "core/spanlab.h"

int
main(void)
{
	const struct sl_variant_info *v = sl_variant();

	printf("- Progress: %s.\n", v->progress);
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
