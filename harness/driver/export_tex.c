/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * export_tex.c - the command `spanlab export`, and what its kinds share.
 *
 * Called by main.c, export_latex.c and export_pgfplots.c.
 */
#define _GNU_SOURCE
#include "harness/driver/export_tex.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/file.h"
#include "harness/driver/host.h"

/* What one character is in LaTeX, or NULL: itself. */
static const char *
tex_of(unsigned char c)
{
	static const struct {
		char c;
		const char *tex;
	} odd[] = {{'\\', "\\textbackslash{}"}, {'{', "\\{"}, {'}', "\\}"},
	    {'$', "\\$"}, {'&', "\\&"}, {'#', "\\#"}, {'%', "\\%"},
	    {'_', "\\_"}, {'^', "\\textasciicircum{}"},
	    {'~', "\\textasciitilde{}"}, {'<', "\\textless{}"},
	    {'>', "\\textgreater{}"}, {'|', "\\textbar{}"}, {'"', "''"},
	    {'-', "{-}"},
	    /* a line may end behind these */
	    {',', ",\\allowbreak{}"}, {'/', "/\\allowbreak{}"}};

	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
		if ((unsigned char)odd[i].c == c)
			return odd[i].tex;
	return c < ' ' || c == 0x7f ? " " : NULL;
}

void
sl_tex_text(struct sl_text *t, const char *s)
{
	const char *tex;

	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if ((c & 0xc0) == 0x80) /* the rest of a character of UTF-8 */
			continue;
		tex = c >= 0x80 ? "?" : tex_of(c);
		if (tex)
			sl_text_add(t, tex);
		else
			sl_text_add_n(t, s, 1);
	}
}

void
sl_tex_textf(struct sl_text *t, const char *fmt, ...)
{
	va_list args;
	char *s;

	va_start(args, fmt);
	if (vasprintf(&s, fmt, args) < 0)
		sl_die(SL_EXIT_CANNOT, "out of memory");
	va_end(args);
	sl_tex_text(t, s);
	free(s);
}

/* As it was typed, as far as that is known. */
static char *
command_of(const struct sl_manifest *m)
{
	struct sl_text t = {0};
	const json_t *v;
	size_t i;

	json_array_foreach(m->command, i, v)
	{
		sl_text_add(&t, i ? " " : "");
		if (json_is_string(v))
			sl_text_add(&t, json_string_value(v));
	}
	return t.s ? t.s : sl_strdup("");
}

void
sl_tex_notes(struct sl_text *t, const struct sl_results *r)
{
	const struct sl_manifest *m = &r->manifest;
	char *host = sl_host_summary(m->host), *command = command_of(m);

	sl_tex_textf(t, "%s%s. Spanlab %s, revision %s, %s, %s, preset %s. ",
	    m->model ? "Modelled, not measured: " : "", host, m->version,
	    m->revision, m->started, m->name, m->plan.preset);
	sl_text_add(t, "\\texttt{");
	sl_tex_text(t, command);
	sl_text_add(t, "}\n");
	free(host);
	free(command);
}

/* One line of a comment, whatever is in it. */
static void
comment(struct sl_text *t, const char *s)
{
	sl_text_add(t, "% ");
	for (; *s; s++)
		if ((unsigned char)*s >= ' ' && *s != 0x7f)
			sl_text_add_n(t, s, 1);
	sl_text_add(t, "\n");
}

void
sl_tex_head(struct sl_text *t, const struct sl_results *r, const char *what)
{
	const struct sl_manifest *m = &r->manifest;
	char *host = sl_host_summary(m->host), *command = command_of(m);

	comment(t, what);
	comment(t, m->model ? "Modelled, not measured." : "Measured.");
	comment(t, host);
	comment(t, m->name);
	comment(t, command);
	free(host);
	free(command);
}

bool
sl_tex_write(
    const char *dir, const char *name, const char *ending, struct sl_text *t)
{
	char *path = sl_printf("%s/%s.%s", dir, name, ending);
	int err = sl_file_write(path, t->s, t->len);

	if (err)
		sl_complain("cannot write %s: %s", path, strerror(err));
	free(path);
	sl_text_destroy(t);
	return err == 0;
}

struct wish {
	const char *latex, *pgfplots, *sweep;
};

static _Noreturn void
usage(void)
{
	sl_die(SL_EXIT_USAGE,
	    "export: usage: spanlab export [--latex DIR] [--pgfplots DIR] "
	    "[SWEEP]");
}

static struct wish
read_wish(int argc, char **argv)
{
	struct wish w = {NULL, NULL, NULL};

	for (int i = 1; i < argc; i++) {
		const char **to = !strcmp(argv[i], "--latex")      ? &w.latex
				  : !strcmp(argv[i], "--pgfplots") ? &w.pgfplots
								   : NULL;

		if (to == NULL) {
			if (argv[i][0] == '-' || w.sweep)
				usage();
			w.sweep = argv[i];
			continue;
		}
		if (++i == argc || !*argv[i] || *to)
			usage();
		*to = argv[i];
	}
	if (!w.latex && !w.pgfplots)
		usage();
	if (!w.sweep)
		w.sweep = "results/latest";
	return w;
}

static bool
make_dir(const char *dir)
{
	int err = sl_dir_make(dir);

	if (err)
		sl_complain("cannot make %s: %s", dir, strerror(err));
	return err == 0;
}

int
sl_export(int argc, char **argv)
{
	struct wish w = read_wish(argc, argv);
	struct sl_results r;
	bool good = true;
	char *why;

	if (!sl_results_read(&r, w.sweep, &why))
		sl_die(SL_EXIT_USAGE, "export: %s", why);
	if (w.latex)
		good = make_dir(w.latex) && sl_export_latex(&r, w.latex);
	if (good && w.latex)
		printf("LaTeX       %s/tables.tex\n", w.latex);
	if (good && w.pgfplots)
		good =
		    make_dir(w.pgfplots) && sl_export_pgfplots(&r, w.pgfplots);
	if (good && w.pgfplots)
		printf("pgfplots    %s/plots.tex\n", w.pgfplots);
	sl_results_destroy(&r);
	return good ? SL_EXIT_OK : SL_EXIT_CANNOT;
}
