/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mreport.c - all counters in one text: JSON, XML, and where it goes; see
 * mreport.h.  Called by malloc, and by programs (sl_stats_write).
 */
#include "core/mreport.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/die.h"
#include "core/file.h"
#include "core/mthread.h"
#include "core/options.h"
#include "core/sys.h"

void
sl_report_say(const struct sl_report_out *out, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	sl_vformat(text, sizeof(text), fmt, ap);
	va_end(ap);
	out->put(out->arg, text, strlen(text));
}

/* --- JSON ----------------------------------------------------------------- */

/* A string, in ASCII: other bytes, as of a path, are \u0080 to \u00ff. */
static void
json_string(const struct sl_report_out *out, const char *s)
{
	static const char hex[] = "0123456789abcdef";
	char code[] = "\\u0000";

	out->put(out->arg, "\"", 1);
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
			out->put(out->arg, s, 1);
			continue;
		}
		code[4] = hex[c / 16];
		code[5] = hex[c % 16];
		out->put(out->arg, code, 6);
	}
	out->put(out->arg, "\"", 1);
}

/* What names an object's end and the next member's key. */
static void
json_member(const struct sl_report_out *out, const char *before,
    const char *key, const char *value)
{
	sl_report_say(out, "%s\"%s\": ", before, key);
	json_string(out, value);
}

static void
json_fields(const struct sl_report_out *out, const void *of,
    const struct sl_report_field *f, unsigned n)
{
	const char *before = "";

	for (unsigned i = 0; i < n; i++) {
		if (f[i].name == NULL)
			continue;
		sl_report_say(out, "%s\"%s\": %lu", before, f[i].name,
		    (unsigned long)sl_report_get(of, &f[i]));
		before = ", ";
	}
}

static void
json_head(const struct sl_report_out *out)
{
	const struct sl_variant_info *v = sl_variant();
	char options[4096];

	(void)sl_options_text(true, options, sizeof(options));
	json_member(out, "{", "schema", "spanlab-stats-1");
	json_member(out, ",\n ", "library", sl_identity());
	sl_report_say(out, ",\n \"pid\": %u", (unsigned)getpid());
	json_member(out, ",\n \"variant\": {", "name", v->name);
	json_member(out, ", ", "mode", sl_variant_mode());
	json_member(out, ", ", "progress", v->progress);
	json_member(out, ", ", "order", v->order);
	json_member(out, "},\n ", "options", options);
}

void
sl_report_json(const struct sl_report_out *out, const struct sl_report *r)
{
	const char *before = "\n  {";

	json_head(out);
	sl_report_say(out, ",\n \"totals\": {");
	json_fields(out, &r->total, sl_report_totals, sl_report_ntotals);
	sl_report_say(out, "},\n \"classes\": [");
	for (unsigned i = 0; i < SL_NUM_SPANCLASSES; i++) {
		if (!sl_report_is_used(&r->row[i]))
			continue;
		sl_report_say(out, "%s", before);
		json_fields(
		    out, &r->row[i], sl_report_columns, sl_report_ncolumns);
		sl_report_say(out, "}");
		before = ",\n  {";
	}
	sl_report_say(out, "]}\n");
}

/* --- XML ------------------------------------------------------------------ */

/* Nothing that stands in it needs an escape. */
static void
xml_fields(const struct sl_report_out *out, const void *of,
    const struct sl_report_field *f, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (f[i].name != NULL)
			sl_report_say(out, " %s=\"%lu\"", f[i].name,
			    (unsigned long)sl_report_get(of, &f[i]));
}

static void
xml_sizes(const struct sl_report_out *out, const struct sl_stats *t)
{
	sl_report_say(out,
	    "<system type=\"current\" size=\"%lu\"/>\n"
	    "<system type=\"max\" size=\"%lu\"/>\n"
	    "<aspace type=\"total\" size=\"%lu\"/>\n"
	    "<aspace type=\"mprotect\" size=\"%lu\"/>\n",
	    (unsigned long)t->heap_mapped_bytes,
	    (unsigned long)t->heap_mapped_bytes,
	    (unsigned long)t->heap_mapped_bytes,
	    (unsigned long)t->heap_mapped_bytes);
}

static void
xml_totals(const struct sl_report_out *out, const struct sl_stats *t)
{
	sl_report_say(out,
	    "<total type=\"inuse\" count=\"%lu\" size=\"%lu\"/>\n"
	    "<total type=\"rest\" size=\"%lu\"/>\n",
	    (unsigned long)t->spans_inuse, (unsigned long)t->span_bytes,
	    (unsigned long)(t->heap_mapped_bytes - t->span_bytes));
	sl_report_say(out,
	    "<total type=\"mmap\" count=\"%lu\" size=\"%lu\"/>\n",
	    (unsigned long)(t->large_allocs - t->large_frees),
	    (unsigned long)(t->large_alloc_bytes - t->large_free_bytes));
}

void
sl_report_xml(const struct sl_report_out *out, const struct sl_report *r)
{
	sl_report_say(out,
	    "<malloc version=\"%s\">\n"
	    "<heap nr=\"0\">\n",
	    sl_identity());
	for (unsigned i = 0; i < SL_NUM_SPANCLASSES; i++) {
		if (!sl_report_is_used(&r->row[i]))
			continue;
		sl_report_say(out, "<class");
		xml_fields(
		    out, &r->row[i], sl_report_columns, sl_report_ncolumns);
		sl_report_say(out, "/>\n");
	}
	xml_sizes(out, &r->total);
	sl_report_say(out, "</heap>\n<counters");
	xml_fields(out, &r->total, sl_report_totals, sl_report_ntotals);
	sl_report_say(out, "/>\n");
	xml_totals(out, &r->total);
	xml_sizes(out, &r->total);
	sl_report_say(out, "</malloc>\n");
}

/* --- in which form, and where to ------------------------------------------ */

enum {
	REPORT_BYTES = (sizeof(struct sl_report) + SL_OS_PAGE - 1) /
		       SL_OS_PAGE * SL_OS_PAGE,
};

bool
sl_report_print(enum sl_report_form form, const struct sl_report_out *out)
{
	static void (*const print[])(
	    const struct sl_report_out *, const struct sl_report *) = {
	    [SL_REPORT_JSON] = sl_report_json,
	    [SL_REPORT_TEXT] = sl_report_text,
	    [SL_REPORT_XML] = sl_report_xml,
	};
	struct sl_report *r = sl_sys_alloc(REPORT_BYTES);

	if (r == NULL)
		return false;
	r->total.size = sizeof(r->total);
	(void)sl_stats_classes(
	    &r->total, r->row, SL_NUM_SPANCLASSES, sizeof(r->row[0]));
	print[form](out, r);
	sl_sys_free(r, REPORT_BYTES, SL_SYS_READY);
	return true;
}

static void
put_to_file(void *file, const char *text, size_t n)
{
	sl_file_put(file, text, n);
}

/* A file that was made and not filled stays behind, empty. */
static int
write_file(enum sl_report_form form, const char *path)
{
	struct sl_file f;
	struct sl_report_out out = {put_to_file, &f};
	bool done;
	int error;

	sl_file_create(&f, path);
	done = sl_report_print(form, &out);
	error = sl_file_close(&f);
	return error == 0 && !done ? ENOMEM : error;
}

SL_PUBLIC int
sl_stats_write(const char *path)
{
	return write_file(SL_REPORT_JSON, path);
}

void
sl_report_at_end(void)
{
	char path[SL_PATH_MAX];
	int error;

	if (sl_options.stats[0] == '\0')
		return;
	if (!sl_file_name(path, sl_options.stats)) {
		sl_warn("stats: the path is too long: %s", sl_options.stats);
		return;
	}
	error = write_file(sl_options.stats_form, path);
	if (error != 0)
		sl_warn(
		    "stats: cannot write %s (errno %u)", path, (unsigned)error);
}
