/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reproduce.h - the commands `spanlab papers` and `spanlab reproduce`.
 *
 * Used by main.c.
 */
#ifndef SL_DRIVER_REPRODUCE_H
#define SL_DRIVER_REPRODUCE_H

/* argv[0] is the command.  They return the exit status. */
int sl_papers(int argc, char **argv);
int sl_reproduce(int argc, char **argv);

/* Besides those of util.h: nothing could be judged. */
enum { SL_EXIT_NOTHING_JUDGED = 4 };

#endif /* SL_DRIVER_REPRODUCE_H */
