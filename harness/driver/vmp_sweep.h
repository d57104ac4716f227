/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmp_sweep.h - a sweep whose cells are runs of the model.
 *
 * Used by vmp_sweep.c and vmp_resume.c.
 */
#ifndef SL_DRIVER_VMP_SWEEP_H
#define SL_DRIVER_VMP_SWEEP_H

#include "harness/driver/manifest.h"
#include "harness/vmp/profile.h"

struct vmp_sweep {
	/* asked for; what was not is NULL or empty, and UNASKED */
	struct sl_names allocators, workloads;
	struct sl_counts threads;
	const char *profile_name, *output, *resume;
	long cores, seeds, ops, seed, timeout_s;
	/* found */
	char *profile_file, *profile_text;
	struct profile profile;
	struct sl_manifest manifest;
	char *dir;
	size_t ran, kept;
};

enum { VMP_UNASKED = -1 };

/* Go on in the folder --resume: all of the above from it.  Exits with a clear
 * line if that cannot be done as asked. */
void sl_vmp_take_up(struct vmp_sweep *s);

/* A file in the sweep's folder with its profile: what happens to the one that
 * was read does not matter then. */
void sl_vmp_keep_profile(struct vmp_sweep *s);

/* --profile; also its text. */
void sl_vmp_read_profile(struct vmp_sweep *s);

/* A name that several workloads begin with is all of them: pinned-churn. */
void sl_vmp_expand(const struct sl_workloads *offered,
    const struct sl_names *wanted, struct sl_names *out);

#endif /* SL_DRIVER_VMP_SWEEP_H */
