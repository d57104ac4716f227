/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmp_run.h - runs of the model for spanlab vmp validate and speed, a process
 * each: probes, and workloads over a variant.
 *
 * Used by vmp_validate*.c and vmp_speed.c.
 */
#ifndef SL_DRIVER_VMP_RUN_H
#define SL_DRIVER_VMP_RUN_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum { SL_VMP_SETS_MAX = 4 };

struct sl_vmp_probe {
	const char *profile; /* its file */
	const char *name;
	unsigned threads, cores, ops;     /* 0 cores: as many as threads */
	double think;                     /* cycles */
	const char *set[SL_VMP_SETS_MAX]; /* "jitter_pct=0"; NULL: no more */
	bool fixed_addresses;             /* setarch -R */
};

/* What spanlab-probe says, or NULL with a line on stderr: the caller frees.
 * Exits if there is no such program, or if the user wants to stop. */
json_t *sl_vmp_probe_run(const struct sl_vmp_probe *p);

/* The same by its only number that is most asked for; NAN. */
double sl_vmp_probe_cycles(const struct sl_vmp_probe *p);

struct sl_vmp_load {
	const char *program; /* vmp-VARIANT, or spanlab-bench */
	const char *library; /* of spanlab-bench; else NULL */
	const char *profile; /* of vmp-VARIANT; else NULL */
	const char *set[SL_VMP_SETS_MAX];
	const char *workload;
	unsigned threads, ops;
	uint64_t seed;
	bool fixed_addresses;
	double timeout_s; /* 0: 600 */
	/* answered */
	double wall_s;
};

/* The run in Google Benchmark's JSON, or NULL, likewise. */
json_t *sl_vmp_load_run(struct sl_vmp_load *l);

/* All that is counted in it, but for what only this machine's schedule makes:
 * FNV-1a. */
void sl_vmp_load_digest(const json_t *run, char hex[17]);

/* Whether programs can be started with addresses that are not random. */
bool sl_vmp_can_fix_addresses(void);

#endif /* SL_DRIVER_VMP_RUN_H */
