/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * host_doubts.c - reasons to doubt a result, from the facts of its machine.
 *
 * Called by sweep.c before it starts and by the report.  Works on stored
 * facts only, so that a report says the same on any machine.
 */
#include <stdlib.h>
#include <string.h>

#include "harness/driver/host.h"

unsigned
sl_host_cpus(const json_t *facts)
{
	double cpus = sl_json_number(
	    facts, "cpus_allowed", sl_json_number(facts, "cpus_online", 1));
	double quota = sl_json_number(facts, "cgroup_cpus", -1);

	if (quota >= 0 && quota < cpus)
		cpus = quota;
	return cpus < 1 ? 1 : cpus > 65536 ? 65536 : (unsigned)cpus;
}

const char *
sl_host_differs(const json_t *a, const json_t *b)
{
	static const char *const keys[] = {"cpu_model", "kernel"};

	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (strcmp(sl_json_text(a, keys[i]), sl_json_text(b, keys[i])))
			return keys[i];
	return sl_host_cpus(a) != sl_host_cpus(b) ? "cpus" : NULL;
}

char *
sl_host_fact_text(const json_t *facts, const char *key)
{
	if (!strcmp(key, "cpus"))
		return sl_printf("%u", sl_host_cpus(facts));
	return sl_strdup(sl_json_text(facts, key));
}

static void
add(struct sl_names *lines, char *line)
{
	sl_names_add(lines, line);
	free(line);
}

static void
doubt_settings(const json_t *f, struct sl_names *lines)
{
	const char *governor = sl_json_text(f, "governor");
	double quota = sl_json_number(f, "cgroup_cpus", -1);
	double allowed = sl_json_number(f, "cpus_allowed", 0);
	double online = sl_json_number(f, "cpus_online", 0);

	if (json_is_true(json_object_get(f, "virtual_machine")))
		add(lines,
		    sl_strdup("This is a virtual machine: what else its host "
			      "does moves the numbers, and a waiting thread "
			      "may hold a CPU that is not really there."));
	if (*governor && strcmp(governor, "performance"))
		add(lines,
		    sl_printf("The CPU frequency governor is '%s', not "
			      "'performance': clocks may rise during a cell.",
			governor));
	if (allowed > 0 && allowed < online)
		add(lines,
		    sl_printf("This process may use %.0f of %.0f CPUs "
			      "(taskset, or a cgroup's cpuset): threads are "
			      "placed on these.",
			allowed, online));
	if (quota >= 0)
		add(lines,
		    sl_printf("A cgroup grants %.2f CPUs' worth of time: "
			      "threads above that are stopped, not slowed.",
			quota));
	if (!strcmp(sl_json_text(f, "thp"), "always"))
		add(lines,
		    sl_strdup("Transparent huge pages are always on: "
			      "allocators that map large areas gain, and RSS "
			      "counts whole huge pages."));
	if (!strcmp(sl_json_text(f, "aslr"), "0"))
		add(lines,
		    sl_strdup("Address space randomisation is off: a layout "
			      "that happens to be good or bad stays for all "
			      "rounds."));
}

static void
doubt_environment(const json_t *f, struct sl_names *lines)
{
	json_t *env = json_object_get(f, "environment"), *v;
	size_t i;

	json_array_foreach(env, i, v) if (json_is_string(v)) add(lines,
	    sl_printf("Set in the environment: %s", json_string_value(v)));
}

static void
doubt_sessions(const json_t *f, const json_t *sessions, struct sl_names *lines)
{
	double cpus = sl_host_cpus(f);
	const json_t *s;
	size_t i;

	json_array_foreach(sessions, i, s)
	{
		double load = sl_json_number(s, "load1_before", -1);
		double steal = sl_json_number(s, "steal_percent", -1);
		double others = sl_json_number(s, "others_percent", -1);

		if (others > SL_HOST_OTHERS_MAX)
			add(lines,
			    sl_printf("The machine was busy in session %zu: "
				      "others had %.0f %% of its CPU time.",
				i + 1, others));
		else if (others < 0 && load > cpus / 4 + 0.1)
			add(lines,
			    sl_printf("When session %zu began the load was "
				      "%.2f on %.0f CPU%s, over the last "
				      "minute: what has not ended disturbs.",
				i + 1, load, cpus, cpus > 1 ? "s" : ""));
		if (steal > 1)
			add(lines,
			    sl_printf("In session %zu, %.1f %% of all CPU "
				      "time was stolen by the machine's host.",
				i + 1, steal));
	}
	if (json_array_size(sessions) > 1)
		add(lines,
		    sl_printf("The sweep was interrupted and taken up again: "
			      "%zu sessions.",
			json_array_size(sessions)));
}

void
sl_host_warnings(const json_t *facts, const json_t *sessions,
    unsigned max_threads, struct sl_names *lines)
{
	unsigned cpus = sl_host_cpus(facts);

	if (max_threads > cpus)
		add(lines,
		    sl_printf("The machine has %u CPU%s for this: results "
			      "with more threads than that show "
			      "oversubscription, not scaling.",
			cpus, cpus > 1 ? "s" : ""));
	doubt_settings(facts, lines);
	doubt_environment(facts, lines);
	doubt_sessions(facts, sessions, lines);
}

char *
sl_host_summary(const json_t *facts)
{
	const char *model = sl_json_text(facts, "cpu_model");
	double cpus = sl_json_number(facts, "cpus_allowed", 0);
	double memory = sl_json_number(facts, "memory_bytes", 0);

	return sl_printf("%.0f CPU%s (%s), %.1f GiB, %s, %s", cpus,
	    cpus == 1 ? "" : "s", *model ? model : "model unknown",
	    memory / 1073741824, sl_json_text(facts, "kernel"),
	    sl_json_text(facts, "os"));
}
