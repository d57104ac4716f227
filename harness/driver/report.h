/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * report.h - the command `spanlab report`: everything a sweep's folder gets
 * besides its cells.
 *
 * Used by main.c and sweep.c.
 */
#ifndef SL_DRIVER_REPORT_H
#define SL_DRIVER_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/driver/util.h"

struct sl_report_summary {
	size_t done, failed, missing;
	bool is_modelled;
	char *tries; /* that failed and were made again; or NULL */
	struct sl_names warnings;
	struct sl_names groups; /* lines, of a sweep with a range of rounds */
};

/* Reads DIR and writes DIR/report.html, plots/, data.csv, results.md, and
 * sets the link `latest`.  False after one clear line on stderr. */
bool sl_report_make(const char *dir, struct sl_report_summary *sum);
/* What came of it, for the user. */
void sl_report_say(const char *dir, const struct sl_report_summary *sum);

/* argv[0] is "report".  Returns the exit status. */
int sl_report(int argc, char **argv);

#endif /* SL_DRIVER_REPORT_H */
