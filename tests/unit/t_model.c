/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_model.c - the laws of scaling on curves that are known, and on two
 * published data sets with their published fits.
 * Run by make check, once.  It takes the source in, for it belongs to no
 * library.
 *
 * The data and fits are those of the R package usl (N. Gunther and
 * S. Moeding), its vignette: raytracer, an SGI Origin 2000 with 64
 * processors, and specsdm91, a SPARCcenter 2000 whose load is users.
 */
#include "harness/driver/model.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const double ray_n[] = {1, 4, 8, 12, 16, 20, 24, 28, 32, 48, 64};
static const double ray_x[] = {
    20, 78, 130, 170, 190, 200, 210, 230, 260, 280, 310};
static const double sdm_n[] = {1, 18, 36, 72, 108, 144, 216};
static const double sdm_x[] = {
    64.9, 995.9, 1652.4, 1853.2, 1828.9, 1775.0, 1702.2};

static void
within(double got, double wanted, double part)
{
	if (!(fabs(got - wanted) <= part * fabs(wanted))) {
		print_message("got %.9g, wanted %.9g\n", got, wanted);
		fail();
	}
}

/* Points on a curve give the curve back. */
static void
known_curves(void **state)
{
	static const double alphas[] = {0, 0.003, 0.05, 0.6, 1};
	static const double betas[] = {0, 1e-6, 1e-4, 0.02, 0.3};
	const double n[] = {1, 2, 4, 8, 16, 32, 64};
	double x[7];
	struct sl_model m;

	(void)state;
	for (int a = 0; a < 5; a++) {
		for (int b = 0; b < 5; b++) {
			struct sl_model known = {alphas[a], betas[b], 7, 0};

			for (int i = 0; i < 7; i++)
				x[i] = sl_model_at(&known, n[i]);
			assert_true(sl_model_usl(n, x, 7, &m));
			assert_true(fabs(m.alpha - alphas[a]) < 1e-4);
			assert_true(fabs(m.beta - betas[b]) < 1e-5);
			within(m.gamma, 7, 1e-3);
			assert_true(m.rms < 1e-4);
		}
	}
}

static void
specsdm91(void **state)
{
	struct sl_model m;

	(void)state;
	assert_true(sl_model_usl(sdm_n, sdm_x, 7, &m));
	within(m.alpha, 0.0277285, 0.001);
	within(m.beta, 0.0001044, 0.001);
	within(m.gamma, 89.9952384, 0.001);
	within(sl_model_peak(&m), 96.5, 0.002);
	within(sl_model_at(&m, sl_model_peak(&m)), 1880, 0.005);
	within(sl_model_knee(&m), 36.1, 0.002);
	within(sl_model_at(&m, sl_model_knee(&m)), 1540, 0.005);
	within(sl_model_limit(&m), 3250, 0.005);
}

/* Without a bound beta would be below 0 here: throughput that grows more
 * than linearly in the end. */
static void
raytracer(void **state)
{
	struct sl_model m, amdahl;

	(void)state;
	assert_true(sl_model_usl(ray_n, ray_x, 11, &m));
	print_message("# raytracer: alpha %.6f beta %.3g gamma %.6f\n", m.alpha,
	    m.beta, m.gamma);
	assert_true(m.beta >= 0 && m.beta < 1e-9);
	within(m.alpha, 0.057771, 0.001);
	within(m.gamma, 21.848843, 0.001);
	within(sl_model_limit(&m), 378, 0.005);
	within(sl_model_knee(&m), 17.3, 0.002);
	within(sl_model_at(&m, sl_model_knee(&m)), 195, 0.005);
	assert_true(isinf(sl_model_peak(&m)));
	assert_true(sl_model_amdahl(ray_n, ray_x, 11, &amdahl));
	within(amdahl.alpha, m.alpha, 1e-4);
	assert_true(amdahl.beta <= 0);
}

/* A curve that rises faster than its threads is clamped, and its residuals
 * say that the law does not hold. */
static void
clamped(void **state)
{
	const double n[] = {1, 2, 4, 8}, x[] = {1, 3, 9, 27};
	struct sl_model m;

	(void)state;
	assert_true(sl_model_usl(n, x, 4, &m));
	assert_true(m.alpha >= 0 && m.alpha < 1e-9);
	assert_true(m.beta >= 0 && m.beta < 1e-9);
	assert_true(m.rms > 0.1);
	assert_true(isinf(sl_model_knee(&m)) && isinf(sl_model_limit(&m)));
}

static void
too_few(void **state)
{
	struct sl_model m;

	(void)state;
	assert_false(sl_model_usl(ray_n, ray_x, 3, &m));
	assert_true(sl_model_usl(ray_n, ray_x, 4, &m));
	assert_false(sl_model_amdahl(ray_n, ray_x, 2, &m));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(known_curves),
	    cmocka_unit_test(specsdm91),
	    cmocka_unit_test(raytracer),
	    cmocka_unit_test(clamped),
	    cmocka_unit_test(too_few),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
