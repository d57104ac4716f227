/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * callgrind.c - how many instructions a program's allocations took.
 *
 * Called by instructions.c.  In callgrind's file the lines "ob=" and "fn="
 * say whose costs follow; a call is "cfn=NAME", "calls=COUNT POSITION", and a
 * line "POSITION COST" with all that the calls cost.
 */
#include "harness/driver/callgrind.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

const char *const sl_call_names[SL_N_CALLS] = {
    "malloc", "calloc", "realloc", "free"};

/* "malloc", and what libraries call the same function: "tc_malloc",
 * "__libc_malloc".  SL_N_CALLS: none of them. */
static int
call_of(const char *name, size_t len)
{
	for (int i = 0; i < SL_N_CALLS; i++) {
		size_t n = strlen(sl_call_names[i]);

		if (len >= n && !strncmp(name + len - n, sl_call_names[i], n) &&
		    (len == n || name[len - n - 1] == '_'))
			return i;
	}
	return SL_N_CALLS;
}

/* The rest of a line that begins so, or NULL. */
static const char *
after(const char *line, const char *key)
{
	size_t n = strlen(key);

	return strncmp(line, key, n) ? NULL : line + n;
}

void
sl_callgrind_read(const char *text, const char *caller, struct sl_called *out)
{
	size_t caller_len = strlen(caller), len;
	bool is_caller = false;
	int called = SL_N_CALLS;
	uint64_t count = 0;
	const char *s;

	*out = (struct sl_called){{0}, {0}};
	for (; *text; text += len, text += *text == '\n') {
		len = strcspn(text, "\n");
		if ((s = after(text, "ob=")))
			is_caller = len - 3 == caller_len &&
				    !strncmp(s, caller, caller_len);
		else if ((s = after(text, "cfn=")))
			called = call_of(s, len - 4);
		else if ((s = after(text, "calls=")))
			count = strtoull(s, NULL, 10);
		else if (count > 0 && is_caller && called != SL_N_CALLS) {
			out->calls[called] += count;
			out->instructions[called] +=
			    strtoull(text + strcspn(text, " \n"), NULL, 10);
		}
		if (!after(text, "calls="))
			count = 0;
	}
}

static double
mean(const struct sl_called *c, int i)
{
	return c->calls[i] ? (double)c->instructions[i] / (double)c->calls[i]
			   : 0;
}

double
sl_callgrind_per_operation(const struct sl_called *c)
{
	uint64_t instructions = 0, calls = 0;
	double sum = 0;

	for (int i = 0; i < SL_N_CALLS; i++) {
		instructions += c->instructions[i];
		calls += c->calls[i];
		sum += mean(c, i);
	}
	if (calls == 0)
		return NAN;
	/* A buffer's malloc and free are shared out among its reallocs; all
	 * others come in pairs, whose halves may differ in number. */
	if (c->calls[SL_REALLOC])
		return (double)instructions / (double)c->calls[SL_REALLOC];
	return sum;
}
