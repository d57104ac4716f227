/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * paper.c - a publication: what it claims, and the experiment that asks.
 *
 * Called by the rooms of papers.
 */
#define _GNU_SOURCE
#include "harness/driver/paper.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/driver/file.h"
#include "harness/driver/version.h"

/* A file of the folder by one of the readers. */
static bool
read_file(struct sl_paper *p, const char *name, struct sl_refusal *why,
    bool (*reader)(
	struct sl_paper *, const char *, char *, struct sl_refusal *))
{
	char *path = sl_printf("%s/%s", p->dir, name);
	size_t len = 0;
	char *text = sl_file_read(path, &len);
	struct sl_blocks b = {.file = path};
	bool good;

	if (!text)
		good = sl_refuse(why, &b, 0, "%s", strerror(errno));
	else if (strlen(text) != len)
		good = sl_refuse(why, &b, 0, "a zero byte in the file");
	else
		good = reader(p, path, text, why);
	free(text);
	free(path);
	return good;
}

bool
sl_paper_read(struct sl_paper *p, const char *dir, struct sl_refusal *why)
{
	*p = (struct sl_paper){.dir = sl_strdup(dir), .key = sl_path_base(dir)};
	return read_file(p, "experiment", why, sl_paper_read_experiment) &&
	       read_file(p, "claims", why, sl_paper_read_claims);
}

static void
series_destroy(struct sl_series *s)
{
	free(s->name);
	free(s->workload);
	free(s->axis);
	sl_names_destroy(&s->values);
	sl_names_destroy(&s->allocators);
	free(s->threads.v);
	free(s->x);
	free(s->y);
}

static void
claim_destroy(struct sl_claim *c)
{
	free(c->id);
	free(c->says);
	free(c->source);
	free(c->published);
	free(c->measures);
	sl_expr_destroy(c->value);
	free(c->expects);
	free(c->unit_name);
	free(c->because);
	for (size_t i = 0; i < c->nneeds; i++) {
		free(c->needs[i].what);
		free(c->needs[i].text);
	}
	free(c->needs);
}

static void
figure_destroy(struct sl_figure *g)
{
	free(g->id);
	free(g->title);
	free(g->source);
	free(g->x_label);
	free(g->published_y_label);
	free(g->unit_name);
	for (size_t i = 0; i < g->n; i++) {
		free(g->lines[i].label);
		sl_curve_destroy(&g->lines[i].curve);
	}
	free(g->lines);
}

void
sl_paper_destroy(struct sl_paper *p)
{
	for (size_t i = 0; i < p->nseries; i++)
		series_destroy(&p->series[i]);
	for (size_t i = 0; i < p->nclaims; i++)
		claim_destroy(&p->claims[i]);
	for (size_t i = 0; i < p->nfigures; i++)
		figure_destroy(&p->figures[i]);
	sl_points_destroy(&p->points);
	free(p->series);
	free(p->claims);
	free(p->figures);
	free(p->key);
	free(p->dir);
	free(p->title);
	free(p->machine);
	free(p->control);
	*p = (struct sl_paper){0};
}

char *
sl_paper_workload(const struct sl_paper *p, const struct sl_point *at)
{
	const struct sl_series *s = &p->series[at->series];

	if (!s->axis)
		return sl_strdup(s->workload);
	return sl_printf("%s%c%s=%s", s->workload,
	    strchr(s->workload, ':') ? '+' : ':', s->axis,
	    s->values.v[at->value]);
}

const char *
sl_paper_allocator(const struct sl_paper *p, const struct sl_point *at)
{
	return p->series[at->series].allocators.v[at->allocator];
}

unsigned
sl_paper_threads(const struct sl_paper *p, const struct sl_point *at)
{
	return p->series[at->series].threads.v[at->threads];
}

/* --- where they are ------------------------------------------------------ */

/* Beside the program in a build folder, a level or two up; or installed. */
static void
add_places(struct sl_names *places)
{
	static const char *const up[] = {"papers", "../papers", "../../papers"};
	const char *given = getenv("SPANLAB_PAPERS_DIR");
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	char *dir;

	if (given && *given) {
		sl_names_add(places, given);
		return;
	}
	exe[n > 0 ? n : 0] = '\0';
	dir = sl_path_dir(exe);
	for (size_t i = 0; i < sizeof up / sizeof *up; i++) {
		char *place = sl_printf("%s/%s", dir, up[i]);

		sl_names_add(places, place);
		free(place);
	}
	free(dir);
	sl_names_add(places, SL_PKGDATADIR "/papers");
}

char *
sl_papers_dir(void)
{
	struct sl_names places = {0}, keys = {0};
	char *found = NULL, *list;

	add_places(&places);
	for (size_t i = 0; i < places.n && !found; i++) {
		sl_papers_keys(places.v[i], &keys);
		if (keys.n)
			found = sl_strdup(places.v[i]);
	}
	sl_names_destroy(&keys);
	if (!found) {
		list = sl_names_join(&places, ", ");
		sl_die(SL_EXIT_CANNOT,
		    "no publications in %s (set SPANLAB_PAPERS_DIR)", list);
	}
	sl_names_destroy(&places);
	return found;
}

static int
has_experiment(const char *dir, const char *name)
{
	char *path = sl_printf("%s/%s/experiment", dir, name);
	int has = *name != '.' && sl_file_exists(path);

	free(path);
	return has;
}

void
sl_papers_keys(const char *dir, struct sl_names *keys)
{
	struct dirent **entries;
	int n = scandir(dir, &entries, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		if (has_experiment(dir, entries[i]->d_name))
			sl_names_add(keys, entries[i]->d_name);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
}
