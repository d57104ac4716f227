/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_forked_no_locks.c - the variant mutex, which forgets its locks when it
 * forks: the check must find a child that waits for a thread that is no more.
 * Run by make check, once.
 */
#include "tests/step/step.h"

#define SL_VARIANT_NAME "mutex"
#define SL_VARIANT_BOUND 0
#define sl_set_fork_prepare no_prepare
#define sl_set_fork_parent no_parent
void no_prepare(void);
void no_parent(void);
#include "variants/mutex.c"

#define PLANTED_CHECK set_check_forked(2)
#define PLANTED_SAYS "no end"
#include "tests/unit/planted.h"
