/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * urcu.h - grace periods for guests, by liburcu's names and semantics.
 *
 * Included by include/urcu/urcu-*.h in place of liburcu's own header.  That
 * library is not compiled as a guest, so nothing of what it does could be seen.
 * This is its algorithm with a full barrier at both ends of a read section (the
 * flavour mb; bp and memb have the kernel make the readers' barriers): a
 * counter per reader, and two waits with a change of phase between.  What
 * differs:
 *
 *  - a thread that waits for readers spins (vmp_pause), where the library
 *    sleeps on a futex after a while;
 *  - grace periods of threads that wait together are not shared;
 *  - a reader's place is by its thread's number, so registration takes no
 *    memory and no lock.
 *
 * Desnoyers et al., IEEE TPDS 2012, section 4.2.
 */
#ifndef SL_VMP_URCU_H
#define SL_VMP_URCU_H

void vmp_rcu_register(void);
void vmp_rcu_unregister(void);
void vmp_rcu_read_lock(void);
void vmp_rcu_read_unlock(void);
int vmp_rcu_read_ongoing(void);
void vmp_rcu_synchronize(void);
void vmp_rcu_before_fork(void);
void vmp_rcu_after_fork(int is_child);

#endif /* SL_VMP_URCU_H */
