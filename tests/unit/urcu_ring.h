/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * urcu_ring.h - how many threads liburcu has on its list of readers.
 *
 * Included by tests where liburcu's headers are.  Readers are in a ring with
 * the head of the list, which is static in the library; so the count starts
 * from the caller's own node.  No other thread may come, end or wait for a
 * grace period meanwhile.
 */
#ifndef TESTS_URCU_RING_H
#define TESTS_URCU_RING_H

#include <urcu/list.h>

/* For those who read a reader of liburcu-bp, whose arena does not keep to the
 * alignment of its type. */
#define URCU_READS_READER __attribute__((no_sanitize("alignment")))

enum { URCU_RING_MOST = 1 << 20 };

/* Readers besides the one whose node it is; URCU_RING_MOST: it is no ring. */
static inline unsigned
urcu_ring_others(const struct cds_list_head *own)
{
	const struct cds_list_head *n = own->next;
	unsigned others = 0;

	while (n != NULL && n != own && others < URCU_RING_MOST) {
		n = n->next;
		others++;
	}
	return n == own ? others - 1 : URCU_RING_MOST;
}

#endif /* TESTS_URCU_RING_H */
