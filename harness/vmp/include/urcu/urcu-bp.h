/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * urcu-bp.h - liburcu's names for the grace periods of guests; see urcu.h.
 *
 * Included by variants, as guests, in place of liburcu's own header.
 */
#ifndef SL_VMP_URCU_BP_H
#define SL_VMP_URCU_BP_H

#include "harness/vmp/urcu.h"

#define urcu_bp_register_thread() vmp_rcu_register()
#define urcu_bp_unregister_thread() vmp_rcu_unregister()
#define urcu_bp_read_lock() vmp_rcu_read_lock()
#define urcu_bp_read_unlock() vmp_rcu_read_unlock()
#define urcu_bp_read_ongoing() vmp_rcu_read_ongoing()
#define urcu_bp_synchronize_rcu() vmp_rcu_synchronize()
#define urcu_bp_before_fork() vmp_rcu_before_fork()
#define urcu_bp_after_fork_parent() vmp_rcu_after_fork(0)
#define urcu_bp_after_fork_child() vmp_rcu_after_fork(1)

#endif /* SL_VMP_URCU_BP_H */
