/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmp_run.c - runs of the model, a process each; see vmp_run.h.
 *
 * Called by vmp_validate*.c and vmp_speed.c.
 */
#define _GNU_SOURCE
#include "harness/driver/vmp_run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/child.h"
#include "harness/driver/host.h"
#include "harness/driver/locate.h"
#include "harness/driver/util.h"

enum { ARGS_MAX = 32, TIMEOUT_S = 600 };

/* What a child is called with; texts are its own. */
struct args {
	const char *v[ARGS_MAX];
	struct sl_names own;
	size_t n;
};

static void add(struct args *a, const char *fmt, ...) SL_PRINTF(2, 3);

static void
add(struct args *a, const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		sl_die(SL_EXIT_CANNOT, "out of memory");
	va_end(ap);
	a->v[a->n++] = text;
}

static void
begin(struct args *a, bool fixed_addresses, const char *program)
{
	memset(a, 0, sizeof *a);
	if (fixed_addresses) {
		add(a, "setarch");
		add(a, "-R");
	}
	add(a, "%s", program);
}

static void
end(struct args *a)
{
	for (size_t i = 0; i < a->n; i++)
		free((void *)(uintptr_t)a->v[i]);
}

/* Its output as JSON, or NULL. */
static json_t *
run(struct args *a, struct sl_child *c)
{
	json_t *root = NULL;
	char end_text[128];

	c->argv = a->v;
	c->keep_fd = -1;
	c->wants_output = true;
	sl_child_run(c);
	if (c->end == SL_CHILD_INTERRUPTED)
		exit(SL_EXIT_INTERRUPTED);
	if (c->end == SL_CHILD_EXITED && c->code == 0 && c->output)
		root = json_loads(c->output, 0, NULL);
	if (!root) {
		sl_complain("%s: %s: %s", a->v[0],
		    sl_child_end_text(c, end_text), c->errors);
		for (size_t i = 1; i < a->n; i++)
			sl_complain("  with %s", a->v[i]);
	}
	free(c->output);
	return root;
}

static const char *
probe_program(void)
{
	static char *path;
	struct sl_names dirs = {0};

	if (path)
		return path;
	sl_locate_bench_dirs(&dirs);
	path = sl_locate_in(&dirs, "spanlab-probe");
	if (!path)
		sl_die(SL_EXIT_CANNOT,
		    "no program spanlab-probe: it is built where configure "
		    "--enable-vmp can (its last words say why not); else set "
		    "SPANLAB_BENCH_DIR");
	sl_names_destroy(&dirs);
	return path;
}

json_t *
sl_vmp_probe_run(const struct sl_vmp_probe *p)
{
	struct sl_child c = {.timeout_s = TIMEOUT_S};
	struct args a;
	json_t *out;

	begin(&a, p->fixed_addresses, probe_program());
	add(&a, "--profile=%s", p->profile);
	for (int i = 0; i < SL_VMP_SETS_MAX && p->set[i]; i++)
		add(&a, "--set=%s", p->set[i]);
	add(&a, "--threads=%u", p->threads);
	if (p->cores)
		add(&a, "--cores=%u", p->cores);
	add(&a, "--ops=%u", p->ops);
	add(&a, "--think=%.0f", p->think);
	add(&a, "%s", p->name);
	out = run(&a, &c);
	end(&a);
	return out;
}

double
sl_vmp_probe_cycles(const struct sl_vmp_probe *p)
{
	json_t *out = sl_vmp_probe_run(p);
	double cycles = sl_json_number(out, "cycles_per_op", NAN);

	json_decref(out);
	return cycles;
}

json_t *
sl_vmp_load_run(struct sl_vmp_load *l)
{
	struct sl_child c = {.preload = l->library,
	    .options = "hold=0",
	    .timeout_s = l->timeout_s > 0 ? l->timeout_s : TIMEOUT_S};
	json_t *root, *first;
	struct args a;

	begin(&a, l->fixed_addresses, l->program);
	if (l->profile) {
		add(&a, "--profile=%s", l->profile);
		for (int i = 0; i < SL_VMP_SETS_MAX && l->set[i]; i++)
			add(&a, "--set=%s", l->set[i]);
		add(&a, "--no-band");
		add(&a, "--think=0");
	}
	add(&a, "--workload=%s", l->workload);
	add(&a, "--threads=%u", l->threads);
	add(&a, "--param=ops=%u", l->ops);
	add(&a, "--seed=%llu", (unsigned long long)l->seed);
	add(&a, "--reps=1");
	add(&a, "--benchmark_format=json");
	root = run(&a, &c);
	l->wall_s = c.wall_s;
	end(&a);
	first = json_incref(sl_json_first_run(root));
	json_decref(root);
	return first;
}

void
sl_vmp_load_digest(const json_t *run, char hex[17])
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	const char *key;
	json_t *value;
	char text[128];

	json_object_foreach((json_t *)(uintptr_t)run, key, value)
	{
		if (!json_is_number(value) ||
		    (strncmp(key, "vmp_", 4) && strcmp(key, "makespan_s")) ||
		    !strcmp(key, "vmp_fiber_switches"))
			continue;
		snprintf(text, sizeof text, "%s=%.17g", key,
		    json_number_value(value));
		for (const char *p = text; *p; p++)
			hash = (hash ^ (unsigned char)*p) *
			       UINT64_C(0x100000001b3);
	}
	snprintf(hex, 17, "%016llx", (unsigned long long)hash);
}

bool
sl_vmp_can_fix_addresses(void)
{
	const char *const argv[] = {"setarch", "-R", "true", NULL};
	struct sl_child c = {.argv = argv, .keep_fd = -1, .timeout_s = 60};

	sl_child_run(&c);
	return c.end == SL_CHILD_EXITED && c.code == 0;
}
