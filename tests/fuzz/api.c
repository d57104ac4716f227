/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * api.c - fuzz target: sequences of calls of one thread against the model.
 * Run by libFuzzer or by replay.c.  An operation is a byte (which), a byte
 * (on what place), and what it takes.
 */
#include "tests/fuzz/shadow.h"
#include "tests/fuzz/target.h"

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	shadow_restart(*argv);
	return 0;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct shadow_world w;
	struct shadow_input in = {data, size};

	shadow_begin(&w);
	while (in.left > 0) {
		unsigned op = (unsigned)shadow_take(&in, 1);
		unsigned place = (unsigned)shadow_take(&in, 1);

		shadow_operation(&w, op, place, true, &in);
	}
	shadow_end(&w);
	return 0;
}
