/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_spec.c - how spanlab reads an allocator with options.
 * Run by make check, once.  It takes the sources in, for they belong to no
 * library.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "harness/driver/spec.c"
#include "harness/driver/util.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
same(const char *got, const char *wanted)
{
	if (wanted == NULL)
		assert_null(got);
	else
		assert_string_equal(got, wanted);
}

static void
reads(const char *text, const char *series, const char *base, const char *path,
    const char *options)
{
	struct sl_spec s;
	char why[200];

	assert_true(sl_spec_parse(text, &s, why, sizeof(why)));
	same(s.series, series);
	same(s.base, base);
	same(s.path, path);
	same(s.options, options);
	assert_true(sl_spec_series_valid(s.series));
	sl_spec_destroy(&s);
}

static void
refuses(const char *text)
{
	struct sl_spec s;
	char why[200] = "";

	assert_false(sl_spec_parse(text, &s, why, sizeof(why)));
	assert_string_not_equal(why, "");
	assert_null(strchr(why, '\n'));
	sl_spec_destroy(&s);
}

static void
four_forms(void **state)
{
	(void)state;
	reads("ck", "ck", "ck", NULL, NULL);
	reads("ck:default", "ck:default", "ck", NULL, "");
	reads("ck:hold=0", "ck:hold=0", "ck", NULL, "hold=0");
	reads("ck:a=b+c-d=0.5_X-y", "ck:a=b+c-d=0.5_X-y", "ck", NULL,
	    "a=b,c-d=0.5_X-y");
	reads("mine=/x/lib.so", "mine", "mine", "/x/lib.so", NULL);
	reads("mine=lib.so:hold=0+relink=5", "mine:hold=0+relink=5", "mine",
	    "lib.so", "hold=0,relink=5");
	reads("mine=", "mine", "mine", "", NULL);
}

static void
what_is_none(void **state)
{
	static const char *const bad[] = {"", ":", "=", "=/x", ":a=1",
	    "ck:", "ck:a", "ck:a=", "ck:=1", "ck:a=1+", "ck:+a=1", "ck:a=1,b=2",
	    "ck:a=1:b=2", "ck:A=1", "ck:a=/x", "ck:a=1 ", "ck:a=<",
	    "ck:default+a=1", "a/b", ".ck", "../x=/y", "mine=/x:", "c k"};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refuses(bad[i]);
}

static void
merged(const char *under, const char *over, const char *wanted)
{
	char *got = sl_spec_merge(under, over);

	assert_string_equal(got, wanted);
	free(got);
}

static void
the_later_wins(void **state)
{
	(void)state;
	merged("", "", "");
	merged("hold=0", "", "hold=0");
	merged("", "hold=0", "hold=0");
	merged("hold=0", "relink=5", "hold=0,relink=5");
	merged("hold=0", "hold=5", "hold=5");
	merged("hold=0,relink=1", "hold=5", "relink=1,hold=5");
	merged("a=1,b=2,c=3", "b=4", "a=1,c=3,b=4");
	/* names that begin alike are others */
	merged("keep=1", "keep-pages=2", "keep=1,keep-pages=2");
	merged("keep-pages=2", "keep=1", "keep-pages=2,keep=1");
}

static void
all_that_were_asked_for(void **state)
{
	(void)state;
	assert_true(sl_spec_has_options("a=1,b=2", ""));
	assert_true(sl_spec_has_options("a=1,b=2", "a=1"));
	assert_true(sl_spec_has_options("a=1,b=2", "b=2,a=1"));
	assert_true(sl_spec_has_options("", ""));
	assert_false(sl_spec_has_options("", "a=1"));
	assert_false(sl_spec_has_options("a=1,b=2", "a=2"));
	assert_false(sl_spec_has_options("a=1,b=2", "a=1,c=3"));
	assert_false(sl_spec_has_options("a=10,b=2", "a=1"));
	assert_false(sl_spec_has_options("xa=1", "a=1"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(four_forms),
	    cmocka_unit_test(what_is_none),
	    cmocka_unit_test(the_later_wins),
	    cmocka_unit_test(all_that_were_asked_for),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("specs", tests, NULL, NULL);
}
