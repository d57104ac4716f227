/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tries.c - cells that crashed or timed out and were tried again.
 *
 * Called by cell_run.c and the report.
 */
#include "harness/driver/tries.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/driver/file.h"
#include "harness/driver/host.h"
#include "harness/driver/preset.h"

json_t *
sl_tries_failure(
    const struct sl_plan *p, const struct sl_cell *c, const char *dir)
{
	char *path = sl_cell_path(p, c, dir, ".failed.json");
	char *text = sl_file_read(path, NULL);
	json_t *root = text ? json_loads(text, 0, NULL) : NULL;

	free(text);
	free(path);
	return root;
}

bool
sl_tries_left(const struct sl_plan *p, const json_t *failure)
{
	const struct sl_preset *preset = sl_preset_get(p->preset);
	const char *status = sl_json_text(failure, "status");
	size_t before =
	    json_array_size(json_object_get(failure, "failed_tries"));

	if (before >= p->retries)
		return false;
	return !strcmp(status, "crashed") ||
	       (!strcmp(status, "timeout") && !(preset && preset->gives_up));
}

json_t *
sl_tries_of(const json_t *failure)
{
	static const char *const keys[] = {
	    "status", "detail", "stderr", "started", "wall_s"};
	json_t *all, *last;

	if (!json_is_object(failure))
		return NULL;
	all = json_array();
	last = json_object();
	json_array_extend(all, json_object_get(failure, "failed_tries"));
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		json_object_set(
		    last, keys[i], json_object_get(failure, keys[i]));
	json_array_append_new(all, last);
	return all;
}

void
sl_tries_forget(
    const struct sl_plan *p, const struct sl_cell *c, const char *dir)
{
	char *path = sl_cell_path(p, c, dir, ".failed.json");

	unlink(path);
	free(path);
}

static size_t
count_status(const json_t *tries, const char *status)
{
	const json_t *v;
	size_t i, n = 0;

	json_array_foreach(tries, i, v) n +=
	    !strcmp(sl_json_text(v, "status"), status);
	return n;
}

char *
sl_tries_text(const struct sl_results *r)
{
	size_t cells = 0, tries = 0, crashed = 0, timeout = 0;
	struct sl_cell c = {0};

	while (sl_cell_next(&r->manifest.plan, &c)) {
		const json_t *v = sl_results_at(
		    r, c.workload, c.allocator, c.threads, c.round)
				      ->failed_tries;

		cells += json_array_size(v) > 0;
		tries += json_array_size(v);
		crashed += count_status(v, "crashed");
		timeout += count_status(v, "timeout");
	}
	if (tries == 0)
		return NULL;
	return sl_printf("%zu tr%s of %zu cell%s failed and %s made again: "
			 "%zu crashed, %zu timed out",
	    tries, tries > 1 ? "ies" : "y", cells, cells > 1 ? "s" : "",
	    tries > 1 ? "were" : "was", crashed, timeout);
}
