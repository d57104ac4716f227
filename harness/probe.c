/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * probe.c - which malloc answers, and what it and the kernel have counted.
 *
 * Called by the main thread of a bench program (bench.c, trial.c).
 */
#define _GNU_SOURCE 1
#include "harness/probe.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Written by init, constant afterwards. */
static struct sl_probe_calls lib;
static struct sl_probe probe;

/* Assign the address of a function found by name: ISO C has no cast from
 * void * to a function, POSIX demands that the copy works. */
static bool
find(void *function, const char *name)
{
	void *address = dlsym(RTLD_DEFAULT, name);

	memcpy(function, &address, sizeof(address));
	return address != NULL;
}

/* The file that defines the symbol; "" if none does. */
static void
file_of(const char *symbol, char *path, size_t len)
{
	void *address = dlsym(RTLD_DEFAULT, symbol);
	Dl_info info;

	path[0] = '\0';
	if (address != NULL && dladdr(address, &info) != 0 && info.dli_fname)
		snprintf(path, len, "%s", info.dli_fname);
}

void
sl_probe_init_with(const struct sl_probe_calls *calls)
{
	lib = *calls;
	if (lib.identity != NULL)
		snprintf(probe.identity, sizeof(probe.identity), "%s",
		    lib.identity());
	if (lib.relink_percent != NULL)
		probe.relink_percent = lib.relink_percent();
	if (lib.options_text != NULL) {
		lib.options_text(false, probe.options, sizeof(probe.options));
		lib.options_text(
		    true, probe.options_all, sizeof(probe.options_all));
	}
	if (lib.variant != NULL && probe.path[0] == '\0') {
		/* it is the program's own */
		ssize_t n = readlink(
		    "/proc/self/exe", probe.path, sizeof(probe.path) - 1);

		probe.path[n > 0 ? n : 0] = '\0';
	}
	if (lib.variant != NULL) {
		probe.variant = lib.variant();
		probe.mode = lib.mode != NULL ? lib.mode() : "";
		snprintf(probe.allocator, sizeof(probe.allocator), "%s",
		    probe.variant->name);
	}
}

static void
identify_spanlab(void)
{
	struct sl_probe_calls calls;

	free(malloc(1)); /* its options are read at the first allocation */
	find(&calls.variant, "sl_variant");
	find(&calls.identity, "sl_identity");
	find(&calls.mode, "sl_variant_mode");
	find(&calls.relink_percent, "sl_relink_percent");
	find(&calls.options_text, "sl_options_text");
	find(&calls.stats_read, "sl_stats_read");
	find(&calls.stats_classes, "sl_stats_classes");
	find(&calls.stats_thread, "sl_stats_thread");
	find(&calls.heap_check, "sl_heap_check");
	sl_probe_init_with(&calls);
}

static void
identify_jemalloc(void)
{
	int (*ctl)(const char *, void *, size_t *, void *, size_t);
	const char *version;
	size_t len = sizeof(version);

	if (find(&ctl, "mallctl") &&
	    ctl("version", &version, &len, NULL, 0) == 0)
		snprintf(probe.identity, sizeof(probe.identity), "jemalloc %s",
		    version);
}

static void
identify_mimalloc(void)
{
	int (*version)(void);

	if (find(&version, "mi_version"))
		snprintf(probe.identity, sizeof(probe.identity), "mimalloc %d",
		    version());
}

static void
identify_tcmalloc(void)
{
	const char *(*version)(int *, int *, const char **);
	int major;
	int minor;
	const char *patch;

	if (find(&version, "tc_version"))
		snprintf(probe.identity, sizeof(probe.identity), "%s",
		    version(&major, &minor, &patch));
}

static void
identify_glibc(void)
{
	const char *(*version)(void);

	if (find(&version, "gnu_get_libc_version"))
		snprintf(probe.identity, sizeof(probe.identity), "glibc %s",
		    version());
}

static void
identify_by_path(void)
{
	static const struct {
		const char *prefix;
		const char *name;
		void (*identify)(void);
	} known[] = {
	    {"libjemalloc", "jemalloc", identify_jemalloc},
	    {"libmimalloc", "mimalloc", identify_mimalloc},
	    {"libtcmalloc", "tcmalloc", identify_tcmalloc},
	    {"libtbbmalloc", "tbbmalloc", NULL},
	    {"libclang_rt.scudo", "scudo", NULL},
	    {"libc.so", "glibc", identify_glibc},
	    {"libc-", "glibc", identify_glibc},
	};
	const char *base = strrchr(probe.path, '/');

	base = base == NULL ? probe.path : base + 1;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strncmp(base, known[i].prefix, strlen(known[i].prefix)))
			continue;
		snprintf(probe.allocator, sizeof(probe.allocator), "%s",
		    known[i].name);
		if (known[i].identify != NULL)
			known[i].identify();
		return;
	}
	snprintf(probe.allocator, sizeof(probe.allocator), "%.63s",
	    base[0] != '\0' ? base : "unknown");
}

void
sl_probe_init(void)
{
	char path[sizeof(probe.path)];

	file_of("malloc", probe.path, sizeof(probe.path));
	file_of("sl_identity", path, sizeof(path));
	/* A spanlab library may be loaded behind another malloc. */
	if (path[0] != '\0' && strcmp(path, probe.path) == 0)
		identify_spanlab();
	else
		identify_by_path();
	if (probe.identity[0] == '\0')
		memcpy(
		    probe.identity, probe.allocator, sizeof(probe.allocator));
}

const struct sl_probe *
sl_probe_get(void)
{
	return &probe;
}

static void
sample_stats(struct sl_sample *out)
{
	unsigned n = 0;

	out->stats.size = sizeof(out->stats);
	if (lib.stats_classes != NULL)
		n = lib.stats_classes(&out->stats, out->row, SL_PROBE_CLASSES,
		    sizeof(out->row[0]));
	out->nrows = n < SL_PROBE_CLASSES ? n : SL_PROBE_CLASSES;
	out->has_stats = n != 0 || (lib.stats_read != NULL &&
				       lib.stats_read(&out->stats) == 0);
}

void
sl_probe_sample(struct sl_sample *out)
{
	struct rusage ru;

	memset(out, 0, sizeof(*out));
	sample_stats(out);
	getrusage(RUSAGE_SELF, &ru);
	out->minor_faults = (uint64_t)ru.ru_minflt;
	out->vol_switches = (uint64_t)ru.ru_nvcsw;
	out->invol_switches = (uint64_t)ru.ru_nivcsw;
}

bool
sl_probe_has_thread(void)
{
	return lib.stats_thread != NULL;
}

bool
sl_probe_thread(struct sl_thread_stats *out)
{
	out->size = sizeof(*out);
	out->refills = 0;
	return lib.stats_thread != NULL && lib.stats_thread(out) == 0;
}

bool
sl_probe_backlog(struct sl_backlog *out)
{
	struct sl_stats st = {.size = sizeof(st)};

	if (lib.stats_read == NULL || lib.stats_read(&st) != 0)
		return false;
	*out = (struct sl_backlog){
	    st.set_backlog, st.set_backlog_bytes, st.span_bytes};
	return true;
}

bool
sl_probe_check(char *why, size_t why_len, uint64_t *live_objects)
{
	*live_objects = 0;
	if (lib.heap_check == NULL)
		return true;
	return lib.heap_check(why, why_len, live_objects, NULL);
}

/* ru_maxrss would not do: it survives exec, so a parent's size may show. */
void
sl_probe_rss_reset(void)
{
	int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, "5", 1) != 1) {
		/* An old kernel: the peak is then that of the process. */
	}
	close(fd);
}

/* The number after `key` in /proc/self/status, which is in KiB. */
static uint64_t
status_kib(const char *key)
{
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	char buf[4096];
	const char *at;
	ssize_t n;

	if (fd < 0)
		return 0;
	n = read(fd, buf, sizeof(buf) - 1);
	close(fd);
	if (n <= 0)
		return 0;
	buf[n] = '\0';
	at = strstr(buf, key);
	return at == NULL ? 0 : strtoull(at + strlen(key), NULL, 10);
}

uint64_t
sl_probe_rss_peak_kib(void)
{
	return status_kib("VmHWM:");
}

uint64_t
sl_probe_rss_kib(void)
{
	return status_kib("VmRSS:");
}

uint64_t
sl_probe_rss_now_kib(void)
{
	static int fd = -1; /* main thread only */
	char buf[128];
	char *at;
	ssize_t n;

	if (fd < 0)
		fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : pread(fd, buf, sizeof(buf) - 1, 0);
	if (n <= 0)
		return 0;
	buf[n] = '\0';
	strtoull(buf, &at, 10);
	return strtoull(at, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
}
