/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_vmp_published.c - profiles that were fitted to a published curve against
 * it: how far the model is off is printed, and must be within the gate.  All
 * profiles are read.
 * Run by make check, once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/vmp/model_probe.h"
#include "harness/vmp/published.h"

static struct profile
read_profile(const char *name)
{
	const char *dir = getenv("srcdir");
	char file[600], why[PROFILE_WHY_MAX];
	struct profile p;

	snprintf(file, sizeof(file), "%s/harness/vmp/profiles/%s.profile",
	    dir != NULL ? dir : ".", name);
	if (!profile_read(&p, file, why))
		fail_msg("%s", why);
	assert_string_equal(p.name, name);
	return p;
}

/* Percent, of the time of an increment. */
static double
residual(const struct profile *p, const struct published_point *at)
{
	struct model_probe how = {
	    p, at->threads, 0, published_ops(at->threads), 0, 1, false};
	struct model_counts n;
	char why[MODEL_WHY_MAX];

	if (!model_probe_run("fetch-add", &how, &n, why))
		fail_msg("%s", why);
	return published_error(at, model_probe_cycles(&how, &n) / p->ghz);
}

/* All points, those that the profile was fitted to and the others. */
static void
compare(const char *name)
{
	const struct published_curve *curve = published_find(name);
	struct profile p = read_profile(name);

	assert_non_null(curve);
	for (const struct published_point *at = curve->points; at->threads != 0;
	     at++) {
		double r = residual(&p, at);

		print_message(
		    "# %s, %u threads: %+.1f %%\n", name, at->threads, r);
		if (r > PUBLISHED_GATE || r < -PUBLISHED_GATE)
			fail_msg("%s, %u threads: %+.1f %%, more than %g", name,
			    at->threads, r, PUBLISHED_GATE);
	}
}

static void
xeon_8176(void **state)
{
	(void)state;
	compare("xeon-8176");
}

static void
milan(void **state)
{
	(void)state;
	compare("milan");
}

static void
all_are_whole(void **state)
{
	static const char *const names[] = {"2x64", "xeon-8176", "epyc-7742",
	    "milan", "icelake-2x32", "graviton3"};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)read_profile(names[i]);
}

static int
make_threads(void **state)
{
	(void)state;
	return model_init(128) == NULL ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_are_whole),
	    cmocka_unit_test(xeon_8176),
	    cmocka_unit_test(milan),
	};

	return cmocka_run_group_tests(tests, make_threads, NULL);
}
