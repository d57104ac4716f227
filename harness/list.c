/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * list.c - what --list, --list-json and --whoami print.
 *
 * Called by the main thread of a bench program.
 */
#include "harness/list.h"

#include <stdio.h>

#include "harness/probe.h"

static void
print_json_string(const char *s)
{
	putchar('"');
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			putchar('\\');
		putchar(*s);
	}
	putchar('"');
}

static void
print_json_pair(const char *key, const char *value)
{
	printf("\"%s\": ", key);
	print_json_string(value);
	printf(", ");
}

void
sl_list_json_entry(
    const struct sl_workload_entry *e, const struct sl_param_values *v)
{
	char params[512];

	sl_param_print(e->wl, v, params, sizeof(params));
	printf("  {");
	print_json_pair("name", e->name);
	print_json_pair("params", params);
	print_json_pair("source", e->wl->source);
	print_json_pair("stresses", e->wl->stresses);
	print_json_pair("mcentral", e->wl->mcentral);
	print_json_pair("suite", e->suite);
	print_json_pair("operation",
	    e->wl->operation ? e->wl->operation : "a malloc and its free");
	printf("\"least_threads\": %u, \"control\": %s}",
	    e->wl->least_threads > 0 ? e->wl->least_threads : 1,
	    e->wl->is_control ? "true" : "false");
}

void
sl_list_json(const struct sl_workload_entry *table)
{
	const struct sl_workload_entry *e;

	printf("[\n");
	for (e = table; e->name != NULL; e++) {
		struct sl_param_values v;

		sl_param_defaults(e, &v);
		sl_list_json_entry(e, &v);
		printf("%s\n", e[1].name != NULL ? "," : "");
	}
	printf("]\n");
}

void
sl_list_whoami(void)
{
	const struct sl_probe *p = sl_probe_get();

	printf("{");
	print_json_pair("allocator", p->allocator);
	print_json_pair("path", p->path);
	print_json_pair("identity", p->identity);
	print_json_pair("options", p->options);
	print_json_pair("options_all", p->options_all);
	printf("\"is_spanlab\": %s, \"spins_in_turn\": %s}\n",
	    p->variant != NULL ? "true" : "false",
	    p->variant != NULL && p->variant->spins && p->variant->in_turn
		? "true"
		: "false");
}

void
sl_list_table(const struct sl_workload_entry *table)
{
	const struct sl_workload_entry *e;
	const struct sl_param *p;
	char params[512];

	for (e = table; e->name != NULL; e++) {
		struct sl_param_values v;

		sl_param_defaults(e, &v);
		sl_param_print(e->wl, &v, params, sizeof(params));
		printf("%s%s, suite %s\n    stresses  %s\n    mcentral  %s\n"
		       "    source    %s\n    default   %s\n",
		    e->name, e->wl->is_control ? " (control)" : "", e->suite,
		    e->wl->stresses, e->wl->mcentral, e->wl->source, params);
		for (p = e->wl->params; p->name != NULL; p++)
			printf("    %-8s  %s\n", p->name, p->help);
	}
	printf("All take ops=N: mallocs per thread, instead of a window.\n");
}
