/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reproduce_store.c - where the cells of publications are kept.
 *
 * Called by reproduce.c.  A folder belongs to one machine, one revision, one
 * preset and one build; its store.json says which, so that no cell is used
 * for what it was not measured with.
 */
#include <stdlib.h>
#include <string.h>

#include "harness/driver/file.h"
#include "harness/driver/folder.h"
#include "harness/driver/host.h"
#include "harness/driver/reproduce_plan.h"
#include "harness/driver/version.h"

/* By what a program or a library is known again. */
static char *
digest_of(const struct sl_allocator *a)
{
	char digest[17] = "";

	if (a->path)
		sl_file_digest(a->path, digest);
	return sl_strdup(digest);
}

static json_t *
digests(const struct sl_reproduction *r)
{
	json_t *o = json_object();

	for (unsigned k = 0; k < SL_N_PROGRAMS; k++) {
		const struct sl_allocators *l = &r->plan[k].allocators;

		for (size_t i = 0; i < l->n; i++) {
			char *key = sl_printf("%s/%s",
			    k == SL_OF_BENCH ? "bench" : "mcentral",
			    l->v[i].base);
			char *digest = digest_of(&l->v[i]);

			json_object_set_new(o, key, json_string(digest));
			free(digest);
			free(key);
		}
	}
	return o;
}

static json_t *
describe(const struct sl_reproduction *r)
{
	char digest[17] = "";

	sl_file_digest(r->bench, digest);
	return json_pack("{s:i, s:s, s:s, s:s, s:s, s:O, s:o}", "schema", 1,
	    "spanlab_version", PACKAGE_VERSION, "git_rev", SL_GIT_REV, "preset",
	    r->preset->name, "bench", digest, "host", r->host, "allocators",
	    digests(r));
}

static bool
same_text(const json_t *a, const json_t *b, const char *key)
{
	return !strcmp(sl_json_text(a, key), sl_json_text(b, key));
}

/* Whether what is stored there was measured with the same; digests of what
 * only one of both has do not matter, and are taken over. */
static bool
belongs(const json_t *stored, json_t *now)
{
	const json_t *was = json_object_get(stored, "host"),
		     *is = json_object_get(now, "host");
	json_t *d = json_object_get(now, "allocators");
	const char *key;
	json_t *v;

	if (!same_text(stored, now, "git_rev") ||
	    !same_text(stored, now, "preset") ||
	    !same_text(stored, now, "bench") ||
	    !same_text(was, is, "hostname") ||
	    !same_text(was, is, "cpu_model") || !same_text(was, is, "kernel") ||
	    sl_host_cpus(was) != sl_host_cpus(is))
		return false;
	json_object_foreach(json_object_get(stored, "allocators"), key, v)
	{
		if (!json_object_get(d, key))
			json_object_set(d, key, v);
		else if (!same_text(
			     json_object_get(stored, "allocators"), d, key))
			return false;
	}
	if (json_is_array(json_object_get(stored, "sessions")))
		json_object_set(
		    now, "sessions", json_object_get(stored, "sessions"));
	return true;
}

/* True if the folder may be used. */
static bool
may_use(const char *dir, json_t *now)
{
	char *path = sl_printf("%s/store.json", dir);
	char *text = sl_file_read(path, NULL);
	json_t *stored = text ? json_loads(text, 0, NULL) : NULL;
	bool may = !sl_dir_exists(dir) || (stored && belongs(stored, now));

	json_decref(stored);
	free(text);
	free(path);
	return may;
}

static void
write_store(const struct sl_reproduction *r)
{
	char *path = sl_printf("%s/store.json", r->dir);
	char *text = json_dumps(r->store, JSON_INDENT(1));
	int err = sl_file_write(path, text, strlen(text));

	if (err)
		sl_die(SL_EXIT_CANNOT, "cannot write to %s: %s", r->dir,
		    strerror(err));
	free(text);
	free(path);
}

void
sl_reproduction_note(struct sl_reproduction *r, json_t *session)
{
	json_array_append_new(json_object_get(r->store, "sessions"), session);
	write_store(r);
}

double
sl_reproduction_others(const struct sl_reproduction *r)
{
	double most = 0, v;
	json_t *s;
	size_t i;

	json_array_foreach(json_object_get(r->store, "sessions"), i, s)
	{
		v = sl_json_number(s, "others_percent", 0);
		most = v > most ? v : most;
	}
	return most;
}

static void
make(const struct sl_reproduction *r)
{
	int err = sl_dir_make(r->dir);

	for (unsigned i = 0; i < SL_N_PROGRAMS && !err; i++) {
		char *folder = sl_reproduction_folder(r, i);
		char *cells = sl_printf("%s/cells", folder);

		err = sl_dir_make(cells);
		if (!err)
			sl_folder_tidy(folder);
		free(cells);
		free(folder);
	}
	if (err)
		sl_die(SL_EXIT_CANNOT, "cannot write to %s: %s", r->dir,
		    strerror(err));
	write_store(r);
}

void
sl_reproduction_open(struct sl_reproduction *r, const char *results)
{
	json_t *now = describe(r);
	char *base = sl_printf("%s/%s-%s-%s", results,
	    sl_json_text(r->host, "hostname"), SL_GIT_REV, r->preset->name);

	sl_folder_check(results);
	r->dir = sl_strdup(base);
	for (int i = 2; !may_use(r->dir, now) && i < 1000; i++) {
		free(r->dir);
		r->dir = sl_printf("%s-%d", base, i);
	}
	if (!json_object_get(now, "sessions"))
		json_object_set_new(now, "sessions", json_array());
	r->store = now;
	make(r);
	sl_folder_lock(r->dir);
	free(base);
}
