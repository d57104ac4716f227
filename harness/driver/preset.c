/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * preset.c - what `--preset` may name, and what each is.
 *
 * Called by options, plan and sweep.
 */
#include "harness/driver/preset.h"

#include <stddef.h>
#include <string.h>

/*
 * quick: one look, within three minutes on two CPUs, so that with the build it
 * is five.  full: enough rounds for intervals one may rely on.  Both compare
 * sets, so they ask them as Go does: a thread keeps one span per class.
 * peers: what our malloc costs beside those of others; ours as it is by
 * default, and as Go's.  Rounds of 9 minutes leave time for the counts.
 * published: what papers compare allocators with, in rounds of 20 minutes.
 * mcentral: the sets alone, in rounds of 12 minutes.
 * rcu: grace periods where they are cheap and where they are not.
 */
static const struct sl_preset presets[] = {
    {
	.name = "quick",
	.suite = "list",
	.window_s = 0.05,
	.scale = 0.1,
	.timeout_s = 60,
	.rounds_max = 5,
	.budget_s = 170,
	.threads = "1,2,4,8,32,128",
	.options = "hold=0",
    },
    {
	.name = "full",
	.suite = "list",
	.window_s = 0.3,
	.scale = 1,
	.timeout_s = 300,
	.rounds = 9,
	.rounds_max = 9,
	.threads = "1..128",
	.options = "hold=0",
    },
    {
	.name = "peers",
	.suite = "patterns",
	.window_s = 0.05,
	.scale = 1,
	.timeout_s = 60,
	.rounds_max = 7,
	.budget_s = 540,
	.threads = "1,2,8,32,128",
	.options = "",
	.variants = "mutex,tagstack,mutex:hold=0",
	.has_counts = true,
    },
    {
	.name = "published",
	.suite = "published",
	.window_s = 0.1,
	.scale = 1,
	.timeout_s = 60,
	.rounds_max = 9,
	.budget_s = 1800,
	.threads = "1,2,4,8,32,128",
	.options = "hold=0",
    },
    {
	.name = "mcentral",
	.suite = "map",
	.window_s = 0.05,
	.scale = 1,
	.timeout_s = 6,
	.rounds_max = 7,
	.budget_s = 720,
	.threads = "1,2,8,32,128",
	.options = "",
	.is_seam = true,
	.window_grows = true,
	.gives_up = true,
    },
    {
	.name = "rcu",
	.suite = "rcu",
	.window_s = 0.2,
	.scale = 1,
	.timeout_s = 20,
	.rounds = 10,
	.rounds_max = 10,
	.threads = "1,2,8,32",
	.options = "",
	.variants = "mutex,ck,rcu,rcu:limbo=1073741824,rcu-memb",
	.is_seam = true,
    },
};

const struct sl_preset *
sl_preset_get(const char *name)
{
	for (size_t i = 0; i < sizeof presets / sizeof *presets; i++)
		if (!strcmp(presets[i].name, name))
			return &presets[i];
	return NULL;
}

const char *
sl_preset_names(void)
{
	return "quick, full, peers, published, mcentral or rcu";
}
