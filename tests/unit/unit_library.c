/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unit_library.c - what the C tests share that are linked with a variant's
 * library; see unit.h.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "tests/unit/unit.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/spanlab.h"
#include "core/switches.h"

/* The variant in t_NAME-VARIANT; libtool may have put lt- before it. */
static const char *
expected_variant(void)
{
	const char *dash = program_invocation_short_name;

	if (strncmp(dash, "lt-", 3) == 0)
		dash += 3;
	dash = strchr(dash, '-');
	return dash ? dash + 1 : NULL;
}

static void
check_allocator(void)
{
	const char *want = expected_variant();
	Dl_info by, identity;
	void *p = dlsym(RTLD_DEFAULT, SL_MALLOC_NAME);

	printf("# %s\n", sl_identity());
	if (want && strcmp(want, sl_variant()->name) != 0) {
		printf(
		    "Bail out! linked with variant %s\n", sl_variant()->name);
		exit(1);
	}
	if (p == NULL || dladdr(p, &by) == 0 ||
	    dladdr((void *)(uintptr_t)&sl_identity, &identity) == 0)
		return; /* a static program: nothing else can answer */
	p = dlsym(RTLD_DEFAULT, "sl_identity");
	if (p == NULL || dladdr(p, &identity) == 0)
		return;
	if (by.dli_fbase != identity.dli_fbase) {
		printf("Bail out! malloc comes from %s\n", by.dli_fname);
		exit(1);
	}
}

void
unit_start(void)
{
	unit_start_alone();
	check_allocator();
}

bool
unit_has_libc_names(void)
{
	return strcmp(SL_MALLOC_NAME, "malloc") == 0;
}

bool
unit_has_option(const char *assignment)
{
	char text[4096], *rest = text, *one;

	sl_options_text(false, text, sizeof(text));
	while ((one = strsep(&rest, ",")) != NULL)
		if (strcmp(one, assignment) == 0)
			return true;
	return false;
}

void
unit_free_of_libc(void *p)
{
	free(p);
}

void
unit_heap_is_sound(uint64_t *live_objects, uint64_t *live_bytes)
{
	char why[256] = "";

	if (!sl_heap_check(why, sizeof(why), live_objects, live_bytes))
		fail_msg("heap check: %s", why);
}
