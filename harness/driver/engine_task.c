/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * engine_task.c - one task of a Slurm job array, on its node.
 *
 * Called by sweep.c for `spanlab sweep --resume DIR --task N`, which is what
 * the job's script runs (engine_slurm.c).  A task writes into the folder of
 * cells and nowhere else: the manifest and the report are those of the
 * process that submitted it.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/driver/engine.h"
#include "harness/driver/file.h"
#include "harness/driver/host.h"
#include "harness/driver/instructions.h"
#include "harness/driver/plan.h"

struct task {
	struct sl_manifest manifest;
	struct sl_cell_run run;
	const char *hostname; /* of this node */
	size_t ran, failed;
};

/* What each cell of this task says of where it ran. */
static json_t *
where(unsigned number)
{
	const char *job = getenv("SLURM_ARRAY_JOB_ID");
	const char *node = getenv("SLURMD_NODENAME");
	struct sl_host_moment now;
	json_t *host = sl_host_facts();

	sl_host_moment_take(&now);
	return json_pack("{s:o, s:{s:s*, s:i, s:s*, s:f}}", "host", host,
	    "slurm", "job", job, "task", (int)number, "node", node,
	    "load1_before", now.load1);
}

/* The host of a stored cell, or NULL; the caller frees. */
static char *
host_of(const struct task *t, const struct sl_cell *c, char **path)
{
	static const char *const suffixes[] = {".json", ".failed.json"};
	const struct sl_plan *p = &t->manifest.plan;
	char *text = NULL, *host;
	json_t *root, *spanlab;

	*path = NULL;
	for (int i = 0; i < 2 && !text; i++) {
		free(*path);
		*path = sl_cell_path(p, c, t->run.dir, suffixes[i]);
		text = sl_file_read(*path, NULL);
	}
	if (!text)
		return NULL;
	root = json_loads(text, 0, NULL);
	spanlab = json_object_get(root, "spanlab");
	host = sl_strdup(sl_json_text(
	    json_object_get(spanlab ? spanlab : root, "host"), "hostname"));
	json_decref(root);
	free(text);
	return host;
}

/* Allocators of a block are compared with each other.  What another node has
 * left of one that is not complete is measured again here. */
static void
forget_others(const struct task *t, const struct sl_cell *block, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		char *path, *host = host_of(t, &block[i], &path);

		if (host && strcmp(host, t->hostname)) {
			printf("again, for it ran on %s: %s\n", host, path);
			unlink(path);
		}
		free(host);
		free(path);
	}
}

/* An exit status; SL_EXIT_OK also if the cell failed, which is a result. */
static int
run_cell(struct task *t, const struct sl_cell *c)
{
	char *name = sl_cell_name(&t->manifest.plan, c);
	int status = SL_EXIT_OK;

	switch (sl_cell_run(&t->run, c)) {
	case SL_CELL_INTERRUPTED:
		sl_complain("%s: interrupted", name);
		status = SL_EXIT_INTERRUPTED;
		break;
	case SL_CELL_NOT_STORED:
		sl_complain("cannot store the result of %s: %s", name,
		    strerror(t->run.err));
		status = SL_EXIT_CANNOT;
		break;
	case SL_CELL_FAILED:
		printf("%s: %s: %s\n", name, t->run.status, t->run.detail);
		t->failed++;
		t->ran++;
		break;
	case SL_CELL_DONE:
		t->ran++;
		break;
	}
	fflush(stdout);
	free(name);
	return status;
}

static int
run_block(struct task *t, const struct sl_cell *block, size_t n)
{
	const struct sl_plan *p = &t->manifest.plan;
	bool whole = true;
	int status = SL_EXIT_OK;

	for (size_t i = 0; i < n; i++)
		whole = whole && sl_cell_stored(p, &block[i], t->run.dir);
	if (!whole)
		forget_others(t, block, n);
	for (size_t i = 0; i < n && status == SL_EXIT_OK; i++)
		if (!sl_cell_stored(p, &block[i], t->run.dir))
			status = run_cell(t, &block[i]);
	return status;
}

static int
run_cells(struct task *t, unsigned number)
{
	const struct sl_plan *p = &t->manifest.plan;
	unsigned round = (number - 1) / sl_tasks_per_round(p) + 1;
	size_t per_round = sl_plan_cells_per_round(p);
	struct sl_cell *cells = sl_plan_round(p, round);
	int status = SL_EXIT_OK;

	for (size_t i = 0; i < per_round && status == SL_EXIT_OK;
	     i += p->allocators.n)
		if (sl_task_of(p, &cells[i]) == number)
			status = run_block(t, &cells[i], p->allocators.n);
	free(cells);
	return status;
}

static int
count_all(struct task *t)
{
	const struct sl_plan *p = &t->manifest.plan;

	if (!sl_instructions_possible()) {
		printf("No instructions are counted: there is no valgrind on "
		       "%s\n",
		    t->hostname);
		return SL_EXIT_OK;
	}
	for (size_t w = 0; w < p->workloads.n; w++) {
		for (size_t a = 0; a < p->allocators.n; a++) {
			enum sl_cell_end end;

			if (sl_instructions_stored(p, w, a, t->run.dir))
				continue;
			end = sl_instructions_run(&t->run, w, a);
			if (end == SL_CELL_INTERRUPTED)
				return SL_EXIT_INTERRUPTED;
			if (end == SL_CELL_NOT_STORED)
				sl_die(SL_EXIT_CANNOT,
				    "cannot store a count: %s",
				    strerror(t->run.err));
		}
	}
	return SL_EXIT_OK;
}

int
sl_task_run(const char *dir, const char *bench, unsigned number)
{
	struct task t = {.run = {.bench = bench, .dir = dir}};
	struct sl_plan *p = &t.manifest.plan;
	struct sl_options none = {0};
	char digest[17], *why;
	json_t *host;
	int status;

	if (!sl_manifest_read(&t.manifest, dir, &why))
		sl_die(SL_EXIT_USAGE, "--resume: %s", why);
	if (!p->slurm || number > sl_tasks_total(p))
		sl_die(SL_EXIT_USAGE, "--task: %s has no task %u", dir, number);
	sl_file_digest(bench, digest);
	sl_plan_check_resume(&t.manifest, &none, dir, digest);
	t.run.plan = p;
	t.run.where = where(number);
	host = json_object_get(t.run.where, "host");
	t.hostname = sl_json_text(host, "hostname");
	p->cpus = sl_host_cpus(host);
	printf("task %u on %s\n", number, t.hostname);
	fflush(stdout);
	status =
	    sl_task_counts(p, number) ? count_all(&t) : run_cells(&t, number);
	printf(
	    "%zu cells, %zu failed, exit status %d\n", t.ran, t.failed, status);
	json_decref(t.run.where);
	sl_manifest_destroy(&t.manifest);
	return status;
}
