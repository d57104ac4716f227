/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * left_out.c - allocators that a sweep has only if they are named.
 *
 * Called by plan.c, the sweep and the report.
 */
#include "harness/driver/left_out.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/child.h"

/* A library that does not answer is not left out: its cells will say why. */
static bool
spins_in_turn(const struct sl_allocator *a, const char *bench)
{
	const char *const argv[] = {bench, "--whoami", NULL};
	struct sl_child c = {.argv = argv,
	    .preload = a->path,
	    .keep_fd = -1,
	    .wants_output = true,
	    .timeout_s = 20};
	json_t *root;
	bool yes;

	sl_child_run(&c);
	if (c.end == SL_CHILD_INTERRUPTED)
		exit(SL_EXIT_INTERRUPTED);
	root = json_loads(c.output ? c.output : "", 0, NULL);
	yes = json_is_true(json_object_get(root, "spins_in_turn"));
	json_decref(root);
	free(c.output);
	return yes;
}

void
sl_left_out_of(struct sl_plan *p, const struct sl_allocators *all,
    struct sl_names *wanted, const char *bench)
{
	struct sl_names kept = {0}, out = {0};

	if (p->threads.v[p->threads.n - 1] <= p->cpus)
		return;
	for (size_t i = 0; i < wanted->n; i++) {
		const struct sl_allocator *a =
		    sl_allocators_get(all, wanted->v[i]);
		bool waits =
		    a && a->kind == SL_KIND_VARIANT && spins_in_turn(a, bench);

		sl_names_add(waits ? &out : &kept, wanted->v[i]);
	}
	if (out.n) {
		free(p->left_out);
		p->left_out = sl_names_join(&out, ", ");
	}
	sl_names_destroy(&out);
	sl_names_destroy(wanted);
	*wanted = kept;
}

char *
sl_left_out_text(const struct sl_plan *p)
{
	if (!p->left_out)
		return NULL;
	return sl_printf("Left out, since there are more threads than CPUs: "
			 "%s. Their waiters spin and get the lock in turn, "
			 "running or not, so that a window may take minutes; "
			 "named in --allocators they take part.",
	    p->left_out);
}
