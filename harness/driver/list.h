/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * list.h - the command `spanlab list`.
 *
 * Used by main.c.
 */
#ifndef SL_DRIVER_LIST_H
#define SL_DRIVER_LIST_H

/* argv[0] is "list".  Returns the exit status. */
int sl_list(int argc, char **argv);

#endif /* SL_DRIVER_LIST_H */
