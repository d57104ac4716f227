/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mcentral_defaults.c - the calls of the seam that a variant may leave out.
 * Called by core, unless the variant has a function of the same name: these
 * are weak.  They suit a set whose claims unlist a span, that keeps nothing
 * per thread, takes no lock and defers nothing.
 */
#include "core/die.h"
#include "core/mcentral.h"

#define DEFAULT __attribute__((weak))

DEFAULT bool
sl_set_remove(sl_bag bag, struct sl_mspan *s)
{
	(void)bag;
	(void)s;
	sl_throw("set %s leaves claimed spans listed, and cannot remove them",
	    sl_set_info.name);
}

DEFAULT void
sl_set_settle(void)
{
}

DEFAULT void
sl_set_drained(sl_bag bag)
{
	(void)bag;
}

DEFAULT void
sl_set_thread_enter(void)
{
}

DEFAULT void
sl_set_thread_leave(void)
{
}

DEFAULT void
sl_set_fork_prepare(void)
{
}

DEFAULT void
sl_set_fork_parent(void)
{
}

DEFAULT void
sl_set_fork_child(void)
{
	sl_set_fork_parent();
}

DEFAULT void
sl_set_reader_begin(void)
{
}

DEFAULT void
sl_set_reader_end(void)
{
}

DEFAULT const char *
sl_set_mode(void)
{
	return "";
}

DEFAULT struct sl_set_backlog
sl_set_backlog(void)
{
	return (struct sl_set_backlog){0, 0, 0};
}
