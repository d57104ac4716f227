/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * locate.c - where the bench program and the allocators' libraries are.
 *
 * Called by allocators.c and workloads.c.  In a build tree the program sits
 * in the build's top folder, or in .libs below it when libtool linked it, so
 * both are looked at, and the folder above.
 */
#define _GNU_SOURCE
#include "harness/driver/locate.h"

#include <dlfcn.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/driver/file.h"
#include "harness/driver/version.h"

static void
add_from_env(struct sl_names *dirs, const char *variable)
{
	const char *value = getenv(variable);
	char *copy, *rest, *part;

	if (!value)
		return;
	copy = rest = sl_strdup(value);
	while ((part = strsep(&rest, ":")))
		if (*part)
			sl_names_add(dirs, part);
	free(copy);
}

static void
add_build_tree(struct sl_names *dirs)
{
	static const char *const around[] = {
	    "", "/.libs", "/..", "/../.libs", "/../..", "/../../.libs"};
	char *exe = realpath("/proc/self/exe", NULL), *dir;

	if (!exe)
		return;
	dir = sl_path_dir(exe);
	for (size_t i = 0; i < sizeof around / sizeof *around; i++) {
		char *d = sl_printf("%s%s", dir, around[i]);

		sl_names_add(dirs, d);
		free(d);
	}
	free(dir);
	free(exe);
}

/* The folders that a pattern of the shell's matches. */
static void
add_matching(struct sl_names *dirs, const char *pattern)
{
	glob_t found;

	if (glob(pattern, 0, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++)
			sl_names_add(dirs, found.gl_pathv[i]);
	globfree(&found);
}

void
sl_locate_bench_dirs(struct sl_names *dirs)
{
	add_from_env(dirs, "SPANLAB_BENCH_DIR");
	add_build_tree(dirs);
	sl_names_add(dirs, SL_PKGLIBEXECDIR);
}

void
sl_locate_variant_dirs(struct sl_names *dirs)
{
	add_from_env(dirs, "SPANLAB_LIB_DIR");
	add_build_tree(dirs);
	sl_names_add(dirs, SL_LIBDIR);
}

void
sl_locate_system_dirs(struct sl_names *dirs)
{
	static const char *const usual[] = {
	    "/usr/local/lib", "/usr/lib64", "/usr/lib", "/lib"};
	void *libc_symbol = dlsym(RTLD_DEFAULT, "gnu_get_libc_version");
	Dl_info info;

	add_from_env(dirs, "LD_LIBRARY_PATH");
	/* The C library's own folder: right on multiarch systems too. */
	if (libc_symbol && dladdr(libc_symbol, &info) && info.dli_fname) {
		char *dir = sl_path_dir(info.dli_fname);
		char *usr = sl_printf("/usr%s", dir);

		sl_names_add(dirs, dir);
		if (!strncmp(dir, "/lib", 4))
			sl_names_add(dirs, usr);
		free(dir);
		free(usr);
	}
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
		sl_names_add(dirs, usual[i]);
	add_matching(dirs, "/usr/lib/llvm-*/lib/clang/*/lib/linux");
}

char *
sl_locate_in(const struct sl_names *dirs, const char *file)
{
	for (size_t i = 0; i < dirs->n; i++) {
		char *path = sl_printf("%s/%s", dirs->v[i], file), *real = NULL;

		if (sl_file_exists(path))
			real = realpath(path, NULL);
		free(path);
		if (real)
			return real;
	}
	return NULL;
}

char *
sl_locate_bench(void)
{
	struct sl_names dirs = {0};
	char *path, *where;

	sl_locate_bench_dirs(&dirs);
	path = sl_locate_in(&dirs, "spanlab-bench");
	if (!path) {
		where = sl_names_join(&dirs, ", ");
		sl_die(SL_EXIT_CANNOT,
		    "no spanlab-bench in %s (build it, or set "
		    "SPANLAB_BENCH_DIR)",
		    where);
	}
	sl_names_destroy(&dirs);
	if (access(path, X_OK))
		sl_die(SL_EXIT_CANNOT, "%s is not executable", path);
	return path;
}
