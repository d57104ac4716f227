/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model.c - laws of scaling, fitted to throughputs.
 *
 * Called by page_models.c; tests/unit/t_model.c has published fits.
 *
 * With alpha and beta given the best gamma follows, so the search is over a
 * rectangle: a grid, then a smaller one around its best point, and so on.
 * It needs no first guess, keeps to the bounds and cannot diverge.
 */
#include "harness/driver/model.h"

#include <math.h>

enum {
	GRID = 24,   /* steps on a side */
	SHRINKS = 90 /* each to four fifths: below 1e-8 of the beginning */
};

struct points {
	const double *n, *x;
	size_t count;
};

/* A straight scale would have no points where beta usually lies. */
static double
beta_of(double root)
{
	return root * root * root;
}

static double
shape(double alpha, double beta, double n)
{
	return n / (1 + alpha * (n - 1) + beta * n * (n - 1));
}

/* The sum of squares with the gamma that makes it least. */
static double
squares(const struct points *p, struct sl_model *m)
{
	double xs = 0, ss = 0, sum = 0, s, rest;

	for (size_t i = 0; i < p->count; i++) {
		s = shape(m->alpha, m->beta, p->n[i]);
		xs += p->x[i] * s;
		ss += s * s;
	}
	m->gamma = xs / ss;
	for (size_t i = 0; i < p->count; i++) {
		rest = p->x[i] - m->gamma * shape(m->alpha, m->beta, p->n[i]);
		sum += rest * rest;
	}
	return sum;
}

/* The best of a grid around (alpha, root), half a side away at most. */
static double
search(const struct points *p, struct sl_model *best, double *root, double half,
    bool has_beta)
{
	struct sl_model m, middle = *best;
	double least = squares(p, best), sum, r, middle_root = *root;
	int betas = has_beta ? GRID : 0;

	for (int i = 0; i <= GRID; i++) {
		m.alpha = middle.alpha + half * (2.0 * i / GRID - 1);
		m.alpha = fmin(fmax(m.alpha, 0), 1);
		for (int k = 0; k <= betas; k++) {
			r = middle_root + half * (2.0 * k / GRID - 1);
			r = has_beta ? fmin(fmax(r, 0), 1) : 0;
			m.beta = beta_of(r);
			sum = squares(p, &m);
			if (sum >= least)
				continue;
			least = sum;
			*best = m;
			*root = r;
		}
	}
	return least;
}

static void
fit(const struct points *p, struct sl_model *m, bool has_beta)
{
	double half = 0.5, root = has_beta ? 0.5 : 0, rest, sum = 0;

	*m = (struct sl_model){.alpha = 0.5, .beta = beta_of(root)};
	for (int i = 0; i < SHRINKS; i++) {
		search(p, m, &root, half, has_beta);
		half *= 0.8;
	}
	for (size_t i = 0; i < p->count; i++) {
		rest = sl_model_at(m, p->n[i]) / p->x[i] - 1;
		sum += rest * rest;
	}
	m->rms = sqrt(sum / (double)p->count);
}

bool
sl_model_usl(
    const double *n, const double *x, size_t count, struct sl_model *out)
{
	struct points p = {n, x, count};

	if (count < SL_MODEL_USL_FROM)
		return false;
	fit(&p, out, true);
	return true;
}

bool
sl_model_amdahl(
    const double *n, const double *x, size_t count, struct sl_model *out)
{
	struct points p = {n, x, count};

	if (count < SL_MODEL_AMDAHL_FROM)
		return false;
	fit(&p, out, false);
	return true;
}

double
sl_model_at(const struct sl_model *m, double n)
{
	return m->gamma * shape(m->alpha, m->beta, n);
}

double
sl_model_peak(const struct sl_model *m)
{
	return m->beta > 0 ? sqrt((1 - m->alpha) / m->beta) : INFINITY;
}

double
sl_model_knee(const struct sl_model *m)
{
	return m->alpha > 0 ? 1 / m->alpha : INFINITY;
}

double
sl_model_limit(const struct sl_model *m)
{
	return m->alpha > 0 ? m->gamma / m->alpha : INFINITY;
}
