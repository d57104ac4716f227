/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vmp_calibrate_text.c - a profile of this machine as a text, where each number
 * says what it comes from; see vmp_calibrate.h.
 *
 * Called by vmp_calibrate.c.
 */
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/driver/host.h"
#include "harness/driver/stats.h"
#include "harness/driver/version.h"
#include "harness/driver/vmp_calibrate.h"

struct writer {
	struct sl_text t;
	const struct sl_calibration *c;
	const struct profile *others;
	double ghz;
	bool written[64]; /* by key */
};

/* Of all keys: the least and the most, and what another profile has. */
static const struct {
	const char *name, *kind;
	double least, most;
	size_t offset;
} keys[] = {
#define K(key, kind, least, most, what)                                        \
	{#key, #kind, least, most, offsetof(struct profile, key)},
    PROFILE_KEYS(K)
#undef K
};

enum { NKEYS = sizeof keys / sizeof *keys };
_Static_assert(NKEYS <= 64, "writer.written has a place for each");

static size_t
find(const char *key)
{
	size_t i = 0;

	while (i < NKEYS && strcmp(keys[i].name, key))
		i++;
	return i;
}

static double
median(const struct host_samples *s)
{
	return sl_stat_median(s->ns, s->n);
}

static double
loop(const struct writer *w, enum host_loop i)
{
	return median(&w->c->loop[i]);
}

/* --- lines --------------------------------------------------------------- */

static void line(struct writer *w, const char *key, const char *value,
    const char *fmt, ...) SL_PRINTF(4, 5);

static void
line(struct writer *w, const char *key, const char *value, const char *fmt, ...)
{
	char why[512], left[64];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof why, fmt, ap);
	va_end(ap);
	snprintf(left, sizeof left, "%s = %s", key, value);
	if (find(key) < NKEYS) /* ghz is none of the table */
		w->written[find(key)] = true;
	sl_text_addf(&w->t, "%-28s# %s\n", left, why);
}

/* As in 2x64; a time in ns, since cycles here are others. */
static void
assumed(struct writer *w, const char *key, const char *why)
{
	uint64_t v = *(const uint64_t *)(const void *)((const char *)w->others +
						       keys[find(key)].offset);
	char text[32];

	if (strcmp(keys[find(key)].kind, "TIME"))
		snprintf(text, sizeof text, "%llu", (unsigned long long)v);
	else
		snprintf(
		    text, sizeof text, "%.4g ns", (double)v / w->others->ghz);
	line(w, key, text, "assumed: as 2x64%s%s", *why ? "; " : "", why);
}

static void
count(struct writer *w, const char *key, unsigned n, const char *why)
{
	char text[16];

	snprintf(text, sizeof text, "%u", n);
	line(w, key, text, "%s", why);
}

/* "median 1.2 ns of 401 batches, 10 to 90 %: 1.1 to 1.3" */
static const char *
spread(const struct host_samples *s, char buf[128])
{
	snprintf(buf, 128,
	    "median %.4g ns of %u batches, 10 to 90 %%: %.4g to %.4g",
	    median(s), s->n, sl_stat_quantile(s->ns, s->n, 0.1),
	    sl_stat_quantile(s->ns, s->n, 0.9));
	return buf;
}

/* A time that was measured: ns of it are the key's. */
static void
measured(struct writer *w, const char *key, double ns,
    const struct host_samples *s, const char *how)
{
	size_t i = find(key);
	char text[32], buf[128];

	if (s->n == 0) {
		assumed(w, key, "not measured here");
		return;
	}
	if (ns < 0)
		ns = 0;
	if (ns * w->ghz < keys[i].least || ns * w->ghz > keys[i].most) {
		snprintf(
		    buf, sizeof buf, "measured %.4g ns, which cannot be", ns);
		assumed(w, key, buf);
		return;
	}
	snprintf(text, sizeof text, "%.4g ns", ns);
	line(w, key, text, "measured: %s; %s", how, spread(s, buf));
}

/* --- the parts of the file ----------------------------------------------- */

static void
head(struct writer *w)
{
	json_t *facts = sl_host_facts();
	char *host = sl_host_summary(facts), now[32];

	sl_host_time_text(now);
	sl_text_addf(&w->t,
	    "# host - this machine: %s\n#\n# Written by spanlab vmp calibrate "
	    "(%s, revision %s), %s.\n# \"measured\" is of that day and that "
	    "machine, in a loop that is named, a batch\n# of some ten "
	    "microseconds each; medians, and how far batches differ.\n# "
	    "\"assumed\" is not known of it: as in 2x64, in ns.%s\n\nname = "
	    "host\n",
	    host, PACKAGE_VERSION, SL_GIT_REV, now,
	    json_is_true(json_object_get(facts, "virtual_machine"))
		? "  This is a\n# virtual machine: its CPUs may be anywhere, "
		  "and move."
		: "");
	free(host);
	json_decref(facts);
}

static void
machine(struct writer *w)
{
	const struct sl_places *p = &w->c->places;
	const char *from = p->is_known ? "hwloc; as this process may use them"
				       : "assumed: what has which cache is not "
					 "known";
	char text[32], buf[128];

	snprintf(text, sizeof text, "%.4g", w->ghz);
	line(w, "ghz", text, "measured: %s; %s", host_loop_how(HOST_cycle),
	    spread(&w->c->loop[HOST_cycle], buf));
	count(w, "cores", p->cpus,
	    "CPUs that this process may use, threads of a core too");
	count(w, "cores_per_socket", p->per_socket, from);
	count(w, "cores_per_cluster", p->per_cluster, from);
}

static void
core(struct writer *w)
{
	static const struct {
		const char *key;
		enum host_loop loop;
	} plain[] = {
	    {"store", HOST_store},
	    {"rmw", HOST_rmw},
	    {"rmw16", HOST_rmw16},
	    {"fence", HOST_fence},
	};
	double instr = loop(w, HOST_tight);
	char how[160];

	sl_text_add(&w->t, "\n# a core by itself\n");
	measured(w, "instr", instr, &w->c->loop[HOST_tight],
	    host_loop_how(HOST_tight));
	snprintf(how, sizeof how, "%s, less instr", host_loop_how(HOST_load));
	measured(
	    w, "l1", loop(w, HOST_load) - instr, &w->c->loop[HOST_load], how);
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
		snprintf(how, sizeof how, "%s, less instr",
		    host_loop_how(plain[i].loop));
		measured(w, plain[i].key, loop(w, plain[i].loop) - instr,
		    &w->c->loop[plain[i].loop], how);
	}
	measured(w, "pause", loop(w, HOST_pause), &w->c->loop[HOST_pause],
	    host_loop_how(HOST_pause));
}

/* Of the given distance, or of the nearest that is less far. */
static const struct host_lines *
lines_of(const struct writer *w, enum sl_distance d, enum sl_distance *is)
{
	for (int i = (int)d; i >= 0; i--)
		if (w->c->lines[i].read.n) {
			*is = (enum sl_distance)i;
			return &w->c->lines[i];
		}
	for (int i = (int)d; i < SL_N_DISTANCES; i++)
		if (w->c->lines[i].read.n) {
			*is = (enum sl_distance)i;
			return &w->c->lines[i];
		}
	return NULL;
}

static void
line_cost(struct writer *w, const char *key, enum sl_distance d, size_t which,
    double less, const char *how)
{
	enum sl_distance is = d;
	const struct host_lines *l = lines_of(w, d, &is);
	const struct host_samples *s;
	char text[256];

	if (!l) {
		assumed(w, key, "one CPU");
		return;
	}
	s = (const void *)((const char *)l + which);
	snprintf(text, sizeof text, "%s%s, CPUs %d and %d%s", how,
	    less > 0 ? ", less what a hit costs" : "", w->c->places.first,
	    w->c->places.other[is],
	    is == d ? "" : ", for there are none so far apart");
	measured(w, key, median(s) - less, s, text);
}

static void
lines(struct writer *w)
{
	double hit = loop(w, HOST_load), add = loop(w, HOST_rmw);
	char how[160];

	sl_text_add(&w->t, "\n# lines\n");
	snprintf(how, sizeof how, "%s, less a hit", host_loop_how(HOST_cold));
	measured(
	    w, "cold", loop(w, HOST_cold) - hit, &w->c->loop[HOST_cold], how);
#define COST(key, d, samples, less, how)                                       \
	line_cost(w, key, d, offsetof(struct host_lines, samples), less, how)
#define CLEAN "loads of lines that the other has unchanged"
#define READ "loads of lines that the other changed"
#define OWN "locked additions to lines that the other changed"
#define UPGRADE "locked additions to lines that both have"
	COST("clean_socket", SL_IN_CLUSTER, clean, hit, CLEAN);
	COST("clean_remote", SL_REMOTE, clean, hit, CLEAN);
	COST("read_cluster", SL_IN_CLUSTER, read, hit, READ);
	COST("read_socket", SL_IN_SOCKET, read, hit, READ);
	COST("read_remote", SL_REMOTE, read, hit, READ);
	COST("own_cluster", SL_IN_CLUSTER, own, add, OWN);
	COST("own_socket", SL_IN_SOCKET, own, add, OWN);
	COST("own_remote", SL_REMOTE, own, add, OWN);
	COST("upgrade_socket", SL_IN_CLUSTER, upgrade, add, UPGRADE);
	COST("upgrade_remote", SL_REMOTE, upgrade, add, UPGRADE);
#undef COST
	assumed(w, "per_sharer", "");
	assumed(w, "occupancy", "");
}

/* With the nearest CPU: what a transfer takes, and what it takes in all. */
static bool
near_own(const struct writer *w, double *own)
{
	enum sl_distance is;
	const struct host_lines *l = lines_of(w, SL_IN_CLUSTER, &is);

	if (!l)
		return false;
	*own = median(&l->own) - loop(w, HOST_rmw);
	return *own > 0;
}

/* A hand-over by swaps is own + hold + rmw; in the time of one transfer and
 * what belongs to it, two threads that only add make 1 + snoop own / rmw
 * additions. */
static void
structure(struct writer *w)
{
	double rmw = loop(w, HOST_rmw), own, hold, percent;
	char buf[128], text[32];

	if (!near_own(w, &own) || w->c->swap.n == 0 || w->c->add.n == 0) {
		assumed(w, "hold", "one CPU");
		sl_text_add(&w->t, "\n# structure\n");
		assumed(w, "snoop_pct", "one CPU");
	} else {
		hold = fmax(0, median(&w->c->swap) - own - rmw);
		measured(w, "hold", hold, &w->c->swap,
		    "two threads that swap a word in turn, less own_cluster "
		    "and rmw");
		sl_text_add(&w->t, "\n# structure\n");
		percent = 100 * rmw / own *
			  ((own + hold + rmw) / median(&w->c->add) - 1);
		snprintf(
		    text, sizeof text, "%.0f", fmin(100, fmax(0, percent)));
		line(w, "snoop_pct", text,
		    "fitted to two threads that add to one word; %s",
		    spread(&w->c->add, buf));
	}
	assumed(w, "store_overlap", "");
	assumed(w, "near_socket_pct", "");
	assumed(w, "near_cluster_pct", "");
	assumed(w, "jitter_pct", "");
}

/* Other work on a CPU only adds, and much: the first tenth is the truth. */
static double
least(const struct host_samples *s)
{
	return sl_stat_quantile(s->ns, s->n, 0.1);
}

static void
kernel(struct writer *w)
{
	const struct host_kernel *k = &w->c->kernel;
	double syscall = loop(w, HOST_syscall);
	double wake = median(&k->wake) - syscall;
	double change = least(&k->yield) - syscall;
	char text[32];

	sl_text_add(&w->t, "\n# the kernel\n");
	measured(w, "syscall", syscall, &w->c->loop[HOST_syscall],
	    host_loop_how(HOST_syscall));
	measured(w, "futex_wait",
	    least(&k->turn) - 2 * syscall - fmax(0, isnan(change) ? 0 : change),
	    &k->turn,
	    "two threads on a CPU that wake each other, the first tenth, less "
	    "two calls and context_switch; the wake itself is in it");
	measured(w, "futex_wake", wake, &k->wake,
	    "a call that wakes a thread on another CPU, less syscall");
	measured(w, "wake_latency", median(&k->latency), &k->latency,
	    "from the end of that call until the thread runs");
	measured(w, "context_switch", change, &k->yield,
	    "two threads on a CPU that yield, the first tenth, less syscall");
	if (w->c->quantum_ns * w->ghz < 1000) {
		assumed(w, "quantum", "the kernel does not say");
	} else {
		snprintf(text, sizeof text, "%.4g ms", w->c->quantum_ns / 1e6);
		line(w, "quantum", text, "sched_rr_get_interval(2) says so");
	}
	measured(w, "thread_start", median(&k->start) - syscall, &k->start,
	    "pthread_create, less syscall");
	assumed(w, "thread_end", "");
	measured(w, "ipi", median(&k->barrier) - syscall, &k->barrier,
	    "membarrier while the other CPU runs the process, less syscall");
}

/* What is measured by none of the above. */
static void
rest(struct writer *w)
{
	for (size_t i = 0; i < NKEYS; i++)
		if (!w->written[i])
			assumed(w, keys[i].name, "");
}

char *
sl_calibration_text(
    const struct sl_calibration *c, const struct profile *others)
{
	struct writer w = {.c = c, .others = others};

	w.ghz = fmin(10, fmax(0.1, 1 / loop(&w, HOST_cycle)));
	head(&w);
	machine(&w);
	core(&w);
	lines(&w);
	structure(&w);
	kernel(&w);
	rest(&w);
	return w.t.s;
}
