/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * allocators.c - which allocators there are.
 *
 * Called by sweep, list and report.  A variant is any file libspanlab-NAME.so
 * in the libraries' folder, so a new variant needs no line here.  Nothing is
 * ever loaded into the driver itself: libraries are found by their files.
 */
#define _GNU_SOURCE
#include "harness/driver/allocators.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/child.h"
#include "harness/driver/file.h"
#include "harness/driver/go.h"
#include "harness/driver/locate.h"
#include "harness/driver/spec.h"

/* Peers: the file to preload, newest name first, and Debian's package. */
static const struct peer {
	const char *name;
	const char *files[4];
	const char *package;
	bool is_extra; /* hardened: slow on purpose */
} peers[] = {
    {"jemalloc", {"libjemalloc.so.2", "libjemalloc.so"}, "libjemalloc2", false},
    {"mimalloc",
	{"libmimalloc.so.3", "libmimalloc.so.2", "libmimalloc.so.1",
	    "libmimalloc.so"},
	"libmimalloc2.0", false},
    {"tcmalloc", {"libtcmalloc_minimal.so.4", "libtcmalloc_minimal.so"},
	"libtcmalloc-minimal4", false},
    {"tbbmalloc", {"libtbbmalloc_proxy.so.2", "libtbbmalloc_proxy.so"},
	"libtbbmalloc2", false},
    {"scudo", {"libclang_rt.scudo_standalone-x86_64.so"}, "libclang-rt-14-dev",
	true},
};

#define N_PEERS (sizeof peers / sizeof *peers)

/* How the files of our variants are called. */
struct file_name {
	const char *prefix, *suffix;
	enum sl_allocator_kind kind;
};
static const struct file_name library = {"libspanlab-", ".so", SL_KIND_VARIANT};
static const struct file_name program = {"bench-mcentral-", "", SL_KIND_SEAM};
static const struct file_name model = {"vmp-", "", SL_KIND_MODEL};

static const char *const kinds[] = {
    [SL_KIND_VARIANT] = "variant",
    [SL_KIND_SYSTEM] = "system",
    [SL_KIND_PEER] = "peer",
    [SL_KIND_PATH] = "path",
    [SL_KIND_SEAM] = "seam",
    [SL_KIND_MODEL] = "modelled",
    [SL_KIND_GO] = "go",
};

const char *
sl_allocator_kind_text(enum sl_allocator_kind kind)
{
	return kinds[kind];
}

bool
sl_allocator_kind_parse(const char *s, enum sl_allocator_kind *kind)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (!strcmp(s, kinds[i])) {
			*kind = (enum sl_allocator_kind)i;
			return true;
		}
	}
	return false;
}

void
sl_allocators_add(struct sl_allocators *l, const char *name,
    enum sl_allocator_kind kind, const char *path)
{
	struct sl_allocator *a;

	l->v = sl_realloc(l->v, (l->n + 1) * sizeof *l->v);
	a = &l->v[l->n++];
	*a = (struct sl_allocator){.name = sl_strdup(name),
	    .base = sl_spec_base(name),
	    .kind = kind,
	    .path = path ? sl_strdup(path) : NULL,
	    .options = sl_strdup("")};
}

struct sl_allocator *
sl_allocators_get(const struct sl_allocators *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->v[i].name, name))
			return &l->v[i];
	return NULL;
}

void
sl_allocators_destroy(struct sl_allocators *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].name);
		free(l->v[i].base);
		free(l->v[i].path);
		free(l->v[i].options);
		free(l->v[i].package);
	}
	free(l->v);
	*l = (struct sl_allocators){0};
}

/* mutex is what the others are compared with: it and its kin come first. */
static int
by_variant(const void *a, const void *b)
{
	const struct sl_allocator *x = a, *y = b;
	int xm = !strncmp(x->name, "mutex", 5);
	int ym = !strncmp(y->name, "mutex", 5);

	return xm != ym ? ym - xm : strcmp(x->name, y->name);
}

static void
find_variants_in(
    struct sl_allocators *all, const char *dir, const struct file_name *f)
{
	size_t pre = strlen(f->prefix), suf = strlen(f->suffix);
	DIR *d = opendir(dir);
	struct dirent *e;

	if (!d)
		return;
	while ((e = readdir(d))) {
		size_t len = strlen(e->d_name);
		char *name, *file, *path;

		if (len <= pre + suf || strncmp(e->d_name, f->prefix, pre) ||
		    strcmp(e->d_name + len - suf, f->suffix))
			continue;
		name =
		    sl_printf("%.*s", (int)(len - pre - suf), e->d_name + pre);
		file = sl_printf("%s/%s", dir, e->d_name);
		path = realpath(file, NULL);
		/* no dot: an object file is no program */
		if (path && sl_name_valid(name) && !strchr(name, '.') &&
		    !sl_allocators_get(all, name))
			sl_allocators_add(all, name, f->kind, path);
		free(path);
		free(file);
		free(name);
	}
	closedir(d);
}

/* One folder only: never a mixture of two builds. */
static void
find_variants(struct sl_allocators *all, const struct sl_names *dirs,
    const struct file_name *f)
{
	for (size_t i = 0; i < dirs->n && all->n == 0; i++)
		find_variants_in(all, dirs->v[i], f);
	if (all->n > 1)
		qsort(all->v, all->n, sizeof *all->v, by_variant);
}

bool
sl_allocator_is_program(const struct sl_allocator *a)
{
	return a->kind == SL_KIND_SEAM || a->kind == SL_KIND_MODEL ||
	       a->kind == SL_KIND_GO;
}

bool
sl_allocator_is_ours(const struct sl_allocator *a)
{
	return a->kind == SL_KIND_VARIANT || a->kind == SL_KIND_SEAM ||
	       a->kind == SL_KIND_MODEL;
}

void
sl_allocators_find_seams(struct sl_allocators *all)
{
	struct sl_names dirs = {0};

	sl_locate_bench_dirs(&dirs);
	find_variants(all, &dirs, &program);
	sl_names_destroy(&dirs);
}

void
sl_allocators_find_models(struct sl_allocators *all)
{
	struct sl_names dirs = {0};

	sl_locate_bench_dirs(&dirs);
	find_variants(all, &dirs, &model);
	sl_names_destroy(&dirs);
}

void
sl_allocators_find(struct sl_allocators *all)
{
	struct sl_names dirs = {0}, system_dirs = {0};

	sl_locate_variant_dirs(&dirs);
	find_variants(all, &dirs, &library);
	sl_allocators_add(all, "glibc", SL_KIND_SYSTEM, NULL);
	sl_locate_system_dirs(&system_dirs);
	for (size_t i = 0; i < N_PEERS; i++) {
		char *path = NULL;

		for (size_t f = 0; f < 4 && peers[i].files[f] && !path; f++)
			path = sl_locate_in(&system_dirs, peers[i].files[f]);
		if (path && !sl_allocators_get(all, peers[i].name)) {
			sl_allocators_add(
			    all, peers[i].name, SL_KIND_PEER, path);
			all->v[all->n - 1].is_extra = peers[i].is_extra;
		}
		free(path);
	}
	sl_go_find(all);
	sl_names_destroy(&dirs);
	sl_names_destroy(&system_dirs);
}

void
sl_allocators_absent(const struct sl_allocators *all, struct sl_names *lines)
{
	for (size_t i = 0; i < N_PEERS; i++) {
		char *line;

		if (sl_allocators_get(all, peers[i].name))
			continue;
		line = sl_printf(
		    "%s (package %s)", peers[i].name, peers[i].package);
		sl_names_add(lines, line);
		free(line);
	}
	if (!sl_allocators_get(all, sl_go_name))
		sl_names_add(lines, sl_go_absent);
}

const char *
sl_allocators_peer_package(const char *name)
{
	for (size_t i = 0; i < N_PEERS; i++)
		if (!strcmp(peers[i].name, name))
			return peers[i].package;
	return NULL;
}

/* "package version" of the package that owns a file, where dpkg knows. */
static char *
package_of(const char *path)
{
	const char *const owner_argv[] = {"dpkg-query", "-S", path, NULL};
	const char *version_argv[] = {
	    "dpkg-query", "-W", "-f", "${Package} ${Version}\n", NULL, NULL};
	char *owner = sl_child_first_line(owner_argv), *line;

	if (!owner && !strncmp(path, "/usr/lib", 8)) {
		/* merged /usr: packages may own the file as /lib/... */
		const char *const again[] = {
		    "dpkg-query", "-S", path + 4, NULL};

		owner = sl_child_first_line(again);
	}
	if (!owner)
		return NULL;
	owner[strcspn(owner, ": ")] = '\0';
	version_argv[4] = owner;
	line = sl_child_first_line(version_argv);
	free(owner);
	return line;
}

void
sl_allocators_describe(struct sl_allocators *l)
{
	struct sl_names dirs = {0};
	char *libc;

	for (size_t i = 0; i < l->n; i++) {
		struct sl_allocator *a = &l->v[i];

		if (a->kind == SL_KIND_SYSTEM) {
			sl_locate_system_dirs(&dirs);
			libc = sl_locate_in(&dirs, "libc.so.6");
			if (libc)
				a->package = package_of(libc);
			free(libc);
			sl_names_destroy(&dirs);
			continue;
		}
		sl_file_digest(a->path, a->digest);
		if (!sl_allocator_is_ours(a) && a->kind != SL_KIND_GO)
			a->package = package_of(a->path);
	}
}
