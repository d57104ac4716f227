/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * list.c - the command `spanlab list`: what a sweep could be made of here.
 *
 * Called by main.c.
 */
#include "harness/driver/list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/allocators.h"
#include "harness/driver/child.h"
#include "harness/driver/locate.h"
#include "harness/driver/options.h"
#include "harness/driver/placement.h"
#include "harness/driver/workloads.h"

static void
list_allocators(bool variants_only)
{
	struct sl_allocators all = {0};
	struct sl_names absent = {0};
	size_t variants = 0;
	char *line;

	sl_allocators_find(&all);
	for (size_t i = 0; i < all.n; i++) {
		const struct sl_allocator *a = &all.v[i];

		variants += a->kind == SL_KIND_VARIANT;
		if (variants_only && a->kind != SL_KIND_VARIANT)
			continue;
		printf("%-14s %-8s %s\n", a->name,
		    sl_allocator_kind_text(a->kind),
		    a->path ? a->path : "the C library");
	}
	fflush(stdout);
	if (variants == 0)
		sl_complain("no variant found: build them, or set "
			    "SPANLAB_LIB_DIR");
	sl_allocators_absent(&all, &absent);
	if (absent.n && !variants_only) {
		line = sl_names_join(&absent, ", ");
		printf("not here: %s\n", line);
		free(line);
	}
	sl_names_destroy(&absent);
	sl_allocators_destroy(&all);
}

static void
list_workloads(void)
{
	struct sl_workloads all = {0};
	char *bench = sl_locate_bench();

	sl_workloads_find(bench, &all);
	for (size_t i = 0; i < all.n; i++)
		printf("%-18s %-9s %s%s\n", all.v[i].name, all.v[i].suite,
		    all.v[i].control ? "(control) " : "", all.v[i].summary);
	sl_workloads_destroy(&all);
	free(bench);
}

static unsigned
pins_threads(const char *text)
{
	struct sl_counts c = {0};
	char why[160];

	if (!sl_counts_parse(text, &c, why, sizeof why) || c.n != 1)
		sl_die(SL_EXIT_USAGE,
		    "list pins: '%s' is not a number of threads, 1 to %d", text,
		    SL_THREADS_MAX);
	return c.v[0];
}

int
sl_list(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : NULL;
	unsigned threads = 0;

	if (what && !strcmp(what, "pins") && argc == 3)
		threads = pins_threads(argv[2]);
	else if (argc > 2 ||
		 (what && strcmp(what, "allocators") &&
		     strcmp(what, "workloads") && strcmp(what, "variants") &&
		     strcmp(what, "pins")))
		sl_die(SL_EXIT_USAGE,
		    "list: usage: spanlab list "
		    "[allocators|workloads|variants|pins [THREADS]]");
	sl_child_signals();
	if (!what) {
		puts("allocators:");
		list_allocators(false);
		puts("\nworkloads:");
		list_workloads();
	} else if (!strcmp(what, "pins")) {
		sl_placement_list(threads);
	} else if (!strcmp(what, "workloads")) {
		list_workloads();
	} else {
		list_allocators(!strcmp(what, "variants"));
	}
	return SL_EXIT_OK;
}
