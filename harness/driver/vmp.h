/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmp.h - the command `spanlab vmp`: the virtual multiprocessor.
 *
 * Used by main.c; vmp_sweep.c has its largest part.
 */
#ifndef SL_DRIVER_VMP_H
#define SL_DRIVER_VMP_H

#include "harness/driver/util.h"

int sl_vmp(int argc, char **argv);

/* What getopt_long() has just found wrong, '?' for an option that is unknown
 * and else one without a value; or the first argument that is no option.
 * Exits. */
_Noreturn void sl_vmp_wrong_option(const char *command, int opt, char **argv);
_Noreturn void sl_vmp_no_option(const char *command, const char *arg);

/* `spanlab vmp sweep`; argv[0] is "sweep". */
int sl_vmp_sweep(int argc, char **argv);

/* `spanlab vmp speed`; argv[0] is "speed". */
int sl_vmp_speed(int argc, char **argv);

/* The file of a profile, by name or path; exits if there is none.  The caller
 * frees. */
char *sl_vmp_profile_path(const char *name);

/* All that are known by name. */
void sl_vmp_profile_names(struct sl_names *names);

#endif /* SL_DRIVER_VMP_H */
