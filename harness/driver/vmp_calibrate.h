/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmp_calibrate.h - a profile of this machine, as a text.
 *
 * Used by vmp.c and vmp_validate_host.c; vmp_calibrate_text.c writes it.
 */
#ifndef SL_DRIVER_VMP_CALIBRATE_H
#define SL_DRIVER_VMP_CALIBRATE_H

#include "harness/driver/util.h"
#include "harness/driver/vmp_places.h"
#include "harness/vmp/host.h"
#include "harness/vmp/profile.h"

/* What was measured; what could not be has no samples. */
struct sl_calibration {
	struct sl_places places;
	unsigned batches;
	struct host_samples loop[HOST_NLOOPS];
	struct host_lines lines[SL_N_DISTANCES];
	struct host_samples swap; /* cas-ping-pong, with the nearest CPU */
	struct host_samples add;  /* fetch-add, likewise */
	struct host_kernel kernel;
	double quantum_ns; /* 0: the kernel does not say */
};

/* `spanlab vmp calibrate`; argv[0] is "calibrate". */
int sl_vmp_calibrate(int argc, char **argv);

/* Measures; with few batches it is quick and less sure. */
void sl_calibration_measure(struct sl_calibration *c, bool is_quick);

/* The file's text; others has what is assumed.  The caller frees. */
char *sl_calibration_text(
    const struct sl_calibration *c, const struct profile *others);

/* Both of these, into profile too; exits if what was written is no profile. */
char *sl_calibrate(bool is_quick, struct profile *profile);

#endif /* SL_DRIVER_VMP_CALIBRATE_H */
