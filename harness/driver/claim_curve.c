/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * claim_curve.c - what a curve has that one number can tell.
 *
 * Called by claim_expr.c, claim_eval.c and vmp_validate_model.c;
 * tests/unit/t_claim.c has known answers.
 */
#include "harness/driver/claim_curve.h"

#include <math.h>

static double
greatest(const double *x, const double *y, size_t n)
{
	double max = NAN;

	(void)x;
	for (size_t i = 0; i < n; i++)
		max = fmax(max, y[i]);
	return max;
}

static double
least(const double *x, const double *y, size_t n)
{
	double min = NAN;

	(void)x;
	for (size_t i = 0; i < n; i++)
		min = fmin(min, y[i]);
	return min;
}

static double
first(const double *x, const double *y, size_t n)
{
	(void)x;
	return n ? y[0] : NAN;
}

static double
last(const double *x, const double *y, size_t n)
{
	(void)x;
	return n ? y[n - 1] : NAN;
}

static double
peak(const double *x, const double *y, size_t n)
{
	double max = greatest(x, y, n);

	for (size_t i = 0; i < n; i++)
		if (y[i] == max)
			return x[i];
	return NAN;
}

/* Where nine tenths of the greatest are reached. */
static double
knee(const double *x, const double *y, size_t n)
{
	double enough = 0.9 * greatest(x, y, n);

	for (size_t i = 0; i < n; i++)
		if (y[i] >= enough)
			return x[i];
	return NAN;
}

/* Before the deepest fall, as a factor, from one point to the next. */
static double
cliff(const double *x, const double *y, size_t n)
{
	double deepest = 1, at = NAN;

	for (size_t i = 0; i + 1 < n; i++) {
		if (y[i] > 0 && y[i + 1] / y[i] < deepest) {
			deepest = y[i + 1] / y[i];
			at = x[i];
		}
	}
	return at;
}

static double
spread(const double *x, const double *y, size_t n)
{
	return greatest(x, y, n) / least(x, y, n);
}

/* Of the line of least squares. */
static double
line_slope(const double *x, const double *y, size_t n, double (*scale)(double))
{
	double mx = 0, my = 0, xy = 0, xx = 0;

	if (n < 2)
		return NAN;
	for (size_t i = 0; i < n; i++) {
		mx += scale(x[i]) / (double)n;
		my += scale(y[i]) / (double)n;
	}
	for (size_t i = 0; i < n; i++) {
		xy += (scale(x[i]) - mx) * (scale(y[i]) - my);
		xx += (scale(x[i]) - mx) * (scale(x[i]) - mx);
	}
	return xx > 0 ? xy / xx : NAN;
}

static double
itself(double v)
{
	return v;
}

static double
slope(const double *x, const double *y, size_t n)
{
	return line_slope(x, y, n, itself);
}

/* The power of x that y grows with. */
static double
power(const double *x, const double *y, size_t n)
{
	return line_slope(x, y, n, log);
}

/* --- the Universal Scalability Law ------------------------------------- */

struct fit {
	const double *x, *y;
	size_t n;
	double alpha, beta, gamma;
};

/* The squares that are left with the best gamma; sets it. */
static double
left_over(struct fit *f, double alpha, double beta)
{
	double fy = 0, ff = 0, sum = 0;

	for (size_t i = 0; i < f->n; i++) {
		double x = f->x[i];
		double v = x / (1 + alpha * (x - 1) + beta * x * (x - 1));

		fy += v * f->y[i];
		ff += v * v;
	}
	f->alpha = alpha;
	f->beta = beta;
	f->gamma = fy / ff;
	for (size_t i = 0; i < f->n; i++) {
		double x = f->x[i];
		double v = x / (1 + alpha * (x - 1) + beta * x * (x - 1));

		sum += (f->y[i] - f->gamma * v) * (f->y[i] - f->gamma * v);
	}
	return sum;
}

static double least_alpha(struct fit *f, double beta);

static double
at_alpha(struct fit *f, double alpha)
{
	return left_over(f, alpha, f->beta);
}

/* Least over beta, each with the best alpha. */
static double
at_beta(struct fit *f, double beta)
{
	double alpha = least_alpha(f, beta);

	return left_over(f, alpha, beta);
}

/* The golden section; the lower end itself if nothing inside is better. */
static double
golden(struct fit *f, double (*of)(struct fit *, double), double lo, double hi)
{
	const double r = (sqrt(5) - 1) / 2;
	double a = lo, b = hi, c = b - r * (b - a), d = a + r * (b - a);
	double fc = of(f, c), fd = of(f, d), middle;

	for (int i = 0; i < 80; i++) {
		if (fc < fd) {
			b = d;
			d = c;
			fd = fc;
			c = b - r * (b - a);
			fc = of(f, c);
		} else {
			a = c;
			c = d;
			fc = fd;
			d = a + r * (b - a);
			fd = of(f, d);
		}
	}
	middle = (a + b) / 2;
	return of(f, middle) < of(f, lo) ? middle : lo;
}

static double
least_alpha(struct fit *f, double beta)
{
	f->beta = beta;
	return golden(f, at_alpha, 0, 1);
}

struct sl_usl
sl_usl_fit(const double *x, const double *y, size_t n)
{
	struct fit f = {.x = x, .y = y, .n = n};
	double beta;

	if (n < 3)
		return (struct sl_usl){NAN, NAN, NAN};
	beta = golden(&f, at_beta, 0, 0.1);
	at_beta(&f, beta);
	return (struct sl_usl){f.alpha, f.beta, f.gamma};
}

static double
usl_alpha(const double *x, const double *y, size_t n)
{
	return sl_usl_fit(x, y, n).alpha;
}

static double
usl_beta(const double *x, const double *y, size_t n)
{
	return sl_usl_fit(x, y, n).beta;
}

static double
usl_gamma(const double *x, const double *y, size_t n)
{
	return sl_usl_fit(x, y, n).gamma;
}

/* Where the law has its greatest value; NAN if it never falls. */
static double
usl_peak(const double *x, const double *y, size_t n)
{
	struct sl_usl u = sl_usl_fit(x, y, n);

	return u.beta > 0 ? sqrt((1 - u.alpha) / u.beta) : NAN;
}

/* --- a ticket lock ------------------------------------------------------- */

double
sl_ticket_speedup(double n, double think, double section, double transfer)
{
	double weight = 1, all = 1, at_lock = 0;

	for (double k = 1; k <= n; k++) {
		weight *= (n - k + 1) / think *
			  (section + (n > 1 ? transfer * k / 2 : 0));
		all += weight;
		at_lock += k * weight;
	}
	return (n - at_lock / all) * (1 + section / think);
}

const struct sl_curve_function sl_curve_functions[] = {
    {"max", SL_CURVE_Y, greatest, "the greatest y"},
    {"min", SL_CURVE_Y, least, "the least y"},
    {"first", SL_CURVE_Y, first, "y at the least x"},
    {"last", SL_CURVE_Y, last, "y at the greatest x"},
    {"peak", SL_CURVE_X, peak, "x of the greatest y"},
    {"knee", SL_CURVE_X, knee, "the least x with nine tenths of that"},
    {"cliff", SL_CURVE_X, cliff, "x before the deepest fall to the next"},
    {"spread", SL_CURVE_PLAIN, spread, "the greatest y by the least"},
    {"slope", SL_CURVE_Y, slope, "of the line of least squares"},
    {"power", SL_CURVE_PLAIN, power, "the same of the logarithms"},
    {"usl_alpha", SL_CURVE_PLAIN, usl_alpha, "contention"},
    {"usl_beta", SL_CURVE_PLAIN, usl_beta, "coherence"},
    {"usl_gamma", SL_CURVE_Y, usl_gamma, "y of one"},
    {"usl_peak", SL_CURVE_X, usl_peak, "x where the law is greatest"},
    {0},
};
