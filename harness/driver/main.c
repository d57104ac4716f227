/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * main.c - the program spanlab: measures allocators against each other and
 * reports what came of it.
 *
 * Run by users.  Commands: sweep.c, report.c, list.c.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/driver/check.h"
#include "harness/driver/compare.h"
#include "harness/driver/export_tex.h"
#include "harness/driver/list.h"
#include "harness/driver/report.h"
#include "harness/driver/reproduce.h"
#include "harness/driver/sweep.h"
#include "harness/driver/util.h"
#include "harness/driver/version.h"
#include "harness/driver/vmp.h"

static const char help[] =
    "usage: spanlab COMMAND [options]\n"
    "\n"
    "  spanlab sweep [options]      measure, one process per cell\n"
    "  spanlab report [DIR]         make the report of a sweep again\n"
    "                               (default: results/latest)\n"
    "  spanlab export [--latex DIR] [--pgfplots DIR] [SWEEP]\n"
    "                               tables and plots for papers\n"
    "  spanlab compare [--least P] [--bisect] A B\n"
    "                               two sweeps, point by point\n"
    "  spanlab check [DIR]          are a sweep's files what they should be?\n"
    "  spanlab list [allocators|workloads|variants]\n"
    "                               what there is to measure here\n"
    "  spanlab list pins [THREADS]  which CPU a thread has, by policy\n"
    "  spanlab papers               publications whose claims can be judged\n"
    "  spanlab reproduce KEY|all    judge them here; --preset quick|full,\n"
    "                               --rounds N, --output DIR, --dry-run,\n"
    "                               --judge (with what is measured)\n"
    "  spanlab vmp COMMAND          curves of modelled machines, and failures\n"
    "                               again: spanlab vmp --help\n"
    "  spanlab --help, --version\n"
    "\n"
    "options of sweep:\n"
    "  --allocators A,B,...  variants, glibc, jemalloc, mimalloc, tcmalloc,\n"
    "                        tbbmalloc, scudo, go, or\n"
    "                        NAME=/path/to/lib.so\n"
    "                        (default: all that are found);\n"
    "                        VARIANT:OPTION=V+OPTION=V sets options of the\n"
    "                        library, VARIANT:default leaves it its own\n"
    "  --workloads A,B,...   (default: all of the preset's suite)\n"
    "  --threads LIST        numbers, and ranges that double: 1,2,4..128\n"
    "                        (default: the preset's)\n"
    "  --preset NAME         quick: a look, within 4 minutes on 2 CPUs;\n"
    "                        full: 9 rounds of longer windows;\n"
    "                        peers: what an operation costs with our\n"
    "                        malloc and others, and in instructions;\n"
    "                        mcentral: the sets alone\n"
    "                        (default: quick)\n"
    "  --rounds N            as many rounds, whatever the preset says;\n"
    "                        LEAST..MOST (9..20): more than LEAST only\n"
    "                        where it is not decided who is faster\n"
    "  --budget TIME         as many rounds as fit into that: 90, 90s, 10m,\n"
    "                        2h\n"
    "  --latency N           time one of N mallocs and frees, by path;\n"
    "  --memory MS           look at memory every MS milliseconds;\n"
    "  --counters            what each thread had of its processor: all\n"
    "                        three into the cells, and at a cost in time\n"
    "  --pin POLICY          on which CPUs threads run: none, compact,\n"
    "                        per-socket, scatter, smt-first, smt-last, flat\n"
    "                        (default: compact if it can be)\n"
    "  --numa MODE           where memory comes from: local, interleave,\n"
    "                        bind:NODES, preferred:NODE\n"
    "  --trace FILE          the workload trace does again what was recorded\n"
    "                        there by SPANLAB_OPTIONS=trace=FILE\n"
    "  --seed N              of the order and of the workloads (default: 1)\n"
    "  --timeout TIME        after which a cell has failed\n"
    "  --retries N           try cells that crash or time out again, N times\n"
    "                        at most; failed tries are kept (default: 0)\n"
    "  --output DIR          where results go (default: results): the sweep\n"
    "                        gets a folder DIR/<date>-<host>-<revision>, and\n"
    "                        DIR/latest points to it\n"
    "  --resume DIR          go on with the sweep in that folder: run the\n"
    "                        cells that have no result yet\n"
    "  --engine slurm        the same cells as a job array of Slurm's, on\n"
    "                        nodes that share this folder\n"
    "  --slurm-options OPTS  of sbatch: \"--partition=big --time=60\"\n"
    "  --dry-run             say what would run and how long it would take\n"
    "\n"
    "Ctrl-C stops a sweep; what is finished is kept, and --resume goes on.\n"
    "Exit status: 0 all well, 1 some cells failed (of compare: something is\n"
    "slower; of check: a file is wrong), 2 wrong usage, 3 it could\n"
    "not go on (disk full, ...), 130 interrupted.\n"
    "SPANLAB_BENCH_DIR and SPANLAB_LIB_DIR say where spanlab-bench and the\n"
    "libraries are, if not beside this program or where they are installed.\n";

/* A descriptor 0, 1 or 2 that is closed would be reused for a result. */
static void
open_standard_streams(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= 2);
	if (fd > 2)
		close(fd);
}

static _Noreturn void
unknown(const char *given)
{
	struct sl_names known = {0};
	const char *near;

	sl_names_split(&known, "sweep,report,export,compare,check,list,papers,"
			       "reproduce,vmp");
	near = sl_names_nearest(&known, given);
	sl_die(SL_EXIT_USAGE, "unknown command '%s'%s%s%s (see spanlab --help)",
	    given, near ? ", did you mean " : "", near ? near : "",
	    near ? "?" : "");
}

static int
run(int argc, char **argv)
{
	const char *command = argc > 1 ? argv[1] : "";

	if (!strcmp(command, "sweep"))
		return sl_sweep(argc - 1, argv + 1);
	if (!strcmp(command, "report"))
		return sl_report(argc - 1, argv + 1);
	if (!strcmp(command, "export"))
		return sl_export(argc - 1, argv + 1);
	if (!strcmp(command, "compare"))
		return sl_compare(argc - 1, argv + 1);
	if (!strcmp(command, "check"))
		return sl_check(argc - 1, argv + 1);
	if (!strcmp(command, "list"))
		return sl_list(argc - 1, argv + 1);
	if (!strcmp(command, "papers"))
		return sl_papers(argc - 1, argv + 1);
	if (!strcmp(command, "reproduce"))
		return sl_reproduce(argc - 1, argv + 1);
	if (!strcmp(command, "vmp"))
		return sl_vmp(argc - 1, argv + 1);
	if (!strcmp(command, "--help") || !strcmp(command, "-h") ||
	    !strcmp(command, "help")) {
		if (fputs(help, stdout) == EOF)
			sl_die(SL_EXIT_CANNOT, "cannot write to stdout: %s",
			    strerror(errno));
		return SL_EXIT_OK;
	}
	if (!strcmp(command, "--version")) {
		printf(
		    "spanlab %s (revision %s)\n", PACKAGE_VERSION, SL_GIT_REV);
		return SL_EXIT_OK;
	}
	if (!*command)
		sl_die(SL_EXIT_USAGE, "no command: sweep, report, export, "
				      "compare, check, list, papers or "
				      "reproduce (see spanlab --help)");
	unknown(command);
}

int
main(int argc, char **argv)
{
	int status;

	open_standard_streams();
	status = run(argc, argv);
	if (fflush(stdout) && errno != EPIPE) {
		sl_complain("cannot write to stdout: %s", strerror(errno));
		if (status == SL_EXIT_OK)
			status = SL_EXIT_CANNOT;
	}
	return status;
}
