/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sweep.h - the command `spanlab sweep`.
 *
 * Used by main.c.
 */
#ifndef SL_DRIVER_SWEEP_H
#define SL_DRIVER_SWEEP_H

/* argv[0] is "sweep".  Returns the exit status. */
int sl_sweep(int argc, char **argv);

#endif /* SL_DRIVER_SWEEP_H */
