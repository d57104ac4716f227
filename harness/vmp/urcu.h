/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * urcu.h - grace periods for guests, by liburcu's names and semantics.
 *
 * Included by include/urcu/urcu-*.h in place of liburcu's own header.  That
 * library is not compiled as a guest, so nothing of what it does could be seen.
 * This is the algorithm of its flavours bp and memb: a counter per reader, two
 * waits with a change of phase between, and no barrier in a read section, for
 * who waits has the kernel make one on all cores (membarrier).  What differs:
 *
 *  - a thread that waits for readers spins (vmp_pause), where the library
 *    sleeps after a while, and keeps threads from registering meanwhile;
 *  - grace periods of threads that wait together are not shared, as in bp;
 *    memb shares them;
 *  - a reader's place is by its thread's number, and its counter is looked at
 *    until a run's end: registration takes no memory, threads' ends cost
 *    nothing.
 *
 * membarrier is vmp_barrier().  Explored, it is a step at which all store
 * buffers are drained.  On the model, where stores wait nowhere, it is a cost:
 * a system call and interrupts for the caller, and some time of each core that
 * is interrupted (syscall, ipi, ipi_more, interrupt of the profile); what the
 * kernel's own locks cost there is left out.
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
