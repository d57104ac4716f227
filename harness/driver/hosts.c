/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hosts.c - the machines that the cells of one sweep ran on.
 *
 * Called by results.c, page_facts.c and export.c.  Two hosts are one only if
 * name and type agree: a node may be booted with another kernel in between.
 */
#include "harness/driver/hosts.h"

#include <stdlib.h>
#include <string.h>

#include "harness/driver/host.h"
#include "harness/driver/results.h"

static bool
is_same(const json_t *a, const json_t *b)
{
	return !strcmp(
		   sl_json_text(a, "hostname"), sl_json_text(b, "hostname")) &&
	       !sl_host_differs(a, b);
}

unsigned
sl_hosts_meet(struct sl_hosts *h, const json_t *spanlab)
{
	json_t *facts = json_object_get(spanlab, "host");
	double load = sl_json_number(
	    json_object_get(spanlab, "slurm"), "load1_before", -1);
	size_t i = 0;

	if (!json_is_object(facts))
		return 0;
	while (i < h->n && !is_same(h->v[i].facts, facts))
		i++;
	if (i == h->n) {
		h->v = sl_realloc(h->v, (h->n + 1) * sizeof *h->v);
		h->v[h->n++] =
		    (struct sl_host){.facts = json_incref(facts), .load1 = -1};
	}
	h->v[i].cells++;
	if (load > h->v[i].load1)
		h->v[i].load1 = load;
	return (unsigned)i + 1;
}

json_t *
sl_hosts_main(const struct sl_hosts *h)
{
	size_t most = 0;

	for (size_t i = 1; i < h->n; i++)
		if (h->v[i].cells > h->v[most].cells)
			most = i;
	return h->n ? h->v[most].facts : NULL;
}

void
sl_hosts_destroy(struct sl_hosts *h)
{
	for (size_t i = 0; i < h->n; i++)
		json_decref(h->v[i].facts);
	free(h->v);
	*h = (struct sl_hosts){0};
}

/* The first host that a block's round has, and whether it has others. */
static unsigned
host_of_round(const struct sl_results *r, const struct sl_cell *c, bool *mixed)
{
	const struct sl_plan *p = &r->manifest.plan;
	unsigned host = 0;

	for (size_t a = 0; a < p->allocators.n; a++) {
		const struct sl_result *res =
		    sl_results_at(r, c->workload, a, c->threads, c->round);

		if (host && res->host && res->host != host)
			*mixed = true;
		if (!host)
			host = res->host;
	}
	return host;
}

/* What was counted over blocks, which are a workload at a thread count. */
struct count {
	size_t blocks, of_types, rounds, mixed;
	const char *key; /* where types differ */
	unsigned one, other;
};

static void
count_block(const struct sl_results *r, struct sl_cell c, struct count *n)
{
	const struct sl_host *v = r->hosts.v;
	unsigned first = 0;
	bool differs = false;

	n->blocks++;
	for (c.round = 1; c.round <= r->manifest.plan.rounds; c.round++) {
		bool mixed = false;
		unsigned host = host_of_round(r, &c, &mixed);
		const char *key;

		n->rounds++;
		n->mixed += mixed;
		if (!first)
			first = host;
		if (!host || differs)
			continue;
		key = sl_host_differs(v[first - 1].facts, v[host - 1].facts);
		if (key) {
			differs = true;
			n->of_types++;
			n->key = key;
			n->one = first;
			n->other = host;
		}
	}
}

static void
add(struct sl_names *lines, char *line)
{
	sl_names_add(lines, line);
	free(line);
}

static void
warn_types(
    const struct sl_results *r, const struct count *n, struct sl_names *lines)
{
	const json_t *one = r->hosts.v[n->one - 1].facts;
	const json_t *other = r->hosts.v[n->other - 1].facts;
	char *a = sl_host_fact_text(one, n->key);
	char *b = sl_host_fact_text(other, n->key);

	add(lines,
	    sl_printf("In %zu of %zu points (a workload at a thread count) "
		      "rounds ran on hosts of different types (%s is '%s' on "
		      "%s, '%s' on %s): their spread is also that between "
		      "machines. Ratios within a round are of one host.",
		n->of_types, n->blocks, n->key, a,
		sl_json_text(one, "hostname"), b,
		sl_json_text(other, "hostname")));
	free(a);
	free(b);
}

void
sl_hosts_warnings(const struct sl_results *r, struct sl_names *lines)
{
	const struct sl_plan *p = &r->manifest.plan;
	struct count n = {0};
	struct sl_cell c = {0};

	for (c.workload = 0; c.workload < p->workloads.n; c.workload++)
		for (c.threads = 0; c.threads < p->threads.n; c.threads++)
			count_block(r, c, &n);
	if (n.mixed)
		add(lines,
		    sl_printf("In %zu of %zu rounds of a point the allocators "
			      "ran on different hosts: their ratios are not "
			      "of one machine.",
			n.mixed, n.rounds));
	if (n.of_types)
		warn_types(r, &n, lines);
	for (size_t i = 0; i < r->hosts.n; i++) {
		const struct sl_host *h = &r->hosts.v[i];
		double cpus = sl_host_cpus(h->facts);

		if (h->load1 > cpus / 4 + 0.1)
			add(lines,
			    sl_printf("%s was busy when a task began: load "
				      "%.2f on %.0f CPUs.",
				sl_json_text(h->facts, "hostname"), h->load1,
				cpus));
	}
}
