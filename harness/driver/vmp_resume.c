/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmp_resume.c - `spanlab vmp sweep --resume`: a modelled sweep that was
 * stopped goes on.
 *
 * Called by vmp_sweep.c.  What it was made with is in its folder, the profile
 * too; an option that says something else is refused.  The machine that it
 * runs on does not matter.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/file.h"
#include "harness/driver/folder.h"
#include "harness/driver/host.h"
#include "harness/driver/plan.h"
#include "harness/driver/vmp_sweep.h"

void
sl_vmp_keep_profile(struct vmp_sweep *s)
{
	int err;

	s->profile_file = sl_printf("%s/machine.profile", s->dir);
	err = sl_file_write_durable(
	    s->profile_file, s->profile_text, strlen(s->profile_text));
	if (err)
		sl_die(
		    SL_EXIT_CANNOT, "%s: %s", s->profile_file, strerror(err));
}

static void
check_number(const char *option, long stored, long given)
{
	if (given != VMP_UNASKED)
		sl_plan_check_number(option, stored, given);
}

static void
check_profile(struct vmp_sweep *s)
{
	const char *stored = sl_json_text(s->manifest.model, "profile_text");

	if (s->profile_name) {
		sl_vmp_read_profile(s);
		if (strcmp(stored, s->profile_text))
			sl_plan_contradiction("profile",
			    sl_json_text(s->manifest.model, "profile"),
			    sl_printf("%s, which is another or was changed",
				s->profile_name));
		free(s->profile_file);
		free(s->profile_text);
	}
	s->profile_text = sl_strdup(stored);
}

static void
check_asked(struct vmp_sweep *s)
{
	const struct sl_plan *p = &s->manifest.plan;
	const json_t *model = s->manifest.model;
	struct sl_names workloads = {0};

	sl_vmp_expand(&p->workloads, &s->workloads, &workloads);
	sl_plan_check_lists(p, &s->allocators, &workloads, &s->threads);
	sl_names_destroy(&workloads);
	check_number(
	    "cores", (long)sl_json_number(model, "cores", 0), s->cores);
	check_number("ops", (long)sl_json_number(model, "ops", 0), s->ops);
	check_number("seeds", (long)p->rounds, s->seeds);
	check_number("seed", (long)p->seed, s->seed);
	check_profile(s);
	sl_plan_check_files(p, s->dir);
}

void
sl_vmp_take_up(struct vmp_sweep *s)
{
	struct sl_manifest *m = &s->manifest;
	char why_profile[PROFILE_WHY_MAX], *why;

	s->dir = realpath(s->resume, NULL);
	if (!s->dir)
		s->dir = sl_strdup(s->resume);
	if (!sl_manifest_read(m, s->dir, &why))
		sl_die(SL_EXIT_USAGE, "--resume: %s", why);
	if (!m->model)
		sl_die(SL_EXIT_USAGE,
		    "--resume: %s was measured, not modelled: spanlab sweep "
		    "--resume",
		    s->dir);
	check_asked(s);
	s->cores = (long)sl_json_number(m->model, "cores", 0);
	s->ops = (long)sl_json_number(m->model, "ops", 0);
	s->seeds = (long)m->plan.rounds;
	if (s->timeout_s != VMP_UNASKED)
		m->plan.timeout_s = (double)s->timeout_s;
	sl_folder_lock(s->dir);
	sl_folder_tidy(s->dir);
	sl_vmp_keep_profile(s);
	if (!profile_read(&s->profile, s->profile_file, why_profile))
		sl_die(SL_EXIT_USAGE, "--resume: %s", why_profile);
	if (s->ops < 1 || s->cores < 1 || s->cores > (long)s->profile.cores)
		sl_die(SL_EXIT_USAGE,
		    "--resume: %s/sweep.json: model: bad ops "
		    "or cores",
		    s->dir);
	m->plan.cpus = (unsigned)s->cores;
}
