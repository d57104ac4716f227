/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * export_tex.h - a sweep for papers: the command `spanlab export`, LaTeX tables
 * and plots of pgfplots.
 *
 * Used by main.c and among export_tex.c, export_latex.c, export_pgfplots.c.
 */
#ifndef SL_DRIVER_EXPORT_TEX_H
#define SL_DRIVER_EXPORT_TEX_H

#include "harness/driver/results.h"

int sl_export(int argc, char **argv);

/* Text that LaTeX prints as it is; what is not ASCII becomes a question
 * mark. */
void sl_tex_text(struct sl_text *t, const char *s);
void sl_tex_textf(struct sl_text *t, const char *fmt, ...) SL_PRINTF(2, 3);

/* Machine, revision, rounds and command line, as a paragraph of a document. */
void sl_tex_notes(struct sl_text *t, const struct sl_results *r);
/* The same as comments, at the head of a file; `what` it is. */
void sl_tex_head(
    struct sl_text *t, const struct sl_results *r, const char *what);

/* DIR/NAME.ENDING; says so if it cannot. */
bool sl_tex_write(
    const char *dir, const char *name, const char *ending, struct sl_text *t);

/* All files of each kind; false: one could not be written, which was said. */
bool sl_export_latex(const struct sl_results *r, const char *dir);
bool sl_export_pgfplots(const struct sl_results *r, const char *dir);

#endif /* SL_DRIVER_EXPORT_TEX_H */
