/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gnuplot.c - runs gnuplot on a script.
 *
 * Called by plot and map_plot.
 */
#include "harness/driver/gnuplot.h"

#include <stdlib.h>

#include "harness/driver/child.h"

void
sl_gnuplot_quote(struct sl_text *t, const char *s)
{
	sl_text_add(t, "'");
	for (; *s; s++) {
		char c = *s;

		if ((unsigned char)c < 0x20 || c == '\'' || c == '`' ||
		    c == '\\' || c == 0x7f)
			c = '?';
		sl_text_add_n(t, &c, 1);
	}
	sl_text_add(t, "'");
}

char *
sl_gnuplot_run(
    const char *terminal, const char *script, size_t *len, char **why)
{
	static const char *const argv[] = {"gnuplot", "-d", NULL};
	char *input = sl_printf("set encoding utf8\n%s\n%s", terminal, script);
	struct sl_child c = {.argv = argv,
	    .keep_fd = -1,
	    .wants_output = true,
	    .input = input,
	    .timeout_s = 60};
	char words[128];

	sl_child_run(&c);
	free(input);
	if (c.end == SL_CHILD_EXITED && c.code == 0 && c.output_len) {
		*len = c.output_len;
		return c.output;
	}
	free(c.output);
	if (c.end == SL_CHILD_EXITED && c.code == 127)
		*why = sl_strdup("gnuplot is not installed (package "
				 "gnuplot-nox)");
	else
		*why = sl_printf("gnuplot: %s: %.200s",
		    sl_child_end_text(&c, words), c.errors);
	return NULL;
}
