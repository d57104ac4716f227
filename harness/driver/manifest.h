/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * manifest.h - sweep.json: what a sweep was asked for, where and when it ran.
 *
 * Used by sweep and report.
 */
#ifndef SL_DRIVER_MANIFEST_H
#define SL_DRIVER_MANIFEST_H

#include <jansson.h>

#include "harness/driver/cells.h"

enum { SL_MANIFEST_SCHEMA = 1 };

struct sl_manifest {
	struct sl_plan plan;
	char *name;    /* the folder's, when it was made */
	char *version; /* of spanlab, and the revision it was built from */
	char *revision;
	char *started;
	char *finished;        /* NULL: not yet */
	char bench_digest[17]; /* of the program that ran the cells */
	json_t *command; /* array: the command line of the first session */
	json_t *host;    /* sl_host_facts() */
	/* What it was modelled by, not measured; NULL: measured. */
	json_t *model;
	json_t *sessions; /* array: one object per run of the driver */
};

/* DIR/sweep.json.  Returns false with one line in *why (caller frees). */
bool sl_manifest_read(struct sl_manifest *m, const char *dir, char **why);

/* Also of one that could not be read. */
void sl_manifest_destroy(struct sl_manifest *m);

/* An errno value. */
int sl_manifest_write(const struct sl_manifest *m, const char *dir);

#endif /* SL_DRIVER_MANIFEST_H */
