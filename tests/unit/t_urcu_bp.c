/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_urcu_bp.c - the variant rcu: threads leave no registration with
 * liburcu-bp, which registers whoever enters a read section.  An insertion
 * that does must be caught.
 * Run by make check, once.
 */
#define SL_VARIANT_NAME "rcu"
#define SL_VARIANT_BOUND 0
#define sl_set_insert insert_well
#include "variants/rcu.c"
#undef sl_set_insert
void sl_set_insert(sl_bag bag, struct sl_mspan *s);

#include <urcu/static/urcu-bp.h>

#include "tests/unit/urcu_ring.h"

static bool go_wrong;

void
sl_set_insert(sl_bag bag, struct sl_mspan *s)
{
	if (go_wrong)
		urcu_bp_read_lock();
	insert_well(bag, s);
	if (go_wrong)
		urcu_bp_read_unlock();
}

URCU_READS_READER static const struct cds_list_head *
own_node(void)
{
	return &URCU_TLS(urcu_bp_reader)->node;
}

#include "tests/unit/urcu_threads.h"
