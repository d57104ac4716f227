/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * die.c - messages without stdio; see die.h.  Called by every room.
 */
#include "core/die.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

struct out {
	char *p;
	char *end;
};

static void
put_char(struct out *o, char c)
{
	if (o->p < o->end)
		*o->p++ = c;
}

static void
put_str(struct out *o, const char *s)
{
	for (s = s ? s : "(null)"; *s; s++)
		put_char(o, *s);
}

static void
put_num(struct out *o, uint64_t v, unsigned base)
{
	char digits[24];
	unsigned n = 0;

	do {
		digits[n++] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v != 0);
	while (n > 0)
		put_char(o, digits[--n]);
}

static const char *
put_conversion(struct out *o, const char *f, va_list *ap)
{
	bool is_long = false;

	if (*f == 'l' || *f == 'z') {
		is_long = true; /* size_t and unsigned long are one size */
		f++;
	}
	switch (*f) {
	case 's':
		put_str(o, va_arg(*ap, const char *));
		break;
	case 'p':
		put_str(o, "0x");
		put_num(o, (uintptr_t)va_arg(*ap, void *), 16);
		break;
	case 'u':
		put_num(o,
		    is_long ? va_arg(*ap, unsigned long)
			    : va_arg(*ap, unsigned),
		    10);
		break;
	default:
		put_char(o, *f);
	}
	return f;
}

static void
put_format(struct out *o, const char *fmt, va_list *ap)
{
	for (const char *f = fmt; *f; f++) {
		if (*f != '%')
			put_char(o, *f);
		else
			f = put_conversion(o, f + 1, ap);
	}
}

void
sl_vformat(char *buf, unsigned long len, const char *fmt, va_list ap)
{
	struct out o = {buf, buf + len - 1};
	va_list copy;

	if (len == 0)
		return;
	va_copy(copy, ap);
	put_format(&o, fmt, &copy);
	va_end(copy);
	*o.p = '\0';
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
	char line[512];
	struct out o = {line, line + sizeof(line) - 1};
	va_list copy;
	long n;

	va_copy(copy, ap);
	put_str(&o, "spanlab: ");
	put_format(&o, fmt, &copy);
	va_end(copy);
	*o.p++ = '\n';
	/* No cancellation of the caller, who may hold locks: see file.c. */
	n = syscall(SYS_write, STDERR_FILENO, line, (size_t)(o.p - line));
	(void)n; /* nowhere left to complain */
}

void
sl_warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	sl_vwarn(fmt, ap);
	va_end(ap);
}

void (*sl_before_abort)(void);

_Noreturn void
sl_abort(void)
{
	void (*last)(void) = sl_before_abort;

	sl_before_abort = NULL;
	if (last != NULL)
		last();
	abort();
}

_Noreturn void
sl_throw(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	sl_vwarn(fmt, ap);
	va_end(ap);
	sl_abort();
}
