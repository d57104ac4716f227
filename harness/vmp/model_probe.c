/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model_probe.c - a probe on the model; see model_probe.h.
 * Called by probe_program.c and by tests.
 */
#include "harness/vmp/model_probe.h"

#include "harness/vmp/probes.h"
#include "harness/vmp/vmp.h"

static const struct probe *running;

void
probe_think(unsigned thread, uint64_t cycles)
{
	(void)thread;
	model_think(cycles / 2 + model_random() % (cycles + 1));
}

void
probe_relax(void)
{
	vmp_pause();
}

void
probe_lock(int *word)
{
	vmp_lock(word, __builtin_return_address(0));
}

void
probe_unlock(int *word)
{
	vmp_unlock(word, __builtin_return_address(0));
}

static void
body(unsigned thread)
{
	model_gate();
	running->body(thread);
	model_stop();
}

bool
model_probe_run(const char *name, const struct model_probe *how,
    struct model_counts *out, char *why)
{
	struct model_config c = {.profile = how->profile,
	    .threads = how->threads,
	    .cores = how->cores,
	    .seed = how->seed,
	    .no_elision = how->no_elision,
	    .body = body};

	running = probe_find(name);
	if (running == NULL) {
		snprintf(why, MODEL_WHY_MAX, "no probe '%s'", name);
		return false;
	}
	if (running->threads != 0 && running->threads != how->threads) {
		snprintf(why, MODEL_WHY_MAX, "%s is for %u threads", name,
		    running->threads);
		return false;
	}
	probe_load.threads = how->threads;
	probe_load.ops = how->ops;
	probe_load.think = how->think;
	probe_reset();
	return model_run(&c, out, why);
}

double
model_probe_cycles(const struct model_probe *how, const struct model_counts *n)
{
	return (double)n->makespan / ((double)how->threads * how->ops);
}
