/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * paper_list.c - the command `spanlab papers`.
 *
 * Called by main.c.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/file.h"
#include "harness/driver/host.h"
#include "harness/driver/paper.h"
#include "harness/driver/reproduce.h"

/* What note_states() of reproduce.c has left. */
static json_t *
states(void)
{
	char *text = sl_file_read("results/papers/papers.json", NULL);
	json_t *root = text ? json_loads(text, 0, NULL) : NULL;

	free(text);
	return root;
}

static void
line(const struct sl_paper *p, const json_t *state)
{
	printf("%-14s %3zu claims  ", p->key, p->nclaims);
	if (state)
		printf("%2.0f reproduced, %2.0f not, %2.0f inconclusive",
		    sl_json_number(state, "reproduced", 0),
		    sl_json_number(state, "not_reproduced", 0),
		    sl_json_number(state, "inconclusive", 0));
	else
		printf("%-40s", "not run here");
	printf("  %s%s\n", p->control ? "(control) " : "", p->title);
}

int
sl_papers(int argc, char **argv)
{
	char *dir;
	struct sl_names keys = {0};
	json_t *root;
	int status = SL_EXIT_OK;

	(void)argv;
	if (argc > 1)
		sl_die(SL_EXIT_USAGE, "papers: usage: spanlab papers");
	dir = sl_papers_dir();
	root = states();
	sl_papers_keys(dir, &keys);
	for (size_t i = 0; i < keys.n; i++) {
		char *path = sl_printf("%s/%s", dir, keys.v[i]);
		struct sl_paper p;
		struct sl_refusal why;

		if (sl_paper_read(&p, path, &why)) {
			line(&p, json_object_get(root, keys.v[i]));
		} else {
			sl_complain("%s", why.text);
			status = SL_EXIT_USAGE;
		}
		sl_paper_destroy(&p);
		free(path);
	}
	json_decref(root);
	sl_names_destroy(&keys);
	free(dir);
	return status;
}
