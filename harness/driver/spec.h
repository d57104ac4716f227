/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spec.h - an allocator as the user writes it: NAME, NAME:OPTION=V+OPTION=V,
 * NAME=/path/to/lib.so, or that with options behind it.
 *
 * Used by pick, plan, manifest and the page.  Nothing here knows which
 * allocators or which options there are.
 */
#ifndef SL_DRIVER_SPEC_H
#define SL_DRIVER_SPEC_H

#include <stdbool.h>
#include <stddef.h>

struct sl_spec {
	char *series;  /* what it is called in results: without the path */
	char *base;    /* the allocator's name: without the options too */
	char *path;    /* NULL: none given */
	char *options; /* as in SPANLAB_OPTIONS; "" for NAME:default, the
			* library's own; NULL: none given */
};

/* False with one line in `why` if it cannot be read. */
bool sl_spec_parse(
    const char *text, struct sl_spec *out, char *why, size_t why_len);
void sl_spec_destroy(struct sl_spec *s);

/* A name of a series, which may become part of a file name. */
bool sl_spec_series_valid(const char *series);
/* Its allocator's name; the caller frees. */
char *sl_spec_base(const char *series);

/* Whether a text may be handed on as SPANLAB_OPTIONS. */
bool sl_spec_options_valid(const char *options);
/* Both lists of assignments as one; of an option in both, that of `over`.
 * The caller frees. */
char *sl_spec_merge(const char *under, const char *over);
/* Whether all assignments of `some` are in `all`. */
bool sl_spec_has_options(const char *all, const char *some);

#endif /* SL_DRIVER_SPEC_H */
