/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * child.h - one child process with a time limit, and the user's wish to stop.
 *
 * Used by the rooms that run spanlab-bench, gnuplot and small tools.
 */
#ifndef SL_DRIVER_CHILD_H
#define SL_DRIVER_CHILD_H

#include <stdbool.h>
#include <stddef.h>

enum sl_child_end {
	SL_CHILD_EXITED,      /* code is the exit status */
	SL_CHILD_KILLED,      /* code is the signal */
	SL_CHILD_TIMEOUT,     /* killed by us */
	SL_CHILD_INTERRUPTED, /* killed by us: the user wants to stop */
	SL_CHILD_NOT_STARTED, /* code is the errno value */
};

struct sl_child {
	/* asked for */
	const char *const *argv; /* argv[0] is looked up in PATH if bare */
	const char *preload;     /* LD_PRELOAD, or NULL for none at all */
	const char *options;     /* SPANLAB_OPTIONS, the same */
	double timeout_s;        /* 0: none */
	int keep_fd;             /* handed on to the child, or -1 */
	int keep_fd_too;         /* the same; 0: none */
	bool wants_output;       /* collect stdout; else it goes nowhere */
	const char *input;       /* fed to stdin, or NULL */
	/* answered */
	enum sl_child_end end;
	int code;
	double wall_s;
	char *output; /* if wanted; the caller frees */
	size_t output_len;
	char errors[4096]; /* the tail of stderr */
};

/* Call once, before the first child: from then on SIGINT, SIGTERM and SIGHUP
 * only set a wish, which sl_child_run() obeys. */
void sl_child_signals(void);
bool sl_child_stop_wanted(void);
/* For what must still be run: the next signal is a wish again. */
void sl_child_stop_forget(void);
/* Sleeps so long, or until somebody wants to stop. */
void sl_child_pause(double seconds);

void sl_child_run(struct sl_child *c);

/* What the end was, in words; `buf` must hold 128 bytes. */
const char *sl_child_end_text(const struct sl_child *c, char *buf);

/* The first line a program prints, or NULL if it fails.  Caller frees. */
char *sl_child_first_line(const char *const *argv);

#endif /* SL_DRIVER_CHILD_H */
