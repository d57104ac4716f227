/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * preset.h - what `--preset` may name, and what each is.
 *
 * Used by options, plan and sweep.
 */
#ifndef SL_DRIVER_PRESET_H
#define SL_DRIVER_PRESET_H

#include <stdbool.h>

struct sl_preset {
	const char *name;
	const char *suite; /* of the bench's workloads */
	double window_s;
	double scale;
	double timeout_s;
	unsigned rounds;     /* fixed, or 0: as many as time allows, */
	unsigned rounds_max; /* at most */
	double budget_s;
	const char *threads;
	const char *options; /* of our variants, unless the user says */
	const char
	    *variants;     /* specs, besides all others; NULL: all there are */
	bool has_counts;   /* instructions are counted too */
	bool is_seam;      /* of the programs bench-mcentral-NAME */
	bool window_grows; /* with more than eight threads to a CPU */
	bool gives_up;     /* what timed out is not tried again */
};

/* NULL: there is none of that name. */
const struct sl_preset *sl_preset_get(const char *name);

/* "quick, full, peers, published, mcentral or rcu"; static. */
const char *sl_preset_names(void);

#endif /* SL_DRIVER_PRESET_H */
