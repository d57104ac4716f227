/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_vmp_published.c - profiles that were fitted to a published curve against
 * it: how far the model is off is printed, and must be no more than is said
 * here.  All profiles are read.
 * Run by make check, once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/vmp/model_probe.h"
#include "tests/vmp/perfbook_counters.h"

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
residual(const struct profile *p, const struct perfbook_point *at)
{
	struct model_probe how = {
	    p, at->threads, 0, at->threads == 1 ? 4000 : 600, 0, 1, false};
	struct model_counts n;
	char why[MODEL_WHY_MAX];
	double ns;

	if (!model_probe_run("fetch-add", &how, &n, why))
		fail_msg("%s", why);
	ns = model_probe_cycles(&how, &n) / p->ghz;
	return 100 * (ns / (at->ns / at->threads) - 1);
}

/* Within 25 %, but for one number of threads. */
static void
compare(const char *name, const struct perfbook_point *curve, unsigned but,
    double but_percent)
{
	struct profile p = read_profile(name);

	for (; curve->threads != 0; curve++) {
		double bound = curve->threads == but ? but_percent : 25;
		double r = residual(&p, curve);

		print_message(
		    "# %s, %u threads: %+.1f %%\n", name, curve->threads, r);
		if (r > bound || r < -bound)
			fail_msg("%s, %u threads: %+.1f %%, more than %g", name,
			    curve->threads, r, bound);
	}
}

static void
xeon_8176(void **state)
{
	(void)state;
	compare("xeon-8176", perfbook_xeon_8176, 2, 34);
}

static void
milan(void **state)
{
	(void)state;
	compare("milan", perfbook_milan, 128, 37);
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
