/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_secure.c - a program that runs with the rights of another user does not
 * read SPANLAB_OPTIONS, nor what the options would make it write.  Run by make
 * check, once.  The program is a copy of this one, set-user-ID to nobody if we
 * are root, else set-group-ID to a group of ours.
 */
#define _GNU_SOURCE
#include "tests/unit/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/spanlab.h"

enum { NOBODY = 65534 };

static char folder[200], copy[256];

/* What the copy does: says whether it is privileged, and its option. */
static void
tell(void)
{
	fprintf(stderr, "secure=%lu relink=%u\n", getauxval(AT_SECURE),
	    sl_relink_percent());
}

static const struct unit_act acts[] = {{"tell", tell}};

/* A group of ours that is not the one in force, or -1. */
static gid_t
another_group(void)
{
	gid_t all[64];
	int n = getgroups(64, all);

	for (int i = 0; i < n; i++)
		if (all[i] != getegid())
			return all[i];
	return (gid_t)-1;
}

static void
copy_self(void)
{
	static char buf[1 << 16];
	int from = open("/proc/self/exe", O_RDONLY), to;
	const char *tmp = getenv("TMPDIR");
	ssize_t n;

	snprintf(folder, sizeof(folder), "%s/spanlab-secure.XXXXXX",
	    tmp != NULL ? tmp : P_tmpdir);
	assert_non_null(mkdtemp(folder));
	assert_return_code(chmod(folder, 0755), errno);
	snprintf(copy, sizeof(copy), "%s/t_secure", folder);
	to = open(copy, O_WRONLY | O_CREAT | O_EXCL, 0755);
	assert_true(from >= 0 && to >= 0);
	while ((n = read(from, buf, sizeof(buf))) > 0)
		assert_int_equal(write(to, buf, (size_t)n), n);
	close(from);
	close(to);
}

/* False: there is no other user or group for us. */
static bool
give_rights(void)
{
	gid_t group = another_group();

	if (geteuid() == 0)
		return chown(copy, NOBODY, (gid_t)-1) == 0 &&
		       chmod(copy, 04755) == 0;
	return group != (gid_t)-1 && chown(copy, (uid_t)-1, group) == 0 &&
	       chmod(copy, 02755) == 0;
}

static void
exec_copy(void *options)
{
	char env[64], *const argv[] = {copy, (char[]){"tell"}, NULL};
	char *const envp[] = {env, NULL};

	snprintf(env, sizeof(env), "SPANLAB_OPTIONS=%s", (char *)options);
	execve(copy, argv, envp);
	unit_child_fail("cannot execute the copy");
}

static void
test_options_are_ignored(void **state)
{
	static char other[] = "hold=7", good[] = "relink=55";
	static char bad[] = "no-such-option=1";
	char want[sizeof(((struct unit_end *)0)->text)];
	struct unit_end end;

	(void)state;
	copy_self();
	/* Without rights of others the copy obeys: the test can tell. */
	end = unit_child(exec_copy, good, 20);
	assert_string_equal(end.text, "secure=0 relink=55\n");
	end = unit_child(exec_copy, bad, 20);
	assert_int_equal(end.signal, SIGABRT);
	end = unit_child(exec_copy, other, 20);
	assert_int_equal(strncmp(end.text, "secure=0", 8), 0);
	memcpy(want, end.text, sizeof(want));
	want[7] = '1';
	if (!give_rights()) {
		printf("# SKIP no other group to give the copy to\n");
		skip();
	}
	end = unit_child(exec_copy, good, 20);
	if (strncmp(end.text, "secure=1", 8) != 0) {
		printf("# SKIP no privileged program here (nosuid, or the "
		       "library cannot be read by others): %s\n",
		    end.text);
		skip();
	}
	assert_string_equal(end.text, want);
	end = unit_child(exec_copy, bad, 20);
	assert_string_equal(end.text, want);
}

static int
remove_copy(void **state)
{
	(void)state;
	unlink(copy);
	return rmdir(folder);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(test_options_are_ignored, remove_copy),
	};

	unit_acts(argc, argv, acts, UNIT_COUNT(acts));
	unit_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
