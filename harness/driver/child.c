/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * child.c - one child process with a time limit, and the user's wish to stop.
 *
 * Called by the rooms that run spanlab-bench, gnuplot and small tools.  The
 * driver is one thread: SIGCHLD and the stop signals stay blocked except
 * inside ppoll(), so none is ever missed.  A child has its own process group:
 * a Ctrl-C on the terminal reaches the driver alone, and killing a child
 * kills what it started.
 */
#define _GNU_SOURCE
#include "harness/driver/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/driver/util.h"

static volatile sig_atomic_t stop_wanted;
static sigset_t open_mask; /* the mask outside: what children get too */

static void
note_signal(int sig)
{
	if (sig != SIGCHLD)
		stop_wanted = 1;
}

void
sl_child_signals(void)
{
	static const int caught[] = {SIGCHLD, SIGINT, SIGTERM, SIGHUP};
	struct sigaction act = {.sa_handler = note_signal}, was;
	sigset_t set;

	sigemptyset(&set);
	sigemptyset(&act.sa_mask);
	for (size_t i = 0; i < sizeof caught / sizeof *caught; i++) {
		sigaction(caught[i], NULL, &was);
		if (was.sa_handler == SIG_IGN && caught[i] != SIGCHLD)
			continue; /* nohup */
		sigaction(caught[i], &act, NULL);
		sigaddset(&set, caught[i]);
	}
	sigprocmask(SIG_BLOCK, &set, &open_mask);
	for (size_t i = 0; i < sizeof caught / sizeof *caught; i++)
		sigdelset(&open_mask, caught[i]);
	signal(SIGPIPE, SIG_IGN);
}

bool
sl_child_stop_wanted(void)
{
	sigset_t pending;

	if (stop_wanted)
		return true;
	sigpending(&pending);
	return sigismember(&pending, SIGINT) == 1 ||
	       sigismember(&pending, SIGTERM) == 1 ||
	       sigismember(&pending, SIGHUP) == 1;
}

void
sl_child_stop_forget(void)
{
	static const struct timespec now = {0, 0};
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	while (sigtimedwait(&set, NULL, &now) > 0 || errno == EINTR)
		;
	stop_wanted = 0;
}

void
sl_child_pause(double seconds)
{
	double until = sl_now_s() + seconds, left;
	struct timespec wait;

	while (!stop_wanted && (left = until - sl_now_s()) > 0) {
		wait.tv_sec = (time_t)left;
		wait.tv_nsec = (long)((left - (double)wait.tv_sec) * 1e9);
		ppoll(NULL, 0, &wait, &open_mask);
	}
}

/* Being the one to go when memory runs out is the child's part. */
static void
volunteer_for_oom(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, "1000", 4) < 0) {
		/* not permitted: then it is judged like any other */
	}
	close(fd);
}

static void
set_variable(const char *name, const char *value)
{
	if (value && *value)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

/* In the child, after fork(). */
static _Noreturn void
become(const struct sl_child *c, int in, int out, int err, pid_t parent)
{
	static const struct rlimit no_core = {0, 0};

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &open_mask, NULL);
	setrlimit(RLIMIT_CORE, &no_core);
	volunteer_for_oom();
	if (!c->wants_output)
		out = open("/dev/null", O_WRONLY | O_CLOEXEC);
	dup2(in, 0);
	dup2(out, 1);
	dup2(err, 2);
	if (c->keep_fd >= 0)
		fcntl(c->keep_fd, F_SETFD, 0);
	if (c->keep_fd_too > 0)
		fcntl(c->keep_fd_too, F_SETFD, 0);
	set_variable("LD_PRELOAD", c->preload);
	set_variable("SPANLAB_OPTIONS", c->options);
	execvp(c->argv[0], (char *const *)c->argv);
	dprintf(2, "cannot run %s: %s\n", c->argv[0], strerror(errno));
	_exit(127);
}

/* The last bytes of what comes through fd. */
static void
keep_tail(char *tail, size_t room, const char *data, size_t n)
{
	size_t have = strlen(tail);

	if (n >= room) {
		data += n - (room - 1);
		n = room - 1;
	}
	if (have + n >= room) {
		size_t drop = have + n - (room - 1);

		memmove(tail, tail + drop, have - drop + 1);
		have -= drop;
	}
	memcpy(tail + have, data, n);
	tail[have + n] = '\0';
}

/* Reads what there is; false at the end of the stream. */
static bool
drain(int fd, struct sl_child *c, struct sl_text *output)
{
	char buf[8192];
	ssize_t n;

	while ((n = read(fd, buf, sizeof buf)) > 0) {
		if (output)
			sl_text_add_n(output, buf, (size_t)n);
		else
			keep_tail(c->errors, sizeof c->errors, buf, (size_t)n);
	}
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

/* Returns true once the child is gone, with its end noted. */
static bool
reaped(struct sl_child *c, pid_t pid, bool block)
{
	int status;
	pid_t got;

	do {
		got = waitpid(pid, &status, block ? 0 : WNOHANG);
	} while (got < 0 && errno == EINTR);
	if (got == 0)
		return false;
	if (got < 0) {
		c->end = SL_CHILD_NOT_STARTED;
		c->code = errno;
	} else if (WIFSIGNALED(status)) {
		c->end = SL_CHILD_KILLED;
		c->code = WTERMSIG(status);
	} else {
		c->end = SL_CHILD_EXITED;
		c->code = WEXITSTATUS(status);
	}
	return true;
}

static void
put_down(struct sl_child *c, pid_t pid, enum sl_child_end why)
{
	kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
	reaped(c, pid, true);
	c->end = why;
}

/* Waits for the child's end, listening to it meanwhile. */
static void
attend(struct sl_child *c, pid_t pid, int out, int err, struct sl_text *text)
{
	struct pollfd p[2] = {
	    {.fd = err, .events = POLLIN}, {.fd = out, .events = POLLIN}};
	double start = sl_now_s();

	while (!reaped(c, pid, false)) {
		double left = c->timeout_s - (sl_now_s() - start);
		struct timespec wait;

		if (stop_wanted) {
			put_down(c, pid, SL_CHILD_INTERRUPTED);
			break;
		}
		if (c->timeout_s > 0 && left <= 0) {
			put_down(c, pid, SL_CHILD_TIMEOUT);
			break;
		}
		if (c->timeout_s <= 0 || left > 3600)
			left = 3600;
		wait.tv_sec = (time_t)left;
		wait.tv_nsec = (long)((left - (double)wait.tv_sec) * 1e9);
		if (ppoll(p, 2, &wait, &open_mask) <= 0)
			continue;
		if (p[0].revents && !drain(err, c, NULL))
			p[0].fd = -1;
		if (p[1].revents && !drain(out, c, text))
			p[1].fd = -1;
	}
	if (p[0].fd >= 0)
		drain(err, c, NULL);
	if (p[1].fd >= 0)
		drain(out, c, text);
	kill(-pid, SIGKILL); /* whatever it left behind */
}

static int
open_input(const char *input)
{
	FILE *f;
	int fd;

	if (!input)
		return open("/dev/null", O_RDONLY | O_CLOEXEC);
	f = tmpfile();
	if (!f)
		return -1;
	fputs(input, f);
	fflush(f);
	fd = fcntl(fileno(f), F_DUPFD_CLOEXEC, 3);
	fclose(f);
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	return fd;
}

void
sl_child_run(struct sl_child *c)
{
	int err[2] = {-1, -1}, out[2] = {-1, -1}, in = open_input(c->input);
	struct sl_text text = {0};
	double start = sl_now_s();
	pid_t pid = -1, self = getpid();

	c->errors[0] = '\0';
	c->output = NULL;
	c->end = SL_CHILD_NOT_STARTED;
	if (in >= 0 && !pipe2(err, O_CLOEXEC) && !pipe2(out, O_CLOEXEC)) {
		fcntl(err[0], F_SETFL, O_NONBLOCK);
		fcntl(out[0], F_SETFL, O_NONBLOCK);
		fflush(NULL);
		pid = fork();
	}
	if (pid == 0)
		become(c, in, out[1], err[1], self);
	c->code = errno;
	close(in);
	close(err[1]);
	close(out[1]);
	if (pid > 0) {
		setpgid(pid, pid);
		sl_text_add(&text, "");
		attend(c, pid, out[0], err[0], &text);
	}
	close(err[0]);
	close(out[0]);
	c->wall_s = sl_now_s() - start;
	c->output_len = text.len;
	if (c->wants_output && pid > 0)
		c->output = text.s;
	else
		sl_text_destroy(&text);
}

const char *
sl_child_end_text(const struct sl_child *c, char *buf)
{
	switch (c->end) {
	case SL_CHILD_EXITED:
		snprintf(buf, 128, "exit status %d", c->code);
		break;
	case SL_CHILD_KILLED:
		snprintf(buf, 128, "killed by signal %d (%s)", c->code,
		    strsignal(c->code));
		break;
	case SL_CHILD_TIMEOUT:
		snprintf(buf, 128, "no end after %.3g s", c->wall_s);
		break;
	case SL_CHILD_INTERRUPTED:
		snprintf(buf, 128, "interrupted");
		break;
	default:
		snprintf(buf, 128, "cannot start: %s", strerror(c->code));
	}
	return buf;
}

char *
sl_child_first_line(const char *const *argv)
{
	struct sl_child c = {
	    .argv = argv, .keep_fd = -1, .wants_output = true, .timeout_s = 5};
	char *line = NULL;

	sl_child_run(&c);
	if (c.end == SL_CHILD_EXITED && c.code == 0 && c.output) {
		c.output[strcspn(c.output, "\n")] = '\0';
		if (c.output[0])
			line = sl_strdup(c.output);
	}
	free(c.output);
	return line;
}
