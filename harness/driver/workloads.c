/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * workloads.c - which workloads spanlab-bench offers, and which are wanted.
 *
 * Called by sweep and list.  The driver has no list of its own: a workload
 * added to the bench is known here at once.
 */
#define _GNU_SOURCE
#include "harness/driver/workloads.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/child.h"
#include "harness/driver/spec.h"

static char *
copy(const json_t *w, const char *key, const char *otherwise)
{
	const char *s = json_string_value(json_object_get(w, key));

	return sl_strdup(s ? s : otherwise);
}

static void
add_copy(struct sl_workloads *l, const struct sl_workload *w)
{
	l->v = sl_realloc(l->v, (l->n + 1) * sizeof *l->v);
	l->v[l->n] = *w;
	l->v[l->n].name = sl_strdup(w->name);
	l->v[l->n].summary = sl_strdup(w->summary);
	l->v[l->n].source = sl_strdup(w->source);
	l->v[l->n].touch = sl_strdup(w->touch);
	l->v[l->n].suite = sl_strdup(w->suite);
	l->v[l->n].params = sl_strdup(w->params);
	l->v[l->n].operation = sl_strdup(w->operation);
	l->n++;
}

void
sl_workloads_add_json(struct sl_workloads *l, const json_t *w)
{
	json_int_t least =
	    json_integer_value(json_object_get(w, "least_threads"));

	l->v = sl_realloc(l->v, (l->n + 1) * sizeof *l->v);
	l->v[l->n++] = (struct sl_workload){.name = copy(w, "name", ""),
	    .summary = copy(w, "stresses", ""),
	    .source = copy(w, "source", ""),
	    .touch = copy(w, "mcentral", ""),
	    .suite = copy(w, "suite", "list"),
	    .params = copy(w, "params", ""),
	    .operation = copy(w, "operation", "a malloc and its free"),
	    .least_threads = least > 1 && least < 1000 ? (unsigned)least : 1,
	    .control = json_is_true(json_object_get(w, "control"))};
}

const char *
sl_workloads_unit(const struct sl_workloads *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->v[i].suite, "list"))
			return "operations";
	return "mallocs";
}

long
sl_workload_param(const struct sl_workload *w, const char *name, long otherwise)
{
	size_t n = strlen(name);

	for (const char *s = w->params; *s; s += strcspn(s, " ")) {
		s += strspn(s, " ");
		if (!strncmp(s, name, n) && s[n] == '=')
			return strtol(s + n + 1, NULL, 10);
	}
	return otherwise;
}

void
sl_workloads_destroy(struct sl_workloads *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].name);
		free(l->v[i].summary);
		free(l->v[i].source);
		free(l->v[i].touch);
		free(l->v[i].suite);
		free(l->v[i].params);
		free(l->v[i].operation);
	}
	free(l->v);
	*l = (struct sl_workloads){0};
}

const struct sl_workload *
sl_workloads_get(const struct sl_workloads *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->v[i].name, name))
			return &l->v[i];
	return NULL;
}

void
sl_workloads_find(const char *bench, struct sl_workloads *all)
{
	const char *const argv[] = {bench, "--list-json", NULL};
	struct sl_child c = {
	    .argv = argv, .keep_fd = -1, .wants_output = true, .timeout_s = 20};
	char words[128];
	json_t *root, *list, *w;
	size_t i;

	sl_child_run(&c);
	if (c.end == SL_CHILD_INTERRUPTED)
		exit(SL_EXIT_INTERRUPTED);
	if (c.end != SL_CHILD_EXITED || c.code != 0)
		sl_die(SL_EXIT_CANNOT, "%s --list-json: %s", bench,
		    sl_child_end_text(&c, words));
	root = json_loads(c.output, 0, NULL);
	list = json_is_object(root) ? json_object_get(root, "workloads") : root;
	json_array_foreach(list, i, w)
	{
		const char *name =
		    json_string_value(json_object_get(w, "name"));

		/* no dot: it parts the names of a cell's file */
		if (!name || !sl_name_valid(name) || strchr(name, '.') ||
		    sl_workloads_get(all, name))
			sl_die(SL_EXIT_CANNOT,
			    "%s --list-json: workload %zu has no proper name",
			    bench, i);
		sl_workloads_add_json(all, w);
	}
	if (all->n == 0)
		sl_die(
		    SL_EXIT_CANNOT, "%s --list-json lists no workload", bench);
	json_decref(root);
	free(c.output);
}

static _Noreturn void
unknown(const struct sl_workloads *all, const char *wanted)
{
	struct sl_names known = {0};
	const char *near;
	char *list;

	for (size_t i = 0; i < all->n; i++)
		sl_names_add(&known, all->v[i].name);
	near = sl_names_nearest(&known, wanted);
	list = sl_names_join(&known, ", ");
	sl_die(SL_EXIT_USAGE, "unknown workload '%s'%s%s%s; known: %s", wanted,
	    near ? ", did you mean " : "", near ? near : "", near ? "?" : "",
	    list);
}

bool
sl_workload_name_valid(const char *name)
{
	return sl_spec_series_valid(name) && !strchr(name, '.');
}

char *
sl_workload_name(const char *written)
{
	char *s = sl_strdup(written), *p = strchr(s, ':');

	while (p && (p = strchr(p + 1, ':')))
		*p = '+';
	return s;
}

/* Adds a workload with parameters: the bench says what it runs with, or what
 * is wrong with them. */
static void
pick_with_params(
    const char *bench, const char *name, struct sl_workloads *picked)
{
	char *chosen = sl_printf("--workload=%s", name), words[128];
	const char *const argv[] = {bench, "--list-json", chosen, NULL};
	struct sl_child c = {
	    .argv = argv, .keep_fd = -1, .wants_output = true, .timeout_s = 20};
	json_t *list, *w;

	sl_child_run(&c);
	if (c.end == SL_CHILD_INTERRUPTED)
		exit(SL_EXIT_INTERRUPTED);
	if (c.end == SL_CHILD_EXITED && c.code == SL_EXIT_USAGE && *c.errors) {
		c.errors[strcspn(c.errors, "\n")] = '\0';
		sl_die(SL_EXIT_USAGE, "--workloads: %s", c.errors);
	}
	list = c.end == SL_CHILD_EXITED && c.code == 0
		   ? json_loads(c.output, 0, NULL)
		   : NULL;
	w = json_array_get(list, 0);
	if (json_array_size(list) != 1 || !json_is_object(w))
		sl_die(SL_EXIT_CANNOT, "%s --list-json %s: %s", bench, chosen,
		    list ? "no such list" : sl_child_end_text(&c, words));
	json_object_set_new(w, "name", json_string(name));
	sl_workloads_add_json(picked, w);
	json_decref(list);
	free(c.output);
	free(chosen);
}

/* The last one picked is not there yet under another name: with the values
 * that it has anyway, or with the same in another order. */
static void
check_twice(const struct sl_workloads *picked)
{
	const struct sl_workload *last = &picked->v[picked->n - 1];
	size_t base = strcspn(last->name, ":");

	for (size_t i = 0; i + 1 < picked->n; i++) {
		const struct sl_workload *w = &picked->v[i];

		if (strcspn(w->name, ":") == base &&
		    !strncmp(w->name, last->name, base) &&
		    (!strcmp(w->name, last->name) ||
			(*w->params && !strcmp(w->params, last->params))))
			sl_die(SL_EXIT_USAGE,
			    "--workloads: %s is given twice%s%s", last->name,
			    strcmp(w->name, last->name) ? ", also as " : "",
			    strcmp(w->name, last->name) ? w->name : "");
	}
}

static void
pick_one(const char *bench, const struct sl_workloads *all, const char *written,
    struct sl_workloads *picked)
{
	char *name = sl_workload_name(written);
	char *base = sl_spec_base(name);
	const struct sl_workload *w = sl_workloads_get(all, base);

	if (!*base)
		sl_die(SL_EXIT_USAGE, "--workloads: empty name");
	if (!w)
		unknown(all, base);
	if (!sl_workload_name_valid(name))
		sl_die(SL_EXIT_USAGE,
		    "--workloads: '%.160s' is not NAME or "
		    "NAME:PARAMETER=VALUE:PARAMETER=VALUE",
		    written);
	if (strchr(name, ':'))
		pick_with_params(bench, name, picked);
	else
		add_copy(picked, w);
	check_twice(picked);
	free(base);
	free(name);
}

void
sl_workloads_pick(const char *bench, const struct sl_workloads *all,
    const char *suite, const struct sl_names *wanted,
    struct sl_workloads *picked)
{
	for (size_t i = 0; i < wanted->n; i++)
		pick_one(bench, all, wanted->v[i], picked);
	for (size_t i = 0; wanted->n == 0 && i < all->n; i++)
		if (!strcmp(all->v[i].suite, suite))
			add_copy(picked, &all->v[i]);
	if (picked->n == 0)
		sl_die(SL_EXIT_CANNOT,
		    "this bench has no workloads of the "
		    "suite '%s'",
		    suite);
}
