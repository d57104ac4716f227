/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mreport_text.c - the counters as a table for people; see mreport.h.
 * Called by mreport.
 */
#include <string.h>

#include "core/die.h"
#include "core/mreport.h"
#include "core/options.h"

enum { NAME_WIDTH = 24, NUMBER_WIDTH = 14, COLUMN_WIDTH = 9 };

static void
pad(const struct sl_report_out *out, size_t used, size_t width)
{
	static const char blanks[] = "                        ";

	if (used < width)
		out->put(out->arg, blanks, width - used);
}

static void
right(const struct sl_report_out *out, const char *text, size_t width)
{
	pad(out, strlen(text), width);
	out->put(out->arg, text, strlen(text));
}

/* With a blank before it, however long it is. */
static void
number(const struct sl_report_out *out, uint64_t n, size_t width)
{
	char text[24];

	sl_format(text, sizeof(text), "%lu", (unsigned long)n);
	out->put(out->arg, " ", 1);
	right(out, text, width - 1);
}

static void
line(const struct sl_report_out *out, const char *name, uint64_t n,
    const char *what)
{
	sl_report_say(out, "  %s", name);
	pad(out, strlen(name) + 2, NAME_WIDTH);
	number(out, n, NUMBER_WIDTH);
	sl_report_say(
	    out, "%s%s\n", what != NULL ? "  " : "", what != NULL ? what : "");
}

/* Of `all`, in tenths of a percent. */
static void
share(const struct sl_report_out *out, const char *name, uint64_t n,
    uint64_t all, const char *what)
{
	char text[96];
	unsigned tenths =
	    all != 0 ? (unsigned)((double)n * 1000 / (double)all) : 0;

	sl_format(
	    text, sizeof(text), "%u.%u %%  %s", tenths / 10, tenths % 10, what);
	line(out, name, n, text);
}

/* Where allocations of small objects got their slot.  The fast path counts
 * nothing, so without accounting only the rest is known. */
static void
paths(const struct sl_report_out *out, const struct sl_stats *t)
{
	uint64_t small = t->allocs - t->large_allocs;

	sl_report_say(out, "\nPath of an allocation\n");
	if (t->accounting == SL_ACCOUNTING_OFF)
		sl_report_say(out, "  mcache hit              "
				   "   not counted  (accounting=off)\n");
	else
		share(out, "mcache hit",
		    small > t->refills ? small - t->refills : 0, small,
		    "of small objects: the span at hand had a slot");
	share(out, "harvest", t->harvests, t->refills,
	    "of refills: others had freed in the span");
	share(out, "held", t->reuses, t->refills,
	    "of refills: a span that the thread held");
	share(out, "partial hit", t->claims, t->refills,
	    "of refills: a span of the set");
	share(out, "grow", t->grows, t->refills,
	    "of refills: a span of fresh pages");
}

/* Nothing that is 0; a title only before what is not. */
static void
totals(const struct sl_report_out *out, const struct sl_stats *t)
{
	const char *title = NULL;

	for (unsigned i = 0; i < sl_report_ntotals; i++) {
		const struct sl_report_field *f = &sl_report_totals[i];

		if (f->name == NULL) {
			title = f->what;
			continue;
		}
		if (sl_report_get(t, f) == 0)
			continue;
		if (title != NULL)
			sl_report_say(out, "\n%s\n", title);
		title = NULL;
		line(out, f->name, sl_report_get(t, f), f->what);
	}
}

static void
classes(const struct sl_report_out *out, const struct sl_report *r)
{
	sl_report_say(out, "\nSpan classes (0 and 1: large objects)\n");
	for (unsigned i = 0; i < sl_report_ncolumns; i++)
		if (sl_report_columns[i].what != NULL)
			right(out, sl_report_columns[i].what, COLUMN_WIDTH);
	sl_report_say(out, "\n");
	for (unsigned spc = 0; spc < SL_NUM_SPANCLASSES; spc++) {
		if (!sl_report_is_used(&r->row[spc]))
			continue;
		for (unsigned i = 0; i < sl_report_ncolumns; i++)
			if (sl_report_columns[i].what != NULL)
				number(out,
				    sl_report_get(
					&r->row[spc], &sl_report_columns[i]),
				    COLUMN_WIDTH);
		sl_report_say(out, "\n");
	}
}

void
sl_report_text(const struct sl_report_out *out, const struct sl_report *r)
{
	sl_report_say(out, "%s: what is not listed is 0; see spanlab(3)\n",
	    sl_identity());
	paths(out, &r->total);
	totals(out, &r->total);
	classes(out, r);
}
