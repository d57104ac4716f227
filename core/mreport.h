/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mreport.h - all counters in one text: JSON, a table, or XML.
 *
 * Used by malloc (malloc_stats, malloc_info, and what the option stats asks
 * for at the end).  Nothing here allocates from the heap that it describes:
 * the snapshot is in pages of its own, text goes out piece by piece.
 */
#ifndef SL_MREPORT_H
#define SL_MREPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/mspan.h"
#include "core/spanlab.h"

/* As the words of the option stats. */
enum sl_report_form {
	SL_REPORT_JSON,
	SL_REPORT_TEXT,
	SL_REPORT_XML, /* malloc_info's */
};

/* Where the text goes. */
struct sl_report_out {
	void (*put)(void *arg, const char *text, size_t n);
	void *arg;
};

/* A snapshot, written out.  False: no memory for it, and nothing was. */
bool sl_report_print(enum sl_report_form form, const struct sl_report_out *out);

/* The file that the option stats names, if it does. */
void sl_report_at_end(void);

/* --- between the files of this room --------------------------------------- */

struct sl_report {
	struct sl_stats total;
	struct sl_class_stats row[SL_NUM_SPANCLASSES];
};

/* A field of struct sl_stats or of struct sl_class_stats: a uint64_t.  One
 * without a name is the title of those that follow. */
struct sl_report_field {
	const char *name;
	size_t at;
	const char *what; /* for people; NULL where they need no word */
};
extern const struct sl_report_field sl_report_totals[], sl_report_columns[];
extern const unsigned sl_report_ntotals, sl_report_ncolumns;

static inline uint64_t
sl_report_get(const void *of, const struct sl_report_field *f)
{
	return *(const uint64_t *)(const void *)((const char *)of + f->at);
}

/* Has anything been counted in the class? */
bool sl_report_is_used(const struct sl_class_stats *row);

/* Formats as sl_format() does, at most 255 bytes. */
void sl_report_say(const struct sl_report_out *out, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

void sl_report_json(const struct sl_report_out *, const struct sl_report *);
void sl_report_text(const struct sl_report_out *, const struct sl_report *);
void sl_report_xml(const struct sl_report_out *, const struct sl_report *);

#endif /* SL_MREPORT_H */
