/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmp_validate_page.c - what came of spanlab vmp validate: as a page, as
 * Markdown and as JSON.
 *
 * Called by vmp_validate.c.
 */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "harness/driver/html.h"
#include "harness/driver/page.h"
#include "harness/driver/vmp_validate.h"

static const struct {
	const char *key, *title, *says;
} parts[SL_VMP_NPARTS] = {
    [SL_VMP_REPEATS] = {"repeats", "One seed is one run",
	"Each run is a process of its own. Compared are "
	"digests of all steps and when they were taken, or all that was "
	"counted."},
    [SL_VMP_FORMULAS] = {"formulas", "What follows from a profile",
	"Expected is arithmetic over the profile's keys, without jitter; "
	"cycles for each operation of all threads."},
    [SL_VMP_TICKET] = {"ticket", "A ticket lock",
	"Expected is the chain of births and deaths of Boyd-Wickizer, "
	"Kaashoek, Morris and Zeldovich (2012); cycles for each acquisition "
	"of all threads."},
    [SL_VMP_PUBLISHED] = {"published", "Published curves",
	"Expected is what was published: the time from one increment of a "
	"shared variable to the next, of all threads together."},
    [SL_VMP_PROBES] = {"probes", "Loops on this machine",
	"Expected is what was measured here, medians; nanoseconds for each "
	"operation of all threads. The profile is that of spanlab vmp "
	"calibrate, host.profile beside this file."},
    [SL_VMP_VARIANTS] = {"variants", "Variants on this machine",
	"Expected is what was measured here, medians; nanoseconds for each "
	"malloc, with its free, of all threads together."},
};

static const char *const states[] = {
    [SL_VMP_WITHIN] = "within",
    [SL_VMP_OFF] = "off",
    [SL_VMP_TOLD] = "no gate",
};

static const char *
role(const struct sl_vmp_row *r)
{
	return r->is_fitted ? "fitted" : r->is_held_out ? "held out" : "";
}

static bool
has_rows(const struct sl_vmp_validation *v, int part, size_t of[3])
{
	bool has = false;

	of[0] = of[1] = of[2] = 0;
	for (size_t i = 0; i < v->n; i++)
		if ((int)v->rows[i].part == part) {
			of[sl_vmp_row_state(&v->rows[i])]++;
			has = true;
		}
	return has || v->notes[part].n;
}

/* What a cell says; the caller's buffers. */
struct cells {
	char want[64], got[64], error[32], gate[32];
};

static void
fill(const struct sl_vmp_row *r, struct cells *c)
{
	double error = sl_vmp_row_error(r);
	char number[32];

	if (r->want_text) {
		snprintf(c->want, sizeof c->want, "%s", r->want_text);
		snprintf(c->got, sizeof c->got, "%s", r->got_text);
		c->error[0] = '\0';
		snprintf(c->gate, sizeof c->gate, "equal");
		return;
	}
	snprintf(c->want, sizeof c->want, "%s %s",
	    sl_page_number(r->want, number), r->unit);
	snprintf(c->got, sizeof c->got, "%s %s", sl_page_number(r->got, number),
	    r->unit);
	if (isfinite(error))
		snprintf(c->error, sizeof c->error, "%+.1f %%", error);
	else
		snprintf(c->error, sizeof c->error, "-");
	if (r->gate < 0)
		c->gate[0] = '\0';
	else
		snprintf(c->gate, sizeof c->gate, "%g %%", r->gate);
}

/* --- Markdown ------------------------------------------------------------ */

char *
sl_vmp_validate_markdown(const struct sl_vmp_validation *v)
{
	struct sl_text t = {0};
	struct cells c;
	size_t of[3];

	sl_text_add(&t, "# The model, held against what is known without it\n");
	if (v->host_summary)
		sl_text_addf(&t, "\nThis machine: %s\n", v->host_summary);
	for (int p = 0; p < SL_VMP_NPARTS; p++) {
		if (!has_rows(v, p, of))
			continue;
		sl_text_addf(&t,
		    "\n## %s\n\n%s\n%zu within the gate, %zu off, %zu without "
		    "one.\n\n",
		    parts[p].title, parts[p].says, of[0], of[1], of[2]);
		for (size_t i = 0; i < v->notes[p].n; i++)
			sl_text_addf(&t, "- %s\n", v->notes[p].v[i]);
		sl_text_add(&t, "\n| what | expected | modelled | off by | "
				"gate | | |\n|---|---|---|---|---|---|---|\n");
		for (size_t i = 0; i < v->n; i++) {
			const struct sl_vmp_row *r = &v->rows[i];

			if ((int)r->part != p)
				continue;
			fill(r, &c);
			sl_text_addf(&t,
			    "| %s | %s | %s | %s | %s | %s | %s "
			    "|\n",
			    r->what, c.want, c.got, c.error, c.gate,
			    states[sl_vmp_row_state(r)], role(r));
		}
	}
	return t.s;
}

/* --- JSON ---------------------------------------------------------------- */

static json_t *
row_json(const struct sl_vmp_row *r)
{
	double error = sl_vmp_row_error(r);
	json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:s}", "part",
	    parts[r->part].key, "what", r->what, "unit", r->unit, "state",
	    states[sl_vmp_row_state(r)], "role", role(r));

	if (r->want_text) {
		json_object_set_new(o, "expected", json_string(r->want_text));
		json_object_set_new(o, "modelled", json_string(r->got_text));
		return o;
	}
	json_object_set_new(o, "expected",
	    isfinite(r->want) ? json_real(r->want) : json_null());
	json_object_set_new(
	    o, "modelled", isfinite(r->got) ? json_real(r->got) : json_null());
	json_object_set_new(o, "off_by_percent",
	    isfinite(error) ? json_real(error) : json_null());
	if (r->gate >= 0)
		json_object_set_new(o, "gate_percent", json_real(r->gate));
	return o;
}

char *
sl_vmp_validate_json(const struct sl_vmp_validation *v)
{
	json_t *root = json_pack("{s:s}", "kind", "modelled");
	json_t *rows = json_array(), *notes = json_array();
	char *text, *line;

	for (size_t i = 0; i < v->n; i++)
		json_array_append_new(rows, row_json(&v->rows[i]));
	for (int p = 0; p < SL_VMP_NPARTS; p++)
		for (size_t i = 0; i < v->notes[p].n; i++)
			json_array_append_new(
			    notes, json_string(v->notes[p].v[i]));
	if (v->host_summary)
		json_object_set_new(root, "host", json_string(v->host_summary));
	json_object_set_new(root, "notes", notes);
	json_object_set_new(root, "rows", rows);
	text = json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
	if (!text)
		sl_die(SL_EXIT_CANNOT, "out of memory");
	line = sl_printf("%s\n", text);
	free(text);
	json_decref(root);
	return line;
}

/* --- HTML ---------------------------------------------------------------- */

static const char sheet[] =
    "<style>td,th{text-align:left}td.n{text-align:right;white-space:nowrap}\n"
    ".state.off{color:var(--bad);font-weight:600}\n"
    ".state.within{color:var(--link)}</style>\n";

static void
html_row(struct sl_text *t, const struct sl_vmp_row *r)
{
	static const char *const classes[] = {"within", "off", "told"};
	enum sl_vmp_state s = sl_vmp_row_state(r);
	struct cells c;

	fill(r, &c);
	sl_text_add(t, "<tr><th scope=\"row\">");
	sl_html_text(t, r->what);
	sl_text_addf(t,
	    "</th><td class=\"n\">%s</td><td class=\"n\">%s</td><td "
	    "class=\"n\">%s</td><td class=\"n\">%s</td><td><span "
	    "class=\"state %s\">%s</span></td><td>%s</td></tr>\n",
	    c.want, c.got, c.error, c.gate, classes[s], states[s], role(r));
}

static void
html_part(struct sl_page *page, const struct sl_vmp_validation *v, int p)
{
	struct sl_text *t = &page->t;
	size_t of[3];

	if (!has_rows(v, p, of))
		return;
	sl_text_addf(
	    t, "<section>\n<h2 id=\"%s\">%s", parts[p].key, parts[p].title);
	if (of[SL_VMP_OFF])
		sl_text_addf(t, " <span class=\"badge warn\">%zu off</span>",
		    of[SL_VMP_OFF]);
	sl_text_addf(t, "</h2>\n<p>%s</p>\n", parts[p].says);
	for (size_t i = 0; i < v->notes[p].n; i++) {
		sl_text_add(t, "<p>");
		sl_html_text(t, v->notes[p].v[i]);
		sl_text_add(t, "</p>\n");
	}
	sl_page_table_begin(page, parts[p].title, "words");
	sl_text_add(t,
	    "<thead><tr><th scope=\"col\">what</th><th scope=\"col\">"
	    "expected</th><th scope=\"col\">modelled</th><th scope=\"col\">off "
	    "by</th><th scope=\"col\">gate</th><th></th><th></th></tr>"
	    "</thead><tbody>\n");
	for (size_t i = 0; i < v->n; i++)
		if ((int)v->rows[i].part == p)
			html_row(t, &v->rows[i]);
	sl_page_table_end(page);
	sl_text_add(t, "</section>\n");
}

char *
sl_vmp_validate_html(const struct sl_vmp_validation *v)
{
	struct sl_page page = {0};

	sl_text_add(&page.t,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta "
	    "charset=\"utf-8\">\n<meta name=\"viewport\" "
	    "content=\"width=device-width,initial-scale=1\">\n<meta "
	    "http-equiv=\"Content-Security-Policy\" content=\"default-src "
	    "'none'; style-src 'unsafe-inline'\">\n<title>Spanlab: the model, "
	    "validated</title>\n");
	sl_page_style(&page);
	sl_text_add(&page.t, sheet);
	sl_text_add(&page.t,
	    "</head>\n<body>\n<header>\n<h1>The model, held against what is "
	    "known without it</h1>\n<p>");
	if (v->host_summary)
		sl_html_text(&page.t, v->host_summary);
	sl_text_add(&page.t,
	    "</p>\n</header>\n<main id=\"main\">\n<p>A row is off if the "
	    "model differs by more than its gate: what the model says there "
	    "is wrong by so much. Fitted: a number of the profile was chosen "
	    "by this row. Held out: none was.</p>\n");
	for (int p = 0; p < SL_VMP_NPARTS; p++)
		html_part(&page, v, p);
	sl_text_add(&page.t,
	    "<footer>The same in <a href=\"validate.md\">validate.md</a> and "
	    "<a href=\"validate.json\">validate.json</a>.</footer>\n</main>\n"
	    "</body>\n</html>\n");
	return page.t.s;
}
