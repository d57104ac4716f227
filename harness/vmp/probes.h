/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * probes.h - small loops whose time on a machine says what its lines cost.
 *
 * Used by the model, whose guests they are, by calibration, which runs the
 * same source as it is, and by tests.
 */
#ifndef SL_VMP_PROBES_H
#define SL_VMP_PROBES_H

#include <stdint.h>

enum { PROBE_THREADS_MAX = 256 };

struct probe {
	const char *name;
	const char *what;
	unsigned threads; /* exactly; 0: any number */
	void (*body)(unsigned thread);
};

/* What the bodies do; set before they run. */
struct probe_load {
	unsigned threads;
	unsigned ops;   /* of each thread; hand-overs of the ping-pongs */
	uint64_t think; /* cycles after each, about; 0: none */
};
extern struct probe_load probe_load;

extern const struct probe probe_table[]; /* the last has no name */

const struct probe *probe_find(const char *name);

/* All variables as at first. */
void probe_reset(void);

/* Of fetch-add; of what a lock guards. */
uint64_t probe_count(void);
uint64_t probe_guarded(void);

/* The machine has one and the model another: so many cycles without memory,
 * between half and one and a half of it, at random. */
void probe_think(unsigned thread, uint64_t cycles);

/* Likewise a pause in a loop that waits for another thread. */
void probe_relax(void);

/* And a lock, free when it is 0. */
void probe_lock(int *word);
void probe_unlock(int *word);

#endif /* SL_VMP_PROBES_H */
