/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * compare.h - the command `spanlab compare`: two sweeps, point by point.
 *
 * Used by main.c.
 */
#ifndef SL_DRIVER_COMPARE_H
#define SL_DRIVER_COMPARE_H

int sl_compare(int argc, char **argv);

#endif /* SL_DRIVER_COMPARE_H */
