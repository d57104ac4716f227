/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * host.c - gathers what must be known of the machine to believe a result.
 *
 * Called by sweep.c.  What a machine does not tell is left out, never guessed.
 */
#define _GNU_SOURCE
#include "harness/driver/host.h"

#include <hwloc.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "harness/driver/child.h"
#include "harness/driver/file.h"
#include "harness/driver/placement.h"

const char *
sl_json_text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

json_t *
sl_json_first_run(const json_t *root)
{
	json_t *run;
	size_t i;

	json_array_foreach(json_object_get(root, "benchmarks"), i,
	    run) if (!strcmp(sl_json_text(run, "run_type"),
			 "iteration")) return run;
	return NULL;
}

double
sl_json_number(const json_t *o, const char *key, double otherwise)
{
	const json_t *v = json_object_get(o, key);

	return json_is_number(v) ? json_number_value(v) : otherwise;
}

/* Takes the string; host names and models may be any bytes. */
static void
put_text(json_t *o, const char *key, char *value)
{
	if (value && *value) {
		json_t *s = json_string(value);

		if (!s) { /* not UTF-8 */
			for (char *p = value; *p; p++)
				if ((unsigned char)*p >= 128)
					*p = '?';
			s = json_string(value);
		}
		json_object_set_new(o, key, s);
	}
	free(value);
}

static void
put_number(json_t *o, const char *key, double value)
{
	if (value >= 0)
		json_object_set_new(o, key, json_real(value));
}

static void
put_count(json_t *o, const char *key, long long value)
{
	if (value >= 0)
		json_object_set_new(o, key, json_integer(value));
}

/* The value of "key : value" in a file of such lines, or NULL. */
static char *
field(const char *text, const char *key, char separator)
{
	size_t n = strlen(key);

	for (const char *line = text; line && *line;) {
		const char *next = strchr(line, '\n');

		if (!strncmp(line, key, n)) {
			const char *v = line + n;

			while (*v == ' ' || *v == '\t')
				v++;
			if (*v == separator) {
				v++;
				v += strspn(v, " \t\"");
				return sl_printf(
				    "%.*s", (int)strcspn(v, "\"\n"), v);
			}
		}
		line = next ? next + 1 : NULL;
	}
	return NULL;
}

static void
put_cpu(json_t *o)
{
	char *info = sl_file_read("/proc/cpuinfo", NULL);
	char *os = sl_file_read("/etc/os-release", NULL);
	char *flags = info ? field(info, "flags", ':') : NULL;
	char *model = info ? field(info, "model name", ':') : NULL;
	cpu_set_t set;

	put_text(o, "os", os ? field(os, "PRETTY_NAME", '=') : NULL);
	put_text(o, "cpu_model", model);
	if (flags)
		json_object_set_new(o, "virtual_machine",
		    json_boolean(strstr(flags, " hypervisor") != NULL));
	put_count(o, "cpus_online", sysconf(_SC_NPROCESSORS_ONLN));
	if (!sched_getaffinity(0, sizeof set, &set))
		put_count(o, "cpus_allowed", CPU_COUNT(&set));
	free(flags);
	free(info);
	free(os);
}

static void
put_cache(json_t *o, hwloc_topology_t t, const char *key, hwloc_obj_type_t type)
{
	hwloc_obj_t cache = hwloc_get_obj_by_type(t, type, 0);

	if (cache && cache->attr)
		put_count(o, key, (long long)cache->attr->cache.size);
}

static void
put_topology(json_t *o)
{
	hwloc_topology_t t;

	if (hwloc_topology_init(&t))
		return;
	if (!hwloc_topology_load(t)) {
		put_count(o, "packages",
		    hwloc_get_nbobjs_by_type(t, HWLOC_OBJ_PACKAGE));
		put_count(
		    o, "cores", hwloc_get_nbobjs_by_type(t, HWLOC_OBJ_CORE));
		put_count(o, "numa_nodes",
		    hwloc_get_nbobjs_by_type(t, HWLOC_OBJ_NUMANODE));
		put_cache(o, t, "l1d_bytes", HWLOC_OBJ_L1CACHE);
		put_cache(o, t, "l2_bytes", HWLOC_OBJ_L2CACHE);
		put_cache(o, t, "l3_bytes", HWLOC_OBJ_L3CACHE);
		put_text(o, "topology", sl_placement_topology(t));
		put_text(o, "caches", sl_placement_caches(t));
	}
	hwloc_topology_destroy(t);
}

/* The CPUs' worth that "max 100000" or "150000 100000" grants; -1: no limit
 * or no such file. */
static double
quota_of(const char *dir)
{
	char *path = sl_printf("%s/cpu.max", dir);
	char *line = sl_file_first_line(path);
	double quota, period, cpus = -1;

	if (line && sscanf(line, "%lf %lf", &quota, &period) == 2 && period > 0)
		cpus = quota / period;
	free(line);
	free(path);
	return cpus;
}

/* The least quota of our cgroup and those above it (version 2). */
static double
cgroup_cpus(void)
{
	char *text = sl_file_read("/proc/self/cgroup", NULL);
	char *group = text ? field(text, "0:", ':') : NULL;
	char *dir = sl_printf("/sys/fs/cgroup%s", group ? group : "");
	size_t root = strlen("/sys/fs/cgroup");
	double least = -1;

	for (;;) {
		double cpus = quota_of(dir);
		char *slash;

		if (cpus >= 0 && (least < 0 || cpus < least))
			least = cpus;
		slash = strrchr(dir, '/');
		if (!slash || (size_t)(slash - dir) < root)
			break;
		*slash = '\0';
	}
	free(dir);
	free(group);
	free(text);
	return least;
}

/* "always [madvise] never" -> "madvise" */
static char *
chosen(const char *path)
{
	char *line = sl_file_first_line(path), *open, *s = NULL;

	if (line && (open = strchr(line, '[')))
		s = sl_printf("%.*s", (int)strcspn(open + 1, "]"), open + 1);
	free(line);
	return s;
}

static void
put_settings(json_t *o)
{
	put_text(o, "governor",
	    sl_file_first_line(
		"/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"));
	put_text(
	    o, "thp", chosen("/sys/kernel/mm/transparent_hugepage/enabled"));
	put_text(o, "aslr",
	    sl_file_first_line("/proc/sys/kernel/randomize_va_space"));
	put_text(o, "overcommit",
	    sl_file_first_line("/proc/sys/vm/overcommit_memory"));
	put_text(
	    o, "smt", sl_file_first_line("/sys/devices/system/cpu/smt/active"));
	put_number(o, "cgroup_cpus", cgroup_cpus());
}

/* Variables that change what an allocator does. */
static void
put_environment(json_t *o)
{
	static const char *const prefixes[] = {"MALLOC_", "MIMALLOC_",
	    "TCMALLOC_", "GLIBC_TUNABLES=", "SPANLAB_RELINK=",
	    "SPANLAB_OPTIONS=", "JE_MALLOC_", "TBB_MALLOC_"};
	json_t *env = json_array();

	for (char **e = environ; *e; e++)
		for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
			if (!strncmp(*e, prefixes[i], strlen(prefixes[i])))
				json_array_append_new(env, json_string(*e));
	json_object_set_new(o, "environment", env);
}

json_t *
sl_host_facts(void)
{
	static const char *const gnuplot[] = {"gnuplot", "--version", NULL};
	json_t *o = json_object();
	struct utsname u;
	struct sysinfo si;

	if (!uname(&u)) {
		put_text(o, "hostname", sl_strdup(u.nodename));
		put_text(o, "kernel", sl_printf("%s %s", u.sysname, u.release));
		put_text(o, "machine", sl_strdup(u.machine));
	}
	put_cpu(o);
	put_topology(o);
	if (!sysinfo(&si))
		put_count(o, "memory_bytes",
		    (long long)si.totalram * (long long)si.mem_unit);
	put_settings(o);
	put_environment(o);
	put_text(o, "compiler", sl_strdup(__VERSION__));
	put_text(o, "gnuplot", sl_child_first_line(gnuplot));
	return o;
}

void
sl_host_time_text(char buf[32])
{
	time_t now = time(NULL);
	struct tm tm;

	gmtime_r(&now, &tm);
	strftime(buf, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}
