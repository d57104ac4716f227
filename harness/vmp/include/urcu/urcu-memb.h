/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * urcu-memb.h - liburcu's names for the grace periods of guests; see urcu.h.
 *
 * Included by variants, as guests, in place of liburcu's own header.
 */
#ifndef SL_VMP_URCU_MEMB_H
#define SL_VMP_URCU_MEMB_H

#include "harness/vmp/urcu.h"

#define urcu_memb_register_thread() vmp_rcu_register()
#define urcu_memb_unregister_thread() vmp_rcu_unregister()
#define urcu_memb_read_lock() vmp_rcu_read_lock()
#define urcu_memb_read_unlock() vmp_rcu_read_unlock()
#define urcu_memb_read_ongoing() vmp_rcu_read_ongoing()
#define urcu_memb_synchronize_rcu() vmp_rcu_synchronize()
#define urcu_memb_before_fork() vmp_rcu_before_fork()
#define urcu_memb_after_fork_parent() vmp_rcu_after_fork(0)
#define urcu_memb_after_fork_child() vmp_rcu_after_fork(1)

#endif /* SL_VMP_URCU_MEMB_H */
