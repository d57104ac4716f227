/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * workload.c - finding a workload, and its parameters.
 *
 * Called by the main thread of a bench program, before and between trials.
 */
#include "harness/workload.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/say.h"

/* Every workload has this one. */
static const struct sl_param ops_param = {
    "ops", 0, 0, INT64_C(1) << 40, "mallocs per thread; 0: fill the window"};

const struct sl_workload_entry *
sl_workload_find(
    const struct sl_workload_entry *table, const char *name, size_t name_len)
{
	const struct sl_workload_entry *e;

	for (e = table; e->name != NULL; e++)
		if (strlen(e->name) == name_len &&
		    memcmp(e->name, name, name_len) == 0)
			return e;
	return NULL;
}

/* The parameter called like the first len bytes of name; its place in *i. */
static const struct sl_param *
param_find(const struct sl_workload *wl, const char *name, size_t len, int *i)
{
	const struct sl_param *p;

	for (*i = 0; *i < SL_PARAMS_MAX && wl->params[*i].name; ++*i) {
		p = &wl->params[*i];
		if (strlen(p->name) == len && memcmp(p->name, name, len) == 0)
			return p;
	}
	*i = -1;
	if (strlen(ops_param.name) == len &&
	    memcmp(ops_param.name, name, len) == 0)
		return &ops_param;
	return NULL;
}

/* A whole number, or "mixed". */
static bool
parse_value(const char *text, size_t len, int64_t *out)
{
	char buf[32];
	char *end;

	if (len == 0 || len >= sizeof(buf))
		return false;
	memcpy(buf, text, len);
	buf[len] = '\0';
	if (strcmp(buf, "mixed") == 0) {
		*out = SL_PARAM_MIXED;
		return true;
	}
	errno = 0;
	*out = strtoll(buf, &end, 10);
	return errno == 0 && *end == '\0' && end != buf;
}

enum sl_param_result
sl_param_set(const struct sl_workload *wl, struct sl_param_values *out,
    const char *text, size_t len)
{
	const char *eq = memchr(text, '=', len);
	const struct sl_param *p;
	int64_t value;
	size_t klen;
	int i;

	if (eq == NULL)
		return SL_PARAM_UNKNOWN;
	klen = (size_t)(eq - text);
	p = param_find(wl, text, klen, &i);
	if (p == NULL)
		return SL_PARAM_UNKNOWN;
	if (!parse_value(eq + 1, len - klen - 1, &value) || value < p->min ||
	    value > p->max)
		return SL_PARAM_BAD_VALUE;
	if (i < 0)
		out->ops = value;
	else
		out->v[i] = value;
	return SL_PARAM_OK;
}

void
sl_param_defaults(
    const struct sl_workload_entry *e, struct sl_param_values *out)
{
	const char *s = e->presets;
	size_t len;

	memset(out, 0, sizeof(*out));
	for (int i = 0; i < SL_PARAMS_MAX && e->wl->params[i].name; i++)
		out->v[i] = e->wl->params[i].value;
	out->ops = ops_param.value;
	while (*s != '\0') {
		len = strcspn(s, " ");
		if (sl_param_set(e->wl, out, s, len) != SL_PARAM_OK)
			sl_quit(SL_EXIT_USAGE, "%s: bad preset %.*s", e->name,
			    (int)len, s);
		s += len;
		s += strspn(s, " ");
	}
}

void
sl_param_print(const struct sl_workload *wl,
    const struct sl_param_values *values, char *buf, size_t len)
{
	size_t at = 0;
	int n;

	for (int i = 0; i < SL_PARAMS_MAX && wl->params[i].name; i++) {
		if (values->v[i] == SL_PARAM_MIXED && wl->params[i].min < 0)
			n = snprintf(buf + at, len - at, "%s=mixed ",
			    wl->params[i].name);
		else
			n = snprintf(buf + at, len - at, "%s=%" PRId64 " ",
			    wl->params[i].name, values->v[i]);
		at += (size_t)n;
		if (at >= len)
			return;
	}
	snprintf(buf + at, len - at, "ops=%" PRId64, values->ops);
}
