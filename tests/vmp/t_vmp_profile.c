/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_vmp_profile.c - what a profile says is understood, and each way to get one
 * wrong is told with its line.
 * Run by make check, once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "harness/vmp/profile.h"

enum { TEXT_MAX = 1 << 15 };

static char good[TEXT_MAX]; /* profiles/2x64.profile */
static char path[64];

static void
write_file(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

/* The good one with `from` replaced by `to`; it must be refused with `text`. */
static void
refused(const char *from, const char *to, const char *text)
{
	static char changed[2 * TEXT_MAX];
	const char *at = strstr(good, from);
	char why[PROFILE_WHY_MAX];
	struct profile p;

	assert_non_null(at);
	snprintf(changed, sizeof(changed), "%.*s%s%s", (int)(at - good), good,
	    to, at + strlen(from));
	write_file(changed);
	if (profile_read(&p, path, why))
		fail_msg("'%s' for '%s' was taken", to, from);
	if (strstr(why, text) == NULL)
		fail_msg("'%s' does not say '%s'", why, text);
}

static void
a_good_one_is_understood(void **state)
{
	char why[PROFILE_WHY_MAX];
	struct profile p;

	(void)state;
	write_file(good);
	if (!profile_read(&p, path, why))
		fail_msg("%s", why);
	assert_string_equal(p.name, "2x64");
	assert_true(p.ghz == 2.5);
	assert_int_equal(p.cores, 128);
	assert_int_equal(p.read_remote, 350);
	assert_int_equal(p.syscall, 300); /* 120 ns */
	assert_int_equal(p.quantum, 7500000);
	assert_int_equal(p.snoop_pct, 50);
}

static void
mistakes_are_told(void **state)
{
	(void)state;
	refused("l1 = 5 cycles", "l1 5 cycles", "16: 'l1 5 cycles' is not");
	refused("l1 = 5 cycles", "l1 = 5", "l1 needs a unit");
	refused("l1 = 5 cycles", "l1 = 5 sec", "no unit 'sec'");
	refused("l1 = 5 cycles", "l1 = five cycles", "no number");
	refused("l1 = 5 cycles", "l1 = -5 cycles", "between 0 and 1000");
	refused("l1 = 5 cycles", "l1 = 5 ms", "between 0 and 1000 cycles");
	refused("l1 = 5 cycles", "l1 = nan cycles", "no number");
	refused("l1 = 5 cycles", "l1 = 1e999 cycles", "no number");
	refused("l1 = 5 cycles", "l1 = 5 cycles x", "no number and its unit");
	refused("l1 = 5 cycles", "l2 = 5 cycles", "no key 'l2'");
	refused("l1 = 5 cycles", "instr = 5 cycles", "instr is there twice");
	refused("l1 = 5 cycles", "", "l1 is missing");
	refused("cores = 128 ", "cores = 12.5 ", "a whole number");
	refused("cores = 128 ", "cores = 129 ", "between 1 and 128");
	refused("cores = 128 ", "cores = 128 ns ", "has no unit");
	refused("snoop_pct = 50", "snoop_pct = 101", "between 0 and 100");
	refused("ghz = 2.5 ", "ghz = 0 ", "between 0.1 and 10");
	refused("ghz = 2.5 ", "# ", "ghz must come before");
	refused("name = 2x64", "name = 2 x 64", "name is of a-z");
	refused("name = 2x64", "", "name is missing");
	refused("cores_per_cluster = 64 ", "cores_per_cluster = 48 ",
	    "is no clusters of 48");
}

/* A number without a source is a guess that nobody sees. */
static void
each_number_says_where_it_is_from(void **state)
{
	(void)state;
	refused("near_cluster_pct = 0        # the same",
	    "near_cluster_pct = 0", "no comment says where the number is from");
	refused("near_cluster_pct = 0        # the same",
	    "near_cluster_pct = 0 #  ", "no comment");
}

static void
a_file_that_is_none(void **state)
{
	char why[PROFILE_WHY_MAX];
	struct profile p;

	(void)state;
	assert_false(profile_read(&p, "/nowhere/at.all", why));
	assert_non_null(strstr(why, "No such file"));
	assert_false(profile_read(&p, "/", why));
}

static void
one_value_can_be_set(void **state)
{
	char why[PROFILE_WHY_MAX];
	struct profile p;

	(void)state;
	write_file(good);
	assert_true(profile_read(&p, path, why));
	assert_true(profile_set(&p, "snoop_pct=25", why));
	assert_int_equal(p.snoop_pct, 25);
	assert_true(profile_set(&p, "hold=10ns", why));
	assert_int_equal(p.hold, 25);
	assert_false(profile_set(&p, "hold", why));
	assert_non_null(strstr(why, "is not KEY=NUMBER"));
	assert_false(profile_set(&p, "hold=10", why));
	assert_false(profile_set(&p, "nothing=10", why));
	assert_int_equal(p.hold, 25);
}

static int
read_good(void **state)
{
	const char *dir = getenv("srcdir");
	char file[600];
	size_t n;
	FILE *f;
	int fd = memfd_create("profile", MFD_CLOEXEC);

	(void)state;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	snprintf(file, sizeof(file), "%s/harness/vmp/profiles/2x64.profile",
	    dir != NULL ? dir : ".");
	f = fopen(file, "r");
	if (fd < 0 || f == NULL)
		return -1;
	n = fread(good, 1, sizeof(good) - 1, f);
	fclose(f);
	good[n] = '\0';
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_good_one_is_understood),
	    cmocka_unit_test(mistakes_are_told),
	    cmocka_unit_test(each_number_says_where_it_is_from),
	    cmocka_unit_test(a_file_that_is_none),
	    cmocka_unit_test(one_value_can_be_set),
	};

	return cmocka_run_group_tests(tests, read_good, NULL);
}
