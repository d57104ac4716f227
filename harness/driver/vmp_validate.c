/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmp_validate.c - the command `spanlab vmp validate`: what is known without
 * the model, and what the model says of it.
 *
 * Called by vmp.c.  Its files are report.html, validate.md and validate.json;
 * what depends on no machine is the same in each run.
 */
#define _GNU_SOURCE
#include "harness/driver/vmp_validate.h"

#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/child.h"
#include "harness/driver/file.h"
#include "harness/driver/vmp.h"

void
sl_vmp_row_add(struct sl_vmp_validation *v, const struct sl_vmp_row *row)
{
	v->rows = sl_realloc(v->rows, (v->n + 1) * sizeof *v->rows);
	v->rows[v->n++] = *row;
}

void
sl_vmp_note(
    struct sl_vmp_validation *v, enum sl_vmp_part part, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	sl_names_add(&v->notes[part], text);
}

double
sl_vmp_row_error(const struct sl_vmp_row *row)
{
	if (row->want_text || !(row->want > 0))
		return NAN;
	return 100 * (row->got / row->want - 1);
}

enum sl_vmp_state
sl_vmp_row_state(const struct sl_vmp_row *row)
{
	if (row->want_text)
		return strcmp(row->want_text, row->got_text) ? SL_VMP_OFF
							     : SL_VMP_WITHIN;
	if (row->gate < 0)
		return SL_VMP_TOLD;
	/* A number that is none is off. */
	return fabs(sl_vmp_row_error(row)) <= row->gate ? SL_VMP_WITHIN
							: SL_VMP_OFF;
}

/* --- the command --------------------------------------------------------- */

static void
parse(struct sl_vmp_validation *v, int argc, char **argv)
{
	static const struct option options[] = {
	    {"profile", required_argument, NULL, 'p'},
	    {"output", required_argument, NULL, 'O'},
	    {"quick", no_argument, NULL, 'q'},
	    {"no-host", no_argument, NULL, 'n'},
	    {NULL, 0, NULL, 0},
	};
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (opt == 'p')
			v->profile = optarg;
		else if (opt == 'O' && *optarg)
			v->output = optarg;
		else if (opt == 'q')
			v->is_quick = true;
		else if (opt == 'n')
			v->no_host = true;
		else
			sl_vmp_wrong_option("validate", opt, argv);
	}
	if (optind < argc)
		sl_vmp_no_option("validate", argv[optind]);
}

static void
find_profiles(struct sl_vmp_validation *v)
{
	struct sl_names names = {0};

	if (v->profile)
		sl_names_add(&names, v->profile);
	else
		sl_vmp_profile_names(&names);
	for (size_t i = 0; i < names.n; i++) {
		char *file = sl_vmp_profile_path(names.v[i]);

		sl_names_add(&v->profiles, file);
		free(file);
	}
	sl_names_destroy(&names);
}

static void
put(const struct sl_vmp_validation *v, const char *name, char *text)
{
	char *path = sl_printf("%s/%s", v->output, name);

	sl_file_write_or_die(path, text);
	free(path);
	free(text);
}

/* False: something is off that follows from the model's own definition. */
static bool
summary(const struct sl_vmp_validation *v)
{
	size_t of[3] = {0};
	bool is_good = true;

	for (size_t i = 0; i < v->n; i++) {
		enum sl_vmp_state s = sl_vmp_row_state(&v->rows[i]);

		of[s]++;
		if (s == SL_VMP_OFF && v->rows[i].part <= SL_VMP_FORMULAS) {
			is_good = false;
			sl_complain("off: %s", v->rows[i].what);
		}
	}
	printf("compared    %zu: %zu within their gates, %zu off, %zu without "
	       "a gate\npage        %s/report.html\n",
	    v->n, of[SL_VMP_WITHIN], of[SL_VMP_OFF], of[SL_VMP_TOLD],
	    v->output);
	return is_good;
}

int
sl_vmp_validate(int argc, char **argv)
{
	struct sl_vmp_validation v = {.output = "results/vmp-validate/latest"};
	int err;

	parse(&v, argc, argv);
	find_profiles(&v);
	err = sl_dir_make(v.output);
	if (err)
		sl_die(SL_EXIT_CANNOT, "cannot make %s: %s", v.output,
		    strerror(err));
	sl_child_signals();
	sl_vmp_validate_model(&v);
	if (!v.no_host)
		sl_vmp_validate_host(&v);
	put(&v, "validate.json", sl_vmp_validate_json(&v));
	put(&v, "validate.md", sl_vmp_validate_markdown(&v));
	put(&v, "report.html", sl_vmp_validate_html(&v));
	return summary(&v) ? SL_EXIT_OK : SL_EXIT_CELLS_FAILED;
}
