/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gb_shim.cc - Google Benchmark, seen from C.
 *
 * Called through gb_shim.h by the main thread of a bench program.  The only
 * C++ of the project.  noexcept: an exception ends the program here instead
 * of crossing into C.
 */
#include "harness/gb_shim.h"

#include <benchmark/benchmark.h>

static benchmark::State &
state_of(struct sl_gb_state *st) noexcept
{
	return *reinterpret_cast<benchmark::State *>(st);
}

static void
run_trials(benchmark::State &state, sl_gb_trial *trial, void *arg)
{
	for (auto _ : state)
		trial(reinterpret_cast<struct sl_gb_state *>(&state), arg);
}

void
sl_gb_init(int *argc, char **argv) noexcept
{
	benchmark::Initialize(argc, argv);
}

void
sl_gb_register(
    const char *name, sl_gb_trial *trial, void *arg, int repetitions) noexcept
{
	benchmark::RegisterBenchmark(name,
	    [trial, arg](benchmark::State &s) { run_trials(s, trial, arg); })
	    ->Iterations(1)
	    ->Repetitions(repetitions)
	    ->UseManualTime()
	    ->Unit(benchmark::kMillisecond);
}

void
sl_gb_context(const char *key, const char *value) noexcept
{
	benchmark::AddCustomContext(key, value);
}

size_t
sl_gb_run(void) noexcept
{
	return benchmark::RunSpecifiedBenchmarks();
}

void
sl_gb_set_seconds(struct sl_gb_state *st, double seconds) noexcept
{
	state_of(st).SetIterationTime(seconds);
}

void
sl_gb_counter(struct sl_gb_state *st, const char *name, double value) noexcept
{
	state_of(st).counters[name] = benchmark::Counter(value);
}

void
sl_gb_label(struct sl_gb_state *st, const char *text) noexcept
{
	state_of(st).SetLabel(text);
}

void
sl_gb_fail(struct sl_gb_state *st, const char *message) noexcept
{
	state_of(st).SkipWithError(message);
}
