/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model_program.h - the programs vmp-VARIANT: a set, core and the workloads as
 * guests of the model.
 *
 * Used by model_program.c and model_pool.c.
 */
#ifndef SL_VMP_MODEL_PROGRAM_H
#define SL_VMP_MODEL_PROGRAM_H

#include "harness/vmp/model.h"

struct model_program {
	struct profile profile;
	struct model_config config;
	struct model_counts counts; /* of the last job of the pool */
	uint64_t think;             /* cycles before each malloc and free */
};
extern struct model_program model_program;

/* A job of the pool has ended: its counts are there. */
void model_program_job_ended(void);

#endif /* SL_VMP_MODEL_PROGRAM_H */
