/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmp.c - the command `spanlab vmp`: what runs on the virtual multiprocessor.
 *
 * Called by main.c.
 */
#define _GNU_SOURCE
#include "harness/driver/vmp.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/driver/file.h"
#include "harness/driver/locate.h"
#include "harness/driver/util.h"
#include "harness/driver/vmp_calibrate.h"
#include "harness/driver/vmp_validate.h"

static const char help[] =
    "usage: spanlab vmp COMMAND\n"
    "\n"
    "  spanlab vmp sweep [options]  curves of a modelled machine, not of this\n"
    "  spanlab vmp profiles         the machines that there are\n"
    "  spanlab vmp calibrate [--output FILE] [--quick]\n"
    "                               a profile of this machine, measured; to "
    "the\n"
    "                               standard output, or to FILE\n"
    "  spanlab vmp validate [--profile NAME|FILE] [--no-host] [--quick]\n"
    "                       [--output DIR]\n"
    "                               the model, held against formulas, "
    "published\n"
    "                               curves and this machine\n"
    "                               (results/vmp-validate/latest)\n"
    "  spanlab vmp speed [--quick] [--output DIR]\n"
    "                               how long the model takes here\n"
    "                               (results/vmp-speed)\n"
    "  spanlab vmp replay PROGRAM SCENARIO RUN\n"
    "                               a run that failed in make check, again\n"
    "\n"
    "options of vmp sweep:\n"
    "  --profile NAME|FILE  the machine (default: 2x64)\n"
    "  --allocators A,B,... variants, with options as in sweep (default: all)\n"
    "  --workloads A,B,...  (default: pinned-churn, which is its three sizes)\n"
    "  --threads LIST       1 to 256 (default: 1..128)\n"
    "  --cores N            so many of its cores, fewer than threads maybe\n"
    "  --seeds N            runs of each point (default: 3)\n"
    "  --ops N              mallocs of each thread, about (default: 500)\n"
    "  --seed N             the first of the seeds (default: 1)\n"
    "  --timeout S          seconds after which a point has failed (600)\n"
    "  --output DIR         where results go (default: results/vmp)\n"
    "  --resume DIR         go on with the sweep in that folder: run the\n"
    "                       points that are missing\n"
    "\n"
    "spanlab-vmp(1) says what a modelled curve is worth, and how to write a\n"
    "profile.\n";

/* Beside the sources of a build tree, or installed. */
static void
profile_dirs(struct sl_names *dirs)
{
	struct sl_names around = {0};

	sl_locate_bench_dirs(&around);
	for (size_t i = 0; i < around.n; i++) {
		char *d = sl_printf("%s/harness/vmp/profiles", around.v[i]);

		sl_names_add(dirs, d);
		free(d);
	}
	sl_names_add(dirs, SL_PKGDATADIR "/profiles");
	sl_names_destroy(&around);
}

/* All names, once. */
void
sl_vmp_profile_names(struct sl_names *names)
{
	struct sl_names dirs = {0};

	profile_dirs(&dirs);
	for (size_t i = 0; i < dirs.n; i++) {
		char *pattern = sl_printf("%s/*.profile", dirs.v[i]);
		glob_t g;

		if (glob(pattern, 0, NULL, &g) == 0)
			for (size_t k = 0; k < g.gl_pathc; k++) {
				char *base = sl_path_base(g.gl_pathv[k]);

				base[strlen(base) - strlen(".profile")] = '\0';
				if (!sl_names_has(names, base))
					sl_names_add(names, base);
				free(base);
			}
		globfree(&g);
		free(pattern);
	}
	sl_names_destroy(&dirs);
}

char *
sl_vmp_profile_path(const char *name)
{
	struct sl_names dirs = {0}, known = {0};
	char *file, *path;
	const char *near;

	if (strchr(name, '/') || strchr(name, '.')) {
		path = realpath(name, NULL);
		if (!path)
			sl_die(SL_EXIT_USAGE, "--profile: %s: %s", name,
			    strerror(errno));
		return path;
	}
	profile_dirs(&dirs);
	file = sl_printf("%s.profile", name);
	path = sl_locate_in(&dirs, file);
	if (!path) {
		sl_vmp_profile_names(&known);
		near = sl_names_nearest(&known, name);
		sl_die(SL_EXIT_USAGE,
		    "--profile: there is no '%s'%s%s%s; known: %s (or a file's "
		    "path)",
		    name, near ? ", did you mean " : "", near ? near : "",
		    near ? "?" : "", sl_names_join(&known, ", "));
	}
	free(file);
	sl_names_destroy(&dirs);
	return path;
}

static int
profiles(int argc)
{
	struct sl_names known = {0};

	if (argc > 1)
		sl_die(
		    SL_EXIT_USAGE, "vmp profiles: usage: spanlab vmp profiles");
	sl_vmp_profile_names(&known);
	for (size_t i = 0; i < known.n; i++) {
		char *path = sl_vmp_profile_path(known.v[i]);

		printf("%-14s %s\n", known.v[i], path);
		free(path);
	}
	sl_names_destroy(&known);
	return SL_EXIT_OK;
}

/* The programs of make check that explore. */
static int
replay(int argc, char **argv)
{
	struct sl_names dirs = {0}, tests = {0};
	char *path;

	if (argc != 4 || strchr(argv[1], '/'))
		sl_die(SL_EXIT_USAGE,
		    "vmp replay: usage: spanlab vmp replay PROGRAM SCENARIO "
		    "RUN, as the failure said");
	sl_locate_bench_dirs(&dirs);
	for (size_t i = 0; i < dirs.n; i++) {
		char *d = sl_printf("%s/tests", dirs.v[i]);

		sl_names_add(&tests, d);
		free(d);
	}
	path = sl_locate_in(&tests, argv[1]);
	if (!path)
		sl_die(SL_EXIT_CANNOT,
		    "vmp replay: no program %s in a build tree's tests/: make "
		    "check builds them, where configure --enable-vmp can",
		    argv[1]);
	execl(path, path, "replay", argv[2], argv[3], (char *)NULL);
	sl_die(SL_EXIT_CANNOT, "%s: %s", path, strerror(errno));
}

_Noreturn void
sl_vmp_wrong_option(const char *command, int opt, char **argv)
{
	const char *arg = argv[optind - 1];

	if (opt == '?')
		sl_die(SL_EXIT_USAGE,
		    "vmp %s: unknown option '%s' (see spanlab vmp --help)",
		    command, arg);
	sl_die(SL_EXIT_USAGE, "vmp %s: %s needs a value", command,
	    *arg ? arg : argv[optind - 2]);
}

_Noreturn void
sl_vmp_no_option(const char *command, const char *arg)
{
	sl_die(SL_EXIT_USAGE, "vmp %s: '%s' is not an option", command, arg);
}

int
sl_vmp(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "";
	struct sl_names known = {0};
	const char *near;

	if (!strcmp(command, "sweep"))
		return sl_vmp_sweep(argc - 1, argv + 1);
	if (!strcmp(command, "calibrate"))
		return sl_vmp_calibrate(argc - 1, argv + 1);
	if (!strcmp(command, "speed"))
		return sl_vmp_speed(argc - 1, argv + 1);
	if (!strcmp(command, "validate"))
		return sl_vmp_validate(argc - 1, argv + 1);
	if (!strcmp(command, "profiles"))
		return profiles(argc - 1);
	if (!strcmp(command, "replay"))
		return replay(argc - 1, argv + 1);
	if (!strcmp(command, "--help") || !strcmp(command, "-h")) {
		fputs(help, stdout);
		return SL_EXIT_OK;
	}
	sl_names_split(
	    &known, "sweep,profiles,calibrate,validate,speed,replay");
	near = *command ? sl_names_nearest(&known, command) : NULL;
	sl_die(SL_EXIT_USAGE, "vmp: %s%s%s%s%s%s (see spanlab vmp --help)",
	    *command
		? "unknown command '"
		: "no command: sweep, profiles, calibrate, validate, speed or ",
	    *command ? command : "replay", *command ? "'" : "",
	    near ? ", did you mean " : "", near ? near : "", near ? "?" : "");
}
