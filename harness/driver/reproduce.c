/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reproduce.c - the command `spanlab reproduce`.
 *
 * Called by main.c.  Cells are stored one by one as in a sweep, so what was
 * interrupted goes on with the same command, and what another publication
 * has measured already is not measured again.
 */
#define _GNU_SOURCE
#include "harness/driver/reproduce.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/cell_run.h"
#include "harness/driver/child.h"
#include "harness/driver/file.h"
#include "harness/driver/host.h"
#include "harness/driver/instructions.h"
#include "harness/driver/locate.h"
#include "harness/driver/paper_report.h"
#include "harness/driver/progress.h"

struct session {
	struct sl_reproduction r;
	struct sl_progress progress;
	const char *results;
	bool is_dry, is_judge_only;
	size_t ran;
	double took_s;
	struct sl_host_moment before;
};

static const char usage[] =
    "reproduce: usage: spanlab reproduce KEY[,KEY]|all [--preset quick|full] "
    "[--rounds N] [--output DIR] [--others PERCENT] [--dry-run | --judge]";

/* --- what was asked for --------------------------------------------------- */

static void
load_papers(struct sl_reproduction *r, const char *wanted)
{
	char *dir = sl_papers_dir();
	struct sl_names all = {0}, keys = {0};
	struct sl_refusal why;

	sl_papers_keys(dir, &all);
	if (!strcmp(wanted, "all"))
		for (size_t i = 0; i < all.n; i++)
			sl_names_add(&keys, all.v[i]);
	else
		sl_names_split(&keys, wanted);
	r->papers = sl_alloc_array(keys.n, sizeof *r->papers);
	for (size_t i = 0; i < keys.n; i++) {
		char *path = sl_printf("%s/%s", dir, keys.v[i]);

		if (!sl_names_has(&all, keys.v[i]))
			sl_die(SL_EXIT_USAGE,
			    "there is no publication '%s' (spanlab papers "
			    "lists them)",
			    keys.v[i]);
		if (!sl_paper_read(&r->papers[r->npapers++], path, &why))
			sl_die(SL_EXIT_USAGE, "%s", why.text);
		free(path);
	}
	sl_names_destroy(&keys);
	sl_names_destroy(&all);
	free(dir);
}

static unsigned
rounds_of(const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	if (*end || n < SL_STAT_BOOTSTRAP_FROM || n > SL_ROUNDS_MAX)
		sl_die(SL_EXIT_USAGE, "--rounds takes %d to %d, not '%s'",
		    SL_STAT_BOOTSTRAP_FROM, SL_ROUNDS_MAX, text);
	return (unsigned)n;
}

static double
percent_of(const char *text)
{
	char *end;
	double v = strtod(text, &end);

	if (end == text || *end || !(v >= 0 && v <= 100))
		sl_die(
		    SL_EXIT_USAGE, "--others takes 0 to 100, not '%s'", text);
	return v;
}

static const struct sl_reproduce_preset *
preset_of(const char *text)
{
	const struct sl_reproduce_preset *p = sl_reproduce_preset(text);

	if (!p)
		sl_die(SL_EXIT_USAGE, "--preset takes quick or full, not '%s'",
		    text);
	return p;
}

static void
parse(struct session *s, int argc, char **argv)
{
	static const struct option options[] = {
	    {"preset", required_argument, NULL, 'p'},
	    {"rounds", required_argument, NULL, 'r'},
	    {"output", required_argument, NULL, 'o'},
	    {"others", required_argument, NULL, 'b'},
	    {"dry-run", no_argument, NULL, 'd'},
	    {"judge", no_argument, NULL, 'j'}, {0}};
	int c;

	s->results = "results/papers";
	s->r.here.others_max = SL_HOST_OTHERS_MAX;
	s->r.preset = sl_reproduce_preset("quick");
	opterr = 0;
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'p')
			s->r.preset = preset_of(optarg);
		else if (c == 'r')
			s->r.rounds = rounds_of(optarg);
		else if (c == 'o')
			s->results = optarg;
		else if (c == 'b')
			s->r.here.others_max = percent_of(optarg);
		else if (c == 'd')
			s->is_dry = true;
		else if (c == 'j')
			s->is_judge_only = true;
		else
			sl_die(SL_EXIT_USAGE, "%s", usage);
	}
	if (optind + 1 != argc)
		sl_die(SL_EXIT_USAGE, "%s", usage);
	if (!s->r.rounds)
		s->r.rounds = s->r.preset->rounds;
	load_papers(&s->r, argv[optind]);
}

/* --- measuring ------------------------------------------------------------ */

static bool
is_stored(const struct sl_reproduction *r, const struct sl_wanted *w,
    const struct sl_cell *cell)
{
	char *folder = sl_reproduction_folder(r, w->program);
	const struct sl_plan *plan = &r->plan[w->program];
	bool is = w->counts ? sl_instructions_stored(
				  plan, cell->workload, cell->allocator, folder)
			    : sl_cell_stored(plan, cell, folder);

	free(folder);
	return is;
}

/* Instructions are counted once. */
static unsigned
rounds(const struct sl_reproduction *r, const struct sl_wanted *w)
{
	return w->counts ? 1 : r->rounds;
}

static size_t
missing(const struct sl_reproduction *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->nwanted; i++) {
		struct sl_cell cell = r->wanted[i].cell;

		for (cell.round = 1; cell.round <= rounds(r, &r->wanted[i]);
		     cell.round++)
			n += !is_stored(r, &r->wanted[i], &cell);
	}
	return n;
}

/* How busy the machine was, for the report and for what may be judged. */
static void
note_session(struct session *s)
{
	struct sl_host_moment after;

	if (s->ran == 0)
		return;
	sl_host_moment_take(&after);
	sl_reproduction_note(&s->r,
	    json_pack("{s:i, s:f, s:f, s:f}", "cells", (int)s->ran,
		"load1_before", s->before.load1, "steal_percent",
		sl_host_steal_percent(&s->before, &after), "others_percent",
		sl_host_others_percent(&s->before, &after)));
}

static _Noreturn void
break_off(struct session *s, int status, const char *why)
{
	sl_progress_clear(&s->progress);
	note_session(s);
	sl_complain("%s; what was measured is kept in %s, and the same "
		    "command goes on",
	    why, s->r.dir);
	exit(status);
}

static void
run_one(struct session *s, struct sl_wanted *w, const struct sl_cell *cell)
{
	const struct sl_plan *plan = &s->r.plan[w->program];
	char *folder = sl_reproduction_folder(&s->r, w->program);
	char *name = sl_cell_name(plan, cell);
	struct sl_cell_run run = {
	    .plan = plan, .bench = s->r.bench, .dir = folder};
	enum sl_cell_end end;

	sl_progress_show(&s->progress, name);
	if (sl_child_stop_wanted())
		break_off(s, SL_EXIT_INTERRUPTED, "interrupted");
	end = w->counts
		  ? sl_instructions_run(&run, cell->workload, cell->allocator)
		  : sl_cell_run(&run, cell);
	if (end == SL_CELL_INTERRUPTED)
		break_off(s, SL_EXIT_INTERRUPTED, "interrupted");
	if (end == SL_CELL_NOT_STORED)
		break_off(s, SL_EXIT_CANNOT, strerror(run.err));
	if (end == SL_CELL_FAILED) {
		w->has_failed = true;
		s->progress.failed++;
		sl_progress_clear(&s->progress);
		sl_complain("%s: %s: %s", name, run.status, run.detail);
	}
	s->ran++;
	s->took_s += run.wall_s;
	s->progress.done++;
	s->progress.left_s = s->took_s / (double)s->ran *
			     (double)(s->progress.total - s->progress.done);
	free(name);
	free(folder);
}

/* All cells of one round in an order of its own: whatever drifts on the
 * machine meets all of them. */
static void
run_round(struct session *s, unsigned round)
{
	struct sl_reproduction *r = &s->r;
	struct sl_rng rng = {round};
	size_t *order = sl_alloc_array(r->nwanted + 1, sizeof *order);

	for (size_t i = 0; i < r->nwanted; i++) {
		size_t k = sl_rng_below(&rng, i + 1);

		order[i] = order[k];
		order[k] = i;
	}
	for (size_t i = 0; i < r->nwanted; i++) {
		struct sl_wanted *w = &r->wanted[order[i]];
		struct sl_cell cell = w->cell;

		cell.round = round;
		if (round > rounds(r, w) || is_stored(r, w, &cell))
			continue;
		if (w->has_failed)
			s->progress.done++;
		else if (!w->counts || sl_instructions_possible())
			run_one(s, w, &cell);
	}
	free(order);
}

static void
run_all(struct session *s)
{
	size_t n = missing(&s->r);

	printf("papers      %zu with their claims\n", s->r.npapers);
	printf("results     %s\n", s->r.dir);
	printf("cells       %zu to run, %zu there\n", n,
	    s->r.nwanted * s->r.rounds > n ? s->r.nwanted * s->r.rounds - n
					   : 0);
	fflush(stdout);
	sl_progress_begin(&s->progress, n);
	s->progress.left_s = (double)n * (s->r.preset->window_s + 0.15);
	for (unsigned round = 1; round <= s->r.rounds; round++)
		run_round(s, round);
	sl_progress_clear(&s->progress);
}

/* --- judging -------------------------------------------------------------- */

static struct sl_verdicts *
judge_all(struct sl_reproduction *r)
{
	struct sl_verdicts *v = sl_alloc_array(r->npapers, sizeof *v);

	for (size_t i = 0; i < r->npapers; i++) {
		struct sl_paper *p = &r->papers[i];

		v[i].v = sl_alloc_array(p->nclaims, sizeof *v[i].v);
		for (size_t k = 0; k < p->nclaims; k++) {
			sl_claim_judge(p, &p->claims[k], &r->here, &v[i].v[k]);
			v[i].of[v[i].v[k].state]++;
		}
	}
	return v;
}

static void
write_file(const char *dir, const char *name, char *text)
{
	char *path = sl_printf("%s/%s", dir, name);

	sl_file_write_or_die(path, text);
	free(path);
	free(text);
}

/* papers.json in the results: what `spanlab papers` lists. */
static void
note_states(const struct session *s, const struct sl_verdicts *v)
{
	char *path = sl_printf("%s/papers.json", s->results);
	char *text = sl_file_read(path, NULL);
	json_t *root = text ? json_loads(text, 0, NULL) : NULL;

	if (!json_is_object(root)) {
		json_decref(root);
		root = json_object();
	}
	for (size_t i = 0; i < s->r.npapers; i++)
		json_object_set_new(root, s->r.papers[i].key,
		    json_pack("{s:i, s:i, s:i, s:s}", "reproduced",
			(int)v[i].of[SL_REPRODUCED], "not_reproduced",
			(int)v[i].of[SL_NOT_REPRODUCED], "inconclusive",
			(int)v[i].of[SL_INCONCLUSIVE], "folder", s->r.dir));
	free(text);
	text = json_dumps(root, JSON_INDENT(1));
	json_decref(root);
	write_file(s->results, "papers.json", text);
	free(path);
}

static void
say(const struct sl_reproduction *r, const struct sl_verdicts *v)
{
	for (size_t i = 0; i < r->npapers; i++) {
		const struct sl_paper *p = &r->papers[i];

		printf("%s%s\n", p->key,
		    p->control ? " (control: none may be reproduced)" : "");
		for (size_t k = 0; k < p->nclaims; k++) {
			const struct sl_judgement *j = &v[i].v[k];
			char *value =
			    sl_claim_value_text(&p->claims[k], j->value);
			char *in = sl_claim_interval_text(&p->claims[k], j);

			printf("  %-10s %-15s %s%s%s%s%s%s%s, expected %s\n",
			    p->claims[k].id, sl_claim_state_text(j->state),
			    value, *in ? " (" : "", in, *in ? ")" : "",
			    j->why ? " [" : "", j->why ? j->why : "",
			    j->why ? "]" : "", p->claims[k].expects);
			free(in);
			free(value);
		}
	}
}

static int
sum_up(const struct sl_reproduction *r, const struct sl_verdicts *v)
{
	size_t of[SL_N_STATES] = {0}, controls = 0, wrong = 0;

	for (size_t i = 0; i < r->npapers; i++) {
		if (r->papers[i].control) {
			controls += v[i].of[SL_NOT_REPRODUCED];
			wrong += v[i].of[SL_REPRODUCED];
			continue;
		}
		for (int k = 0; k < SL_N_STATES; k++)
			of[k] += v[i].of[k];
	}
	printf("claims      %zu reproduced, %zu not reproduced, %zu "
	       "inconclusive\n",
	    of[SL_REPRODUCED], of[SL_NOT_REPRODUCED], of[SL_INCONCLUSIVE]);
	if (controls + wrong)
		printf("controls    %zu not reproduced, as it must be\n",
		    controls);
	fflush(stdout);
	if (wrong)
		sl_complain("%zu claim%s of a control came out reproduced: do "
			    "not believe the others",
		    wrong, wrong > 1 ? "s" : "");
	if (of[SL_NOT_REPRODUCED] || wrong)
		return SL_EXIT_CELLS_FAILED;
	return of[SL_REPRODUCED] + controls ? SL_EXIT_OK
					    : SL_EXIT_NOTHING_JUDGED;
}

int
sl_reproduce(int argc, char **argv)
{
	struct session s = {0};
	struct sl_verdicts *v;
	int status;

	parse(&s, argc, argv);
	s.r.bench = sl_locate_bench();
	sl_child_signals();
	sl_reproduction_plan(&s.r);
	if (s.is_dry) {
		printf("cells       %zu, of %u rounds\nestimate    %.0f s\n",
		    s.r.nwanted * s.r.rounds, s.r.rounds,
		    (double)(s.r.nwanted * s.r.rounds) *
			(s.r.preset->window_s + 0.15));
		sl_reproduction_destroy(&s.r);
		return SL_EXIT_OK;
	}
	sl_reproduction_open(&s.r, s.results);
	sl_host_moment_take(&s.before);
	if (!s.is_judge_only)
		run_all(&s);
	note_session(&s);
	s.r.here.others = sl_reproduction_others(&s.r);
	sl_reproduction_read(&s.r);
	v = judge_all(&s.r);
	write_file(s.r.dir, "report.html", sl_paper_page(&s.r, v));
	write_file(s.r.dir, "report.md", sl_paper_markdown(&s.r, v));
	write_file(s.r.dir, "report.json", sl_paper_json(&s.r, v));
	note_states(&s, v);
	say(&s.r, v);
	printf("report      %s/report.html\n", s.r.dir);
	status = sum_up(&s.r, v);
	for (size_t i = 0; i < s.r.npapers; i++) {
		for (size_t k = 0; k < s.r.papers[i].nclaims; k++)
			free(v[i].v[k].why);
		free(v[i].v);
	}
	free(v);
	sl_reproduction_destroy(&s.r);
	return status;
}
