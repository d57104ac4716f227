/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * paper_page.c - what came of publications, as one page.
 *
 * Called by reproduce.c.  One file without scripts, in the looks of the other
 * report.
 */
#include <stdlib.h>

#include "harness/driver/host.h"
#include "harness/driver/html.h"
#include "harness/driver/page.h"
#include "harness/driver/paper_report.h"
#include "harness/driver/version.h"

static const char sheet[] =
    "<style>.claims td,.claims th{text-align:left;white-space:normal}\n"
    ".claims td{max-width:17rem;min-width:6rem;overflow-wrap:anywhere}\n"
    ".claims td:nth-child(2){min-width:13rem}.claims td.n{white-space:nowrap}\n"
    ".state{font-weight:600;white-space:nowrap}\n"
    ".state.r0{color:var(--link)}.state.r1{color:var(--bad)}"
    ".state.r2{color:var(--soft)}\n"
    "figure{max-width:62rem}svg.claim{min-width:15rem}</style>\n";

static void
head(struct sl_page *page, const struct sl_reproduction *r)
{
	char *host = sl_host_summary(r->host), now[32];

	sl_host_time_text(now);
	sl_text_add(&page->t,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta "
	    "charset=\"utf-8\">\n<meta name=\"viewport\" "
	    "content=\"width=device-width,initial-scale=1\">\n<meta "
	    "http-equiv=\"Content-Security-Policy\" content=\"default-src "
	    "'none'; style-src 'unsafe-inline'\">\n<title>Spanlab: published "
	    "claims</title>\n");
	sl_page_style(page);
	sl_text_add(&page->t, sheet);
	sl_text_add(&page->t,
	    "</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the "
	    "results</a>\n<header>\n<h1>Published claims, judged here</h1>\n"
	    "<p>");
	sl_html_text(&page->t, host);
	sl_text_add(&page->t, "</p>\n<p class=\"soft\">");
	sl_html_textf(&page->t,
	    "Spanlab %s, revision %s, on %s, %s. Preset %s, %u rounds.",
	    PACKAGE_VERSION, SL_GIT_REV, sl_json_text(r->host, "hostname"), now,
	    r->preset->name, r->rounds);
	sl_text_add(&page->t, "</p>\n</header>\n<main id=\"main\">\n");
	free(host);
}

static void
counts(struct sl_text *t, const struct sl_verdicts *v)
{
	for (int s = 0; s < SL_N_STATES; s++)
		sl_text_addf(t, "<td class=\"n\">%zu</td>", v->of[s]);
}

static void
overview(struct sl_page *page, const struct sl_reproduction *r,
    const struct sl_verdicts *verdicts)
{
	struct sl_text *t = &page->t;

	sl_text_add(t,
	    "<div class=\"scroll\"><table class=\"claims\"><thead><tr>"
	    "<th>Publication</th><th></th><th>reproduced</th><th>not "
	    "reproduced</th><th>inconclusive</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < r->npapers; i++) {
		sl_text_add(t, "<tr><td><a href=\"#");
		sl_html_text(t, r->papers[i].key);
		sl_text_add(t, "\">");
		sl_html_text(t, r->papers[i].key);
		sl_text_add(t, "</a></td><td>");
		sl_html_text(t, r->papers[i].title);
		if (r->papers[i].control)
			sl_text_add(t, " <span class=\"badge quiet\">control: "
				       "none may be reproduced</span>");
		sl_text_add(t, "</td>");
		counts(t, &verdicts[i]);
		sl_text_add(t, "</tr>\n");
	}
	sl_text_add(t,
	    "</tbody></table></div>\n<p>A claim is reproduced if the whole "
	    "95 % interval of what was measured is as expected, not "
	    "reproduced if none of it is, and else inconclusive. In the small "
	    "pictures the band is what is expected, the diamond what was "
	    "published, the dot and its bar what was measured.</p>\n");
}

static void
claim_row(
    struct sl_text *t, const struct sl_claim *c, const struct sl_judgement *j)
{
	char *value = sl_claim_value_text(c, j->value);
	char *interval = sl_claim_interval_text(c, j);

	sl_text_add(t, "<tr><th scope=\"row\">");
	sl_html_text(t, c->id);
	sl_text_add(t, "</th><td>");
	sl_html_text(t, c->says);
	sl_text_add(t, "<br><small class=\"soft\">");
	sl_html_text(t, c->measures);
	sl_text_add(t, "</small></td><td>");
	sl_html_text(t, c->published);
	sl_text_add(t, "<br><small class=\"soft\">");
	sl_html_text(t, c->source);
	sl_text_add(t, "</small></td><td><span class=\"n\">");
	sl_html_text(t, c->expects);
	sl_text_add(t, "</span><br><small class=\"soft\">");
	sl_html_text(t, c->because);
	sl_text_add(t, "</small></td><td class=\"n\">");
	sl_html_textf(t, "%s", value);
	sl_text_add(t, "<br><small class=\"soft\">");
	sl_html_text(t, interval);
	sl_text_add(t, "</small></td><td>");
	sl_draw_claim(t, c, j);
	sl_text_addf(t, "</td><td><span class=\"state r%d\">%s</span>",
	    (int)j->state, sl_claim_state_text(j->state));
	if (j->why) {
		sl_text_add(t, "<br><small class=\"soft\">");
		sl_html_text(t, j->why);
		sl_text_add(t, "</small>");
	}
	sl_text_add(t, "</td></tr>\n");
	free(interval);
	free(value);
}

static void
section(
    struct sl_text *t, const struct sl_paper *p, const struct sl_verdicts *v)
{
	sl_text_add(t, "<section>\n<h2 id=\"");
	sl_html_text(t, p->key);
	sl_text_add(t, "\">");
	sl_html_text(t, p->title);
	sl_text_add(t, "</h2>\n<p class=\"soft\">Published on: ");
	sl_html_text(t, p->machine);
	sl_text_add(t, ".</p>\n");
	if (p->control) {
		sl_text_add(t, "<p>A control: every claim here must come out "
			       "<em>not reproduced</em>. ");
		sl_html_text(t, p->control);
		sl_text_add(t, "</p>\n");
	}
	sl_text_add(t,
	    "<div class=\"scroll\"><table class=\"claims\"><thead><tr>"
	    "<th></th><th>It says</th><th>Published</th><th>Expected "
	    "here</th><th>Measured</th><th></th><th>Verdict</th></tr>"
	    "</thead><tbody>\n");
	for (size_t i = 0; i < p->nclaims; i++)
		claim_row(t, &p->claims[i], &v->v[i]);
	sl_text_add(t, "</tbody></table></div>\n");
	for (size_t i = 0; i < p->nfigures; i++) {
		const struct sl_figure *g = &p->figures[i];

		sl_text_add(t, "<figure>\n<h3>");
		sl_html_text(t, g->title);
		sl_text_add(t, "</h3>\n");
		sl_draw_figure(t, p, g);
		sl_text_add(t, "<figcaption>Published: ");
		sl_html_text(t, g->source);
		sl_text_add(t, ". Measured: medians of all rounds; "
			       "points with more threads than CPUs show "
			       "oversubscription, not scaling."
			       "</figcaption>\n</figure>\n");
	}
	sl_text_add(t, "</section>\n");
}

char *
sl_paper_page(
    const struct sl_reproduction *r, const struct sl_verdicts *verdicts)
{
	struct sl_page page = {0};
	struct sl_names doubts = {0};

	head(&page, r);
	overview(&page, r, verdicts);
	sl_host_warnings(
	    r->host, json_object_get(r->store, "sessions"), 1, &doubts);
	if (doubts.n) {
		sl_text_add(&page.t, "<div class=\"notes\"><ul>\n");
		for (size_t i = 0; i < doubts.n; i++) {
			sl_text_add(&page.t, "<li>");
			sl_html_text(&page.t, doubts.v[i]);
			sl_text_add(&page.t, "</li>\n");
		}
		sl_text_add(&page.t, "</ul></div>\n");
	}
	for (size_t i = 0; i < r->npapers; i++)
		section(&page.t, &r->papers[i], &verdicts[i]);
	sl_text_add(&page.t,
	    "<footer>The same in <a href=\"report.md\">report.md</a> and <a "
	    "href=\"report.json\">report.json</a>; every measured number "
	    "comes from the cells beside this file.</footer>\n</main>\n"
	    "</body>\n</html>\n");
	sl_names_destroy(&doubts);
	return page.t.s;
}
