/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * engine_sbatch.c - the job array as sbatch is told of it.
 *
 * Called by engine_slurm.c, and by sweep.c before anything is created.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wordexp.h>

#include "harness/driver/child.h"
#include "harness/driver/engine_slurm.h"
#include "harness/driver/file.h"

/* A controller that is busy takes its time. */
static const double ANSWER_S = 120;

char *
sl_slurm_job_name(const struct sl_manifest *m)
{
	return sl_printf("spanlab-%s", m->name ? m->name : "");
}

/* What an ended child said on stderr, its first line. */
static void
complaint(struct sl_child *c, char *why, size_t len)
{
	char words[128];

	c->errors[strcspn(c->errors, "\n")] = '\0';
	snprintf(why, len, "%.200s",
	    c->errors[0] ? c->errors : sl_child_end_text(c, words));
}

char *
sl_slurm_ask(const char *const *argv, const char *input, char *why, size_t len)
{
	struct sl_child c = {.argv = argv,
	    .keep_fd = -1,
	    .wants_output = true,
	    .input = input,
	    .timeout_s = ANSWER_S};

	sl_child_run(&c);
	if (c.end == SL_CHILD_EXITED && c.code == 0)
		return c.output ? c.output : sl_strdup("");
	complaint(&c, why, len);
	free(c.output);
	return NULL;
}

/* In single quotes, for the script. */
static void
quote(struct sl_text *t, const char *s)
{
	sl_text_add(t, "'");
	for (; *s; s++) {
		if (*s == '\'')
			sl_text_add(t, "'\\'");
		sl_text_add_n(t, s, 1);
	}
	sl_text_add(t, "'");
}

/* What each task runs. */
static char *
script(const char *dir)
{
	char *exe = realpath("/proc/self/exe", NULL);
	struct sl_text t = {0};

	sl_text_add(&t, "#!/bin/sh\nexec ");
	quote(&t, exe ? exe : "spanlab");
	sl_text_add(&t, " sweep --resume ");
	quote(&t, dir);
	sl_text_add(&t, " --task \"$SLURM_ARRAY_TASK_ID\"\n");
	free(exe);
	return t.s;
}

/* "1-4,7": the tasks that lack cells. */
static char *
array_text(const struct sl_plan *p, const struct sl_stock *stock)
{
	unsigned last = sl_tasks_total(p);
	struct sl_text t = {0};

	sl_text_add(&t, "");
	for (unsigned i = 1, to; i <= last; i = to + 1) {
		to = i;
		if (stock && !stock->missing[i])
			continue;
		while (to < last && (!stock || stock->missing[to + 1]))
			to++;
		sl_text_addf(
		    &t, to > i ? "%s%u-%u" : "%s%u", t.len ? "," : "", i, to);
	}
	return t.s;
}

/* The words of the user's options; exits if they are none. */
static void
user_words(const struct sl_plan *p, struct sl_names *words)
{
	wordexp_t w;

	if (!*p->slurm)
		return;
	if (wordexp(p->slurm, &w, WRDE_NOCMD | WRDE_UNDEF))
		sl_die(SL_EXIT_USAGE,
		    "--slurm-options: cannot take '%s' apart: it is read as a "
		    "shell would, without commands in it",
		    p->slurm);
	for (size_t i = 0; i < w.we_wordc; i++) {
		if (!strncmp(w.we_wordv[i], "--array", 7) ||
		    !strncmp(w.we_wordv[i], "-a", 2) ||
		    !strncmp(w.we_wordv[i], "--wrap", 6))
			sl_die(SL_EXIT_USAGE,
			    "--slurm-options: %s: the tasks are spanlab's",
			    w.we_wordv[i]);
		sl_names_add(words, w.we_wordv[i]);
	}
	wordfree(&w);
}

/* All of a node, so that no other job is on it; the user's words come last,
 * for sbatch takes the last of two that contradict. */
static void
sbatch_words(const struct sl_plan *p, const char *array, struct sl_names *words)
{
	static const char *const ours[] = {"sbatch", "--parsable",
	    "--exclusive", "--nodes=1", "--ntasks=1",
	    "--output=slurm/%A-%a.log"};
	char *list = sl_printf("--array=%s", array);

	for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
		sl_names_add(words, ours[i]);
	sl_names_add(words, list);
	user_words(p, words);
	free(list);
}

char *
sl_slurm_command(const struct sl_plan *p)
{
	char *array = array_text(p, NULL), *text;
	struct sl_names words = {0};

	sbatch_words(p, array, &words);
	text = sl_names_join(&words, " ");
	sl_names_destroy(&words);
	free(array);
	return text;
}

void
sl_slurm_check(const struct sl_plan *p)
{
	static const char *const argv[] = {"sbatch", "--version", NULL};
	struct sl_names words = {0};
	char *version = sl_child_first_line(argv);

	if (!version)
		sl_die(SL_EXIT_CANNOT,
		    "--engine slurm: there is no sbatch here (Debian package: "
		    "slurm-client)");
	user_words(p, &words);
	sl_names_destroy(&words);
	free(version);
}

char *
sl_sbatch(const struct sl_manifest *m, const struct sl_stock *stock, char *why,
    size_t len)
{
	char *array = array_text(stock->plan, stock),
	     *text = script(stock->dir);
	char *name = sl_slurm_job_name(m), *job = NULL, *answer;
	char *logs = sl_printf("%s/slurm", stock->dir);
	char *named = sl_printf("--job-name=%s", name);
	char *chdir = sl_printf("--chdir=%s", stock->dir);
	struct sl_names words = {0};
	const char **argv;

	sl_dir_make(logs);
	sbatch_words(stock->plan, array, &words);
	argv = sl_alloc_array(words.n + 3, sizeof *argv);
	for (size_t i = 0; i < words.n; i++)
		argv[i] = words.v[i];
	argv[words.n] = named;
	argv[words.n + 1] = chdir;
	answer = sl_slurm_ask(argv, text, why, len);
	if (answer) {
		/* "12", or "12;cluster" */
		job = sl_printf(
		    "%.*s", (int)strspn(answer, "0123456789"), answer);
		printf("slurm       job %s: tasks %s\n", job, array);
		fflush(stdout);
	}
	free(answer);
	free(argv);
	sl_names_destroy(&words);
	free(chdir);
	free(named);
	free(logs);
	free(name);
	free(text);
	free(array);
	return job;
}
