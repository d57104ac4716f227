/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hwcount.c - what one thread had of its processor.
 *
 * Called by workers of a bench program (through observe.c).
 */
#define _GNU_SOURCE 1
#include "harness/hwcount.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
	const char *name;
	uint32_t type;
	uint64_t config;
} events[SL_N_HWCOUNTS] = {
    {"cycles", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES},
    {"instructions", PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS},
    {"cache_references", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_REFERENCES},
    {"cache_misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES},
    {"branch_misses", PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES},
    /* The kernel's; they are counted on any machine that allows it. */
    {"page_faults", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_PAGE_FAULTS},
    {"migrations", PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CPU_MIGRATIONS},
};

const char *
sl_hwcount_name(unsigned i)
{
	return events[i].name;
}

const char *
sl_hwcount_why_not(int error)
{
	switch (error) {
	case ENOENT:
	case ENODEV:
	case EOPNOTSUPP:
		return "this machine has no such counter (a virtual one "
		       "often has none)";
	case EACCES:
	case EPERM:
		return "not allowed (kernel.perf_event_paranoid, or a "
		       "container)";
	case ENOSYS:
		return "the kernel has no perf_event_open";
	case EMFILE:
		return "too many open files";
	default:
		return strerror(error);
	}
}

/* Migrations happen in the kernel, so that is counted in, if it is allowed. */
static int
event_open(unsigned i)
{
	struct perf_event_attr a = {
	    .type = events[i].type,
	    .size = sizeof(a),
	    .config = events[i].config,
	    .disabled = 1,
	    .inherit = 1,
	    .exclude_kernel = events[i].type == PERF_TYPE_HARDWARE,
	    .exclude_hv = 1,
	    .read_format =
		PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
	};

	return (int)syscall(
	    SYS_perf_event_open, &a, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

void
sl_hwcount_open(struct sl_hwcount *h)
{
	memset(h, 0, sizeof(*h));
	for (unsigned i = 0; i < SL_N_HWCOUNTS; i++) {
		h->fd[i] = event_open(i);
		h->error[i] = h->fd[i] < 0 ? errno : 0;
		h->value[i] = -1;
	}
	h->schedstat =
	    open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
}

static uint64_t
timeval_ns(struct timeval t)
{
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_usec * 1000u;
}

static void
use_read(const struct sl_hwcount *h, struct sl_thread_use *u)
{
	char text[96];
	char *end;
	ssize_t n = -1;
	struct rusage ru;

	getrusage(RUSAGE_THREAD, &ru);
	*u = (struct sl_thread_use){
	    .user_ns = timeval_ns(ru.ru_utime),
	    .system_ns = timeval_ns(ru.ru_stime),
	    .vol_switches = (uint64_t)ru.ru_nvcsw,
	    .invol_switches = (uint64_t)ru.ru_nivcsw,
	    .minor_faults = (uint64_t)ru.ru_minflt,
	    .major_faults = (uint64_t)ru.ru_majflt,
	};
	if (h->schedstat >= 0)
		n = pread(h->schedstat, text, sizeof(text) - 1, 0);
	if (n <= 0)
		return;
	text[n] = '\0';
	u->run_ns = strtoull(text, &end, 10);
	u->wait_ns = strtoull(end, NULL, 10);
	u->has_wait = true;
}

void
sl_hwcount_begin(struct sl_hwcount *h)
{
	use_read(h, &h->use);
	for (unsigned i = 0; i < SL_N_HWCOUNTS; i++)
		if (h->fd[i] >= 0)
			ioctl(h->fd[i], PERF_EVENT_IOC_ENABLE, 0);
}

/* Counters that did not have the hardware all the time are scaled. */
static double
event_read(int fd)
{
	struct {
		uint64_t value, enabled, running;
	} r;

	ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
	if (read(fd, &r, sizeof(r)) != sizeof(r) || r.running == 0)
		return -1;
	return (double)r.value * (double)r.enabled / (double)r.running;
}

void
sl_hwcount_end(struct sl_hwcount *h)
{
	struct sl_thread_use now;

	for (unsigned i = 0; i < SL_N_HWCOUNTS; i++) {
		if (h->fd[i] < 0)
			continue;
		h->value[i] = event_read(h->fd[i]);
		if (h->value[i] < 0)
			h->error[i] = ENODEV; /* it never ran */
	}
	use_read(h, &now);
	h->use.user_ns = now.user_ns - h->use.user_ns;
	h->use.system_ns = now.system_ns - h->use.system_ns;
	h->use.vol_switches = now.vol_switches - h->use.vol_switches;
	h->use.invol_switches = now.invol_switches - h->use.invol_switches;
	h->use.minor_faults = now.minor_faults - h->use.minor_faults;
	h->use.major_faults = now.major_faults - h->use.major_faults;
	h->use.run_ns = now.run_ns - h->use.run_ns;
	h->use.wait_ns = now.wait_ns - h->use.wait_ns;
	h->use.has_wait = now.has_wait;
	h->cpu = sched_getcpu();
}

void
sl_hwcount_close(struct sl_hwcount *h)
{
	for (unsigned i = 0; i < SL_N_HWCOUNTS; i++)
		if (h->fd[i] >= 0)
			close(h->fd[i]);
	if (h->schedstat >= 0)
		close(h->schedstat);
}
