/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * paper_text.c - what came of publications, as Markdown and as JSON.
 *
 * Called by reproduce.c.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/host.h"
#include "harness/driver/paper_report.h"
#include "harness/driver/version.h"

char *
sl_claim_value_text(const struct sl_claim *c, double v)
{
	if (isnan(v))
		return sl_strdup("-");
	return sl_printf("%.4g %s", v / c->unit_scale, c->unit_name);
}

char *
sl_claim_interval_text(const struct sl_claim *c, const struct sl_judgement *j)
{
	if (isnan(j->in.lo) || isnan(j->in.hi))
		return sl_strdup("");
	if (j->in.lo == j->in.hi)
		return sl_strdup("exact");
	return sl_printf(
	    "%.4g .. %.4g", j->in.lo / c->unit_scale, j->in.hi / c->unit_scale);
}

/* In a cell of a table. */
static void
cell(struct sl_text *t, const char *s)
{
	for (; *s; s++) {
		if (*s == '|')
			sl_text_add(t, "\\");
		sl_text_add_n(t, s, 1);
	}
}

static void
claim_row(
    struct sl_text *t, const struct sl_claim *c, const struct sl_judgement *j)
{
	char *value = sl_claim_value_text(c, j->value);
	char *interval = sl_claim_interval_text(c, j);

	sl_text_addf(t, "| %s | ", c->id);
	cell(t, c->says);
	sl_text_add(t, " | ");
	cell(t, c->published);
	sl_text_addf(t, " | %s | %s%s%s%s | **%s**%s", c->expects, value,
	    *interval ? " (" : "", interval, *interval ? ")" : "",
	    sl_claim_state_text(j->state), j->why ? ": " : "");
	cell(t, j->why ? j->why : "");
	sl_text_add(t, " |\n");
	free(interval);
	free(value);
}

static void
paper_section(
    struct sl_text *t, const struct sl_paper *p, const struct sl_verdicts *v)
{
	sl_text_addf(t, "\n## %s: %s\n\nPublished on: %s.\n", p->key, p->title,
	    p->machine);
	if (p->control)
		sl_text_addf(t,
		    "\nA control: every claim here must come out *not "
		    "reproduced*. %s\n",
		    p->control);
	sl_text_add(t,
	    "\n| Claim | It says | Published | Expected here | Measured "
	    "(95 %) | Verdict |\n|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < p->nclaims; i++)
		claim_row(t, &p->claims[i], &v->v[i]);
}

char *
sl_paper_markdown(
    const struct sl_reproduction *r, const struct sl_verdicts *verdicts)
{
	struct sl_text t = {0};
	char *host = sl_host_summary(r->host), now[32];

	sl_host_time_text(now);
	sl_text_addf(&t,
	    "# Published claims, judged here\n\n%s.  Spanlab %s, revision "
	    "%s, preset %s, %u rounds, %s.\n",
	    host, PACKAGE_VERSION, SL_GIT_REV, r->preset->name, r->rounds, now);
	for (size_t i = 0; i < r->npapers; i++)
		paper_section(&t, &r->papers[i], &verdicts[i]);
	free(host);
	return t.s;
}

/* JSON has no NAN and no infinity. */
static json_t *
number(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

static json_t *
claim_json(const struct sl_claim *c, const struct sl_judgement *j)
{
	json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}",
	    "id", c->id, "says", c->says, "published", c->published, "source",
	    c->source, "measures", c->measures, "expects", c->expects, "unit",
	    c->unit_name, "state", sl_claim_state_text(j->state), "why",
	    j->why ? j->why : "");

	json_object_set_new(o, "value", number(j->value / c->unit_scale));
	json_object_set_new(o, "lo", number(j->in.lo / c->unit_scale));
	json_object_set_new(o, "hi", number(j->in.hi / c->unit_scale));
	json_object_set_new(
	    o, "published_value", number(c->published_value / c->unit_scale));
	json_object_set_new(o, "rounds", json_integer((json_int_t)j->rounds));
	return o;
}

char *
sl_paper_json(
    const struct sl_reproduction *r, const struct sl_verdicts *verdicts)
{
	json_t *root, *papers = json_array();
	char now[32], *text;

	sl_host_time_text(now);
	for (size_t i = 0; i < r->npapers; i++) {
		const struct sl_paper *p = &r->papers[i];
		json_t *claims = json_array();

		for (size_t k = 0; k < p->nclaims; k++)
			json_array_append_new(claims,
			    claim_json(&p->claims[k], &verdicts[i].v[k]));
		json_array_append_new(
		    papers, json_pack("{s:s, s:s, s:b, s:o}", "key", p->key,
				"title", p->title, "control",
				p->control != NULL, "claims", claims));
	}
	root = json_pack("{s:i, s:s, s:s, s:s, s:i, s:s, s:O, s:o}", "schema",
	    1, "spanlab_version", PACKAGE_VERSION, "git_rev", SL_GIT_REV,
	    "preset", r->preset->name, "rounds", (int)r->rounds, "judged", now,
	    "host", r->host, "papers", papers);
	text = json_dumps(root, JSON_INDENT(1));
	json_decref(root);
	return text;
}
