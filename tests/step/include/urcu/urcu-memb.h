/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * urcu-memb.h - liburcu's own; who is in a read section may be waited for.
 *
 * Included by variants in place of the one that this includes, in tests of
 * the kind `step`.
 */
#ifndef TESTS_STEP_URCU_MEMB_H
#define TESTS_STEP_URCU_MEMB_H

#include_next <urcu/urcu-memb.h>

#include "tests/step/step.h"

#define urcu_memb_read_lock() (step_hold(), urcu_memb_read_lock())
#define urcu_memb_read_unlock() (urcu_memb_read_unlock(), step_let_go())
#define urcu_memb_synchronize_rcu()                                            \
	(step_take(), step_hold(), urcu_memb_synchronize_rcu(), step_let_go())

#endif /* TESTS_STEP_URCU_MEMB_H */
