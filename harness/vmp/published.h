/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * published.h - published times of an increment of one shared variable, and how
 * far a modelled one is off.
 *
 * Used by spanlab vmp validate and by tests.
 */
#ifndef SL_VMP_PUBLISHED_H
#define SL_VMP_PUBLISHED_H

#include <stdbool.h>

struct published_point {
	unsigned threads; /* 0 ends a table */
	double ns;        /* of one increment of each thread */
	bool is_held_out; /* the profile was not fitted to it */
};

struct published_curve {
	const char *profile;
	const char *source;
	const struct published_point *points;
};

/* The last has no profile. */
extern const struct published_curve published_curves[];

/* A modelled curve shall be no further off than so many percent. */
#define PUBLISHED_GATE 25.0

/* The curve of that profile, or NULL. */
const struct published_curve *published_find(const char *profile);

/* What each thread counts in the model: the published runs took 240 ms, so that
 * beginnings and ends do not show. */
unsigned published_ops(unsigned threads);

/* How far so many nanoseconds for each increment, of all threads together, are
 * off; in percent. */
double published_error(const struct published_point *p, double ns);

#endif /* SL_VMP_PUBLISHED_H */
