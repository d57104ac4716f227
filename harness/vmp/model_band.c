/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model_band.c - how far a curve moves with what is not known of a machine; see
 * model_band.h.  Called by model_program.c.
 */
#define _GNU_SOURCE 1
#include "harness/vmp/model_band.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/say.h"

/* All combinations: MODEL_BAND_TEXT. */
static const unsigned snoop_pcts[] = {0, 25, 75};
static const unsigned jitter_pcts[] = {0, 30};
static const unsigned near_pcts[] = {0, 90};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
enum {
	NPARTS = COUNT(snoop_pcts) * COUNT(jitter_pcts) * COUNT(near_pcts),
	TRIALS_MAX = 64,
};

struct told {
	unsigned trial;
	double ops_per_s;
};

static struct {
	pid_t child[NPARTS];
	int results[2]; /* a pipe: struct told */
	int turns[2];   /* a pipe: who has a byte of it may run */
	bool is_part, is_read;
	unsigned trial; /* the next */
	struct model_band band[TRIALS_MAX];
} band = {.results = {-1, -1}};

static void
vary(struct profile *p, unsigned part)
{
	p->snoop_pct = snoop_pcts[part % COUNT(snoop_pcts)];
	part /= COUNT(snoop_pcts);
	p->jitter_pct = jitter_pcts[part % COUNT(jitter_pcts)];
	part /= COUNT(jitter_pcts);
	p->near_socket_pct = near_pcts[part];
	p->near_cluster_pct = near_pcts[part];
}

/* Its report is not asked for. */
static void
drop_output(int *argc, char **argv)
{
	int n = 1, null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	for (int i = 1; i < *argc; i++)
		if (strncmp(argv[i], "--benchmark_out", 15) != 0)
			argv[n++] = argv[i];
	argv[n] = NULL;
	*argc = n;
	if (null >= 0)
		dup2(null, STDOUT_FILENO);
}

static void
give_turn(void)
{
	if (write(band.turns[1], "", 1) != 1)
		_exit(SL_EXIT_CANNOT);
}

static void
take_turn(void)
{
	char c;

	while (read(band.turns[0], &c, 1) != 1)
		if (errno != EINTR)
			_exit(SL_EXIT_CANNOT);
	atexit(give_turn);
}

/* A child ends with its point, however that ends: it would keep the pipe that
 * its point's report goes to. */
static void
end_with(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
		_exit(SL_EXIT_CANNOT);
}

void
model_band_start(struct profile *p, int *argc, char **argv)
{
	/* The point itself is one of those that run at a time. */
	long ncpus = sysconf(_SC_NPROCESSORS_ONLN);
	pid_t point = getpid();

	if (pipe2(band.results, O_CLOEXEC) != 0 ||
	    pipe2(band.turns, O_CLOEXEC) != 0)
		sl_quit(SL_EXIT_CANNOT, "no pipe: %s", strerror(errno));
	for (unsigned i = 0; i < NPARTS; i++) {
		band.child[i] = fork();
		if (band.child[i] < 0)
			sl_quit(
			    SL_EXIT_CANNOT, "no process: %s", strerror(errno));
		if (band.child[i] != 0)
			continue;
		end_with(point);
		band.is_part = true;
		close(band.results[0]);
		vary(p, i);
		drop_output(argc, argv);
		take_turn();
		return;
	}
	close(band.results[1]);
	for (long i = 1; i < (ncpus < 2 ? 2 : ncpus); i++)
		give_turn();
}

bool
model_band_is_part(void)
{
	return band.is_part;
}

void
model_band_tell(double ops_per_s)
{
	struct told t = {band.trial++, ops_per_s};

	if (write(band.results[1], &t, sizeof(t)) != sizeof(t))
		sl_quit(SL_EXIT_CANNOT, "cannot tell what came out");
}

static void
note(const struct told *t)
{
	struct model_band *b;

	if (t->trial >= TRIALS_MAX)
		return;
	b = &band.band[t->trial];
	if (b->runs == 0 || t->ops_per_s < b->low)
		b->low = t->ops_per_s;
	if (b->runs == 0 || t->ops_per_s > b->high)
		b->high = t->ops_per_s;
	b->runs++;
}

static void
read_all(void)
{
	struct told t;
	ssize_t n;
	int status;

	band.is_read = true;
	while ((n = read(band.results[0], &t, sizeof(t))) != 0) {
		if (n == sizeof(t))
			note(&t);
		else if (n > 0 || errno != EINTR)
			sl_quit(SL_EXIT_CANNOT, "the band's runs: %s",
			    strerror(errno));
	}
	for (unsigned i = 0; i < NPARTS; i++)
		if (waitpid(band.child[i], &status, 0) < 0 || status != 0)
			sl_quit(SL_EXIT_CHECK, "a run of the band failed");
}

struct model_band
model_band_wait(double ops_per_s)
{
	struct model_band b;

	if (!band.is_read)
		read_all();
	if (band.trial >= TRIALS_MAX)
		sl_quit(SL_EXIT_USAGE,
		    "more than %d benchmarks at once have no bands: "
		    "--no-band, or fewer",
		    TRIALS_MAX);
	b = band.band[band.trial++];
	if (b.runs == 0 || ops_per_s < b.low)
		b.low = ops_per_s;
	if (b.runs == 0 || ops_per_s > b.high)
		b.high = ops_per_s;
	return b;
}
