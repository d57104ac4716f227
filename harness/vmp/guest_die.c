/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * guest_die.c - core/die.h on the virtual multiprocessor: what would end the
 * program ends the run.  Called by core and variants in place of core/die.c.
 */
#include "core/die.h"

#include <stdio.h>
#include <stdlib.h>

#include "harness/vmp/vmp.h"

void (*sl_before_abort)(void);

void
sl_vformat(char *buf, unsigned long len, const char *fmt, va_list ap)
{
	vsnprintf(buf, len, fmt, ap);
}

void
sl_format(char *buf, unsigned long len, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	sl_vformat(buf, len, fmt, ap);
	va_end(ap);
}

void
sl_vwarn(const char *fmt, va_list ap)
{
	char text[VMP_TEXT_MAX];

	sl_vformat(text, sizeof(text), fmt, ap);
	fprintf(stderr, "spanlab: %s\n", text);
}

void
sl_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	sl_vwarn(fmt, ap);
	va_end(ap);
}

_Noreturn void
sl_abort(void)
{
	vmp_fail("the allocator gave up");
}

_Noreturn void
sl_throw(const char *fmt, ...)
{
	char text[VMP_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	sl_vformat(text, sizeof(text), fmt, ap);
	va_end(ap);
	vmp_fail("%s", text);
}
