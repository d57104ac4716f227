/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model.h - laws of scaling, fitted to throughputs.
 *
 * Used by the page.  Gunther's universal scalability law,
 *
 *   X(N) = gamma N / (1 + alpha (N - 1) + beta N (N - 1)),
 *
 * where alpha is the part that waits for one another, beta what it costs
 * that all must agree, and gamma what one alone does; and Amdahl's, which is
 * the same with beta = 0.  Coefficients that mean nothing are not given:
 * 0 <= alpha <= 1, beta >= 0.
 */
#ifndef SL_DRIVER_MODEL_H
#define SL_DRIVER_MODEL_H

#include <stdbool.h>
#include <stddef.h>

struct sl_model {
	double alpha, beta, gamma;
	double rms; /* of the residuals, in parts of what was measured */
};

/* One point more than there are coefficients, or a fit says nothing. */
enum { SL_MODEL_USL_FROM = 4, SL_MODEL_AMDAHL_FROM = 3 };

/* Least squares over `count` points, n[i] threads with throughput x[i]; false
 * if there are too few.  The points must have a processor for each thread:
 * what happens beyond is no law of scaling, and is the caller's to leave
 * out. */
bool sl_model_usl(
    const double *n, const double *x, size_t count, struct sl_model *out);
bool sl_model_amdahl(
    const double *n, const double *x, size_t count, struct sl_model *out);

double sl_model_at(const struct sl_model *m, double n);

/* Where throughput is highest, sqrt((1 - alpha) / beta); INFINITY: it never
 * falls. */
double sl_model_peak(const struct sl_model *m);

/* The knee, 1 / alpha: from there on waiting takes more than work does;
 * INFINITY if there is none. */
double sl_model_knee(const struct sl_model *m);

/* Amdahl's limit, gamma / alpha, which no number of threads exceeds. */
double sl_model_limit(const struct sl_model *m);

#endif /* SL_DRIVER_MODEL_H */
