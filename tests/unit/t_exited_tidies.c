/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t_exited_tidies.c - the variant mutex, which puts its lists away when the
 * process ends: the check must find that others were still using them.
 * Run by make check, once.
 */
#include "tests/step/step.h"

#define SL_VARIANT_NAME "mutex"
#define SL_VARIANT_BOUND 0
#define sl_set_init init_lists
void init_lists(void);
#include "variants/mutex.c"
#undef sl_set_init
void sl_set_init(void);

#include <stdlib.h>
#include <string.h>

static void
put_away(void)
{
	memset(lists, 0, sizeof(lists));
	init_lists();
}

void
sl_set_init(void)
{
	init_lists();
	atexit(put_away);
}

#define PLANTED_CHECK set_check_exited(false, 2)
#define PLANTED_SAYS "spans"
#include "tests/unit/planted.h"
