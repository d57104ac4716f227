/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_options.c - the text of the options in effect.
 * Run by make check, once.  What is refused: tests/driver/library_options.sh.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/options.h"
#include "core/spanlab.h"

static void
set_options(const char *text)
{
	setenv("SPANLAB_OPTIONS", text, 1);
	sl_options_init();
	unsetenv("SPANLAB_OPTIONS");
}

/* What is not at its default. */
static void
changed_is(const char *options, const char *wanted)
{
	char buf[256];

	set_options(options);
	assert_int_equal(
	    sl_options_text(false, buf, sizeof(buf)), strlen(wanted));
	assert_string_equal(buf, wanted);
}

static void
only_what_differs(void **state)
{
	(void)state;
	changed_is("", "");
	changed_is("relink=20", "");
	changed_is("hold=0", "hold=0");
	changed_is("hold=0,relink=7", "relink=7,hold=0");
	changed_is("hold=0,relink=7,relink=20", "hold=0");
	changed_is("clobber=1", "clobber=1");
}

/* The text of all, given back as options, asks for the same. */
static void
all_of_them(void **state)
{
	char before[1024];
	char after[1024];

	(void)state;
	set_options("relink=33,keep-pages=5");
	assert_true(
	    sl_options_text(true, before, sizeof(before)) < sizeof(before));
	assert_non_null(strstr(before, "relink=33"));
	assert_non_null(strstr(before, "keep-pages=5"));
	assert_non_null(strstr(before, "hold="));
	set_options("");
	sl_options_text(true, after, sizeof(after));
	assert_string_not_equal(before, after);
	set_options(before);
	sl_options_text(true, after, sizeof(after));
	assert_string_equal(before, after);
	set_options("");
}

static void
cut_where_there_is_no_room(void **state)
{
	char buf[16] = "unchanged";

	(void)state;
	set_options("relink=33,hold=0");
	assert_int_equal(sl_options_text(false, buf, 0), 16);
	assert_string_equal(buf, "unchanged");
	assert_int_equal(sl_options_text(false, buf, 1), 16);
	assert_string_equal(buf, "");
	assert_int_equal(sl_options_text(false, buf, 10), 16);
	assert_string_equal(buf, "relink=33");
	assert_int_equal(sl_options_text(false, buf, 16), 16);
	assert_string_equal(buf, "relink=33,hold=");
	set_options("");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_what_differs),
	    cmocka_unit_test(all_of_them),
	    cmocka_unit_test(cut_where_there_is_no_room),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
