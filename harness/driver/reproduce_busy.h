/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reproduce_busy.h - how much of the CPU time others had meanwhile.
 *
 * Used by reproduce.c.  With others on the CPUs threads seldom run at once,
 * and what they would do to each other is not seen.
 */
#ifndef SL_DRIVER_REPRODUCE_BUSY_H
#define SL_DRIVER_REPRODUCE_BUSY_H

struct sl_busy {
	double total_s, busy_s; /* of all CPUs */
	double own_s;           /* of our children that have ended */
};

void sl_busy_take(struct sl_busy *b);
/* In percent of all CPU time; 0 where the kernel does not say. */
double sl_busy_others_percent(
    const struct sl_busy *from, const struct sl_busy *to);

#endif /* SL_DRIVER_REPRODUCE_BUSY_H */
