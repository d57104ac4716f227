/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * claim_curve.h - what a curve has that one number can tell.
 *
 * Used by claim_expr.c, claim_eval.c and vmp_validate_model.c.  x ascends; NAN
 * where a curve has no such thing.
 */
#ifndef SL_DRIVER_CLAIM_CURVE_H
#define SL_DRIVER_CLAIM_CURVE_H

#include <stddef.h>

#include "harness/driver/claim_unit.h"

struct sl_curve_function {
	const char *name;
	enum {
		SL_CURVE_Y,     /* its value is in the unit of y */
		SL_CURVE_X,     /* in that of x: a plain number */
		SL_CURVE_PLAIN, /* a plain number */
	} gives;
	double (*of)(const double *x, const double *y, size_t n);
	const char *what;
};

/* Ends with one that has no name. */
extern const struct sl_curve_function sl_curve_functions[];

/*
 * The Universal Scalability Law, y = gamma x / (1 + alpha (x - 1) + beta x
 * (x - 1)), by least squares with alpha and beta in [0, 1].
 */
struct sl_usl {
	double alpha, beta, gamma;
};
struct sl_usl sl_usl_fit(const double *x, const double *y, size_t n);

/*
 * The throughput of n cores by that of one, when each works for `think` and
 * then needs a ticket lock for `section`, which takes `transfer` / 2 more for
 * each core that waits: a chain of births and deaths over the number of cores
 * at the lock, k.  Boyd-Wickizer, Kaashoek, Morris and Zeldovich, 2012.
 */
double sl_ticket_speedup(
    double n, double think, double section, double transfer);

#endif /* SL_DRIVER_CLAIM_CURVE_H */
