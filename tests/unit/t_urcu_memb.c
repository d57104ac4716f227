/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_urcu_memb.c - the variant rcu-memb: threads take their registration with
 * liburcu-memb along, and do not come back.  One that stays must be caught.
 * Run by make check, once.
 */
#define SL_VARIANT_NAME "rcu-memb"
#define SL_VARIANT_BOUND 0
#define SL_RCU_MEMB 1
#define sl_set_thread_leave leave_well
#include "variants/rcu.c"
#undef sl_set_thread_leave
void sl_set_thread_leave(void);

#include <urcu/static/urcu-memb.h>

static bool go_wrong;

void
sl_set_thread_leave(void)
{
	if (!go_wrong)
		leave_well();
}

static const struct cds_list_head *
own_node(void)
{
	return &URCU_TLS(urcu_memb_reader).node;
}

#include "tests/unit/urcu_threads.h"
