/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pick.c - which of the allocators the user wants, with which options.
 *
 * Called by plan.c.  Whether a library takes its options is asked of the
 * library itself, before anything is created: the driver has no list of them.
 */
#define _GNU_SOURCE
#include "harness/driver/pick.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/child.h"
#include "harness/driver/file.h"
#include "harness/driver/go.h"
#include "harness/driver/host.h"
#include "harness/driver/spec.h"

static _Noreturn void
unknown(const struct sl_allocators *all, const char *wanted)
{
	const char *package = sl_allocators_peer_package(wanted);
	struct sl_names known = {0};
	const char *near;
	char *list;

	if (!strcmp(wanted, sl_go_name))
		sl_die(SL_EXIT_USAGE, "allocator not here: %s", sl_go_absent);
	if (package)
		sl_die(SL_EXIT_USAGE,
		    "allocator %s is not on this machine (package %s, or "
		    "give %s=/path/to/lib.so)",
		    wanted, package, wanted);
	for (size_t i = 0; i < all->n; i++)
		sl_names_add(&known, all->v[i].name);
	near = sl_names_nearest(&known, wanted);
	list = sl_names_join(&known, ", ");
	sl_die(SL_EXIT_USAGE,
	    "unknown allocator '%s'%s%s%s; known here: %s (or "
	    "NAME=/path/to/lib.so)",
	    wanted, near ? ", did you mean " : "", near ? near : "",
	    near ? "?" : "", list);
}

/* The options that it is to run with. */
static char *
options_for(const struct sl_pick *p, enum sl_allocator_kind kind,
    const char *of_spec, bool is_default)
{
	const char *env = getenv("SPANLAB_OPTIONS");
	char *under, *options;

	if (kind == SL_KIND_SYSTEM || kind == SL_KIND_PEER || is_default)
		return sl_strdup("");
	if (kind == SL_KIND_GO) /* those of our libraries mean nothing there */
		return sl_strdup(of_spec ? of_spec : "");
	under = sl_spec_merge(
	    kind != SL_KIND_PATH ? p->preset_options : "", env ? env : "");
	options = sl_spec_merge(under, of_spec ? of_spec : "");
	if (!sl_spec_options_valid(options))
		sl_die(SL_EXIT_USAGE,
		    "SPANLAB_OPTIONS: there is a character in '%s' that no "
		    "option takes",
		    options);
	free(under);
	return options;
}

/* LD_PRELOAD's own syntax has no way to quote these. */
static void
check_preloadable(const struct sl_allocator *a)
{
	if (a->path && strpbrk(a->path, " :\t\n"))
		sl_die(SL_EXIT_USAGE,
		    "allocator %s: a path with a blank or a colon cannot be "
		    "preloaded: %s",
		    a->name, a->path);
}

static void
add(const struct sl_pick *p, struct sl_allocators *picked,
    const struct sl_spec *spec, enum sl_allocator_kind kind, const char *path)
{
	bool is_default = spec->options && !*spec->options;
	struct sl_allocator *a;

	if (sl_allocators_get(picked, spec->series))
		sl_die(SL_EXIT_USAGE, "--allocators: %s is given twice",
		    spec->series);
	if (spec->options && (kind == SL_KIND_SYSTEM || kind == SL_KIND_PEER))
		sl_die(SL_EXIT_USAGE,
		    "--allocators: %s is not a library of Spanlab: it takes "
		    "no options",
		    spec->base);
	sl_allocators_add(picked, spec->series, kind, path);
	a = &picked->v[picked->n - 1];
	free(a->options);
	a->options = options_for(p, kind, spec->options, is_default);
	check_preloadable(a);
}

static void
add_path(const struct sl_pick *p, struct sl_allocators *picked,
    const struct sl_spec *spec)
{
	char *path = realpath(spec->path, NULL);

	if (!path || !sl_file_exists(path))
		sl_die(SL_EXIT_USAGE, "--allocators: %s: no library %s",
		    spec->base, spec->path);
	add(p, picked, spec, SL_KIND_PATH, path);
	free(path);
}

static void
add_wanted(const struct sl_pick *p, struct sl_allocators *picked, const char *w)
{
	const struct sl_allocator *a;
	struct sl_spec spec;
	char why[256];

	if (!*w)
		sl_die(SL_EXIT_USAGE, "--allocators: empty name");
	if (!strpbrk(w, "=:") && !sl_allocators_get(p->all, w))
		unknown(p->all, w);
	if (!sl_spec_parse(w, &spec, why, sizeof why))
		sl_die(SL_EXIT_USAGE, "--allocators: %s", why);
	if (spec.path) {
		add_path(p, picked, &spec);
	} else {
		a = sl_allocators_get(p->all, spec.base);
		if (!a)
			unknown(p->all, spec.base);
		add(p, picked, &spec, a->kind, a->path);
	}
	sl_spec_destroy(&spec);
}

/* The last line of what a child said. */
static const char *
last_line(char *errors)
{
	size_t n = strlen(errors);
	char *nl;

	while (n > 0 && errors[n - 1] == '\n')
		errors[--n] = '\0';
	nl = strrchr(errors, '\n');
	return nl ? nl + 1 : errors;
}

/* Ask the library whether it is one of ours and takes the options. */
static void
check_options(const struct sl_pick *p, const struct sl_allocator *a)
{
	bool is_program = sl_allocator_is_program(a);
	const char *const argv[] = {
	    is_program ? a->path : p->bench, "--whoami", NULL};
	struct sl_child c = {.argv = argv,
	    .preload = is_program ? NULL : a->path,
	    .options = a->options,
	    .keep_fd = -1,
	    .wants_output = true,
	    .timeout_s = 20};
	char words[128];
	json_t *root;

	sl_child_run(&c);
	if (c.end == SL_CHILD_INTERRUPTED)
		exit(SL_EXIT_INTERRUPTED);
	if (c.end != SL_CHILD_EXITED || c.code != 0)
		sl_die(SL_EXIT_USAGE, "%s with SPANLAB_OPTIONS=%s: %s", a->name,
		    a->options,
		    c.errors[0] ? last_line(c.errors)
				: sl_child_end_text(&c, words));
	root = json_loads(c.output ? c.output : "", 0, NULL);
	if (a->kind != SL_KIND_GO &&
	    !json_is_true(json_object_get(root, "is_spanlab")))
		sl_die(SL_EXIT_USAGE,
		    "%s is not a library of Spanlab: it takes no options",
		    a->path);
	if (!sl_spec_has_options(sl_json_text(root, "options_all"), a->options))
		sl_die(SL_EXIT_USAGE,
		    "%s was asked for SPANLAB_OPTIONS=%s, but has %s", a->name,
		    a->options, sl_json_text(root, "options_all"));
	json_decref(root);
	free(c.output);
}

/* All our variants take the same: the first with some options is asked. */
static bool
is_asked_before(const struct sl_allocators *l, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (l->v[i].kind != SL_KIND_PATH &&
		    l->v[i].kind == l->v[k].kind &&
		    !strcmp(l->v[i].options, l->v[k].options))
			return true;
	return false;
}

void
sl_pick_allocators(const struct sl_pick *p, struct sl_allocators *picked)
{
	for (size_t i = 0; i < p->wanted->n; i++)
		add_wanted(p, picked, p->wanted->v[i]);
	for (size_t i = 0; i < picked->n; i++)
		if (*picked->v[i].options && !is_asked_before(picked, i))
			check_options(p, &picked->v[i]);
}
