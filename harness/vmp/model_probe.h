/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model_probe.h - a probe on the model.
 *
 * Used by probe_program.c and by tests.
 */
#ifndef SL_VMP_MODEL_PROBE_H
#define SL_VMP_MODEL_PROBE_H

#include "harness/vmp/model.h"

struct model_probe {
	const struct profile *profile;
	unsigned threads;
	unsigned cores; /* 0: as many as threads */
	unsigned ops;   /* of each thread */
	uint64_t think; /* cycles between them */
	uint64_t seed;
	bool no_elision;
};

/* False: there is none of that name, it is not for so many threads, or the run
 * did not end. */
bool model_probe_run(const char *name, const struct model_probe *how,
    struct model_counts *out, char *why);

/* Cycles for each operation of all threads; a hand-over of the ping-pongs is
 * one. */
double model_probe_cycles(
    const struct model_probe *how, const struct model_counts *n);

#endif /* SL_VMP_MODEL_PROBE_H */
