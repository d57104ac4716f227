#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# placement.sh - threads are where the bench says: under a policy, in a process
# that may use one CPU only, and where the system refuses to bind, does it
# badly or only says so; and what a sweep keeps of it.
#
# Run by make check, once.

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

res=$tap_tmp/results
small="--allocators glibc --workloads larson --threads 1,2 --rounds 1"

# --- names ---------------------------------------------------------------------

bad() {
	# shellcheck disable=SC2086 # words are wanted
	run 2 "sweep $1" sweep $small $1 --output "$res"
	says "$err" "$2" "... is told why"
}
bad "--pin sacter" "'sacter' is not none, compact, .*did you mean scatter?"
bad "--pin numa-dens" "'numa-dens' is not"
bad "--pin scatter:twice" 'behind scatter can only be :wrap'
bad "--pin=" "'' is not none"
bad "--numa bnid:0" "'bnid:0' is not local, .*did you mean bind?"
bad "--numa bind" 'which nodes?'
bad "--numa local:1" 'local has no nodes'
that "... nothing was created" [ ! -e "$res" ]
run 2 "list pins of no number" list pins none
says "$err" "'none' is not a number of threads" "... is told why"

# --- a machine that is made up -------------------------------------------------

HWLOC_SYNTHETIC='pack:2 [numa] core:2 pu:2'
export HWLOC_SYNTHETIC
run 0 "list pins of another machine" list pins
says "$out" '^2 packages, 4 cores, 8 CPUs (2 to a core), 2 NUMA nodes$' \
    "... in words"
says "$out" 'of a machine that is not this one' "... which is not this one"
says "$out" '^compact  *numa-dense-smt-prefer  *0 1 2 3 4 5 6 7$' "... compact"
says "$out" '^per-socket  *numa-dense  *0 2 1 3 4 6 5 7$' "... per-socket"
says "$out" '^scatter  *numa-sparse  *0 4 2 6 1 5 3 7$' "... scatter"
says "$out" '^smt-first  *numa-sparse-smt-prefer  *0 1 4 5 2 3 6 7$' \
    "... smt-first"
says "$out" '^smt-last  *-  *0 2 4 6 1 3 5 7$' "... smt-last"
run 0 "list pins 10" list pins 10
says "$out" '^scatter .* 0 4 2 6 1 5 3 7 0 4$' "... begins again"
says "$out" 'bound with :wrap only' "... and says when"
# shellcheck disable=SC2086
run 2 "a sweep with a policy there" sweep $small --pin compact --output "$res"
says "$err" 'hwloc is told of another machine' "... is refused"
unset HWLOC_SYNTHETIC

# --- what a sweep keeps --------------------------------------------------------

# shellcheck disable=SC2086
run 1 "a bench that does not know of --pin" sweep $small --pin compact \
    --output "$tap_tmp/old"
says "$(sweep_of "$tap_tmp/old")/cells/larson.glibc.T1.r1.failed.json" \
    '"not-pinned"' "... its cells have failed"
FAKE_PINNED=1
export FAKE_PINNED
# shellcheck disable=SC2086
run 1 "a thread that was moved" sweep $small --pin compact \
    --output "$tap_tmp/moved"
dir=$(sweep_of "$tap_tmp/moved")
that "... the cell with one thread is good" \
    [ -s "$dir/cells/larson.glibc.T1.r1.json" ]
says "$dir/cells/larson.glibc.T2.r1.failed.json" \
    '1 of 2 threads stayed where --pin compact put them' \
    "... the one with two has failed"
# shellcheck disable=SC2086
run 0 "--pin none asks for nothing" sweep $small --pin none \
    --output "$tap_tmp/none"
FAKE_PINNED=all
# shellcheck disable=SC2086
run 0 "a sweep with a policy" sweep $small --pin numa-sparse --numa local \
    --output "$res"
says "$out" '^pinned  *numa-sparse: CPUs [0-9]' "... says which CPUs"
dir=$(sweep_of "$res")
says "$dir/sweep.json" '"pin": "numa-sparse"' "... keeps the policy"
says "$dir/sweep.json" '"pin_order": "[0-9]' "... the order"
says "$dir/sweep.json" '"numa": "local"' "... that of memory"
says "$dir/sweep.json" '"topology": ".* CPU' "... and the machine"
says "$dir/report.html" '<pre>.*' "the report"
says "$dir/report.html" '--pin numa-sparse' "... says how to do it again"
says "$dir/report.html" 'numa-sparse; with more threads than CPUs: not at all' \
    "... what was in force"
says "$dir/report.html" 'CPUs (*[0-9]* to a core' "... and on what"
run 0 "--resume with the same" sweep --resume "$dir" --pin numa-sparse \
    --numa local
run 2 "--resume with another" sweep --resume "$dir" --pin compact
says "$err" 'was made with --pin numa-sparse, not compact' "... is refused"
run 2 "--resume of a sweep without --numa, with it" \
    sweep --resume "$(sweep_of "$tap_tmp/none")" --numa local
says "$err" 'was made without --numa' "... is refused"
cp -r "$dir" "$tap_tmp/elsewhere"
sed 's/"pin_order": "[^"]*"/"pin_order": "77,78"/' "$dir/sweep.json" \
    >"$tap_tmp/elsewhere/sweep.json"
run 2 "--resume on other CPUs" sweep --resume "$tap_tmp/elsewhere"
says "$err" 'took CPUs 77,78, here it would take' "... is refused"
sed 's/"pin": "[^"]*"/"pin": "x;y"/' "$dir/sweep.json" \
    >"$tap_tmp/elsewhere/sweep.json"
run 2 "a policy that is none in sweep.json" sweep --resume "$tap_tmp/elsewhere"
run 0 "compare with a sweep by default" compare "$dir" \
    "$(sweep_of "$tap_tmp/none")"
says "$out" 'WARNING: not the same --pin: numa-sparse and none' "... warns"
unset FAKE_PINNED

# --- the bench -----------------------------------------------------------------

bench=$REAL_BENCH_DIR/spanlab-bench
if [ ! -x "$bench" ]; then
	skip "the bench binds" "no spanlab-bench in $REAL_BENCH_DIR"
	done_testing
fi

# bench STATUS WHAT [options]: its JSON is in $tap_tmp/json.
bench() {
	wanted=$1
	what=$2
	shift 2
	status=0
	rm -f "$tap_tmp/json"
	"$@" "--benchmark_out=$tap_tmp/json" --workload=pairs \
	    --param=ops=20000 >"$out" 2>"$err" </dev/null || status=$?
	if [ "$status" -eq "$wanted" ]; then
		ok "$what: exit status $wanted"
	else
		not_ok "$what: exit status $status, not $wanted"
		note_file "$err"
	fi
}
json="$tap_tmp/json"
bench 2 "the bench with a bad policy" "$bench" --pin=sacter
says "$err" 'compact per-socket scatter' "... says which there are"
bench 2 "the bench with a bad policy of memory" "$bench" --numa=bind:x
HWLOC_SYNTHETIC='pack:2 core:2 pu:2' bench 2 "the bench on another machine" \
    "$bench" --pin=compact
says "$err" 'hwloc is told of another machine' "... refuses to bind"
HWLOC_SYNTHETIC='pack:2 core:2 pu:2' bench 0 "... if nobody asked it to bind" \
    "$bench"
says "$err" 'threads are not bound: hwloc is told' "... says that it does not"
says "$json" '"pin": "none"' "... in its record, too"
says "$json" '"pin_note": "hwloc is told' "... and why"
nodes=$("$SPANLAB" list pins | sed -n 's/.* \([0-9]*\) NUMA nodes*$/\1/p')
if [ "$nodes" = 1 ]; then
	for mode in interleave bind:0 preferred:0; do
		bench 2 "--numa=$mode with one node" "$bench" --numa=$mode
		says "$err" 'not available: this machine has one NUMA node' \
		    "... says so"
	done
else
	bench 0 "--numa=interleave with $nodes nodes" "$bench" --numa=interleave
	says "$json" '"numa_in_force": "interleave:' "... is in force"
fi
bench 0 "--numa=local" "$bench" --numa=local
says "$json" '"numa": "local"' "... is in the record"

# Restricted: the last CPU that this process may use, and no other.
cpu=$("$SPANLAB" list pins | sed -n 's/^flat .* \([0-9]*\)$/\1/p')
if ! command -v taskset >"$tap_tmp/taskset"; then
	skip "with one CPU" "no taskset (Debian package: util-linux)"
else
	for pin in compact scatter per-socket smt-first smt-last flat; do
		bench 0 "--pin=$pin with CPU $cpu alone" \
		    taskset -c "$cpu" "$bench" --pin=$pin --threads=1
		says "$json" "\"label\": \"cpus $cpu\"" "... is on it"
	done
	says "$json" "\"pin_order\": \"$cpu\"" "... which is all there is"
	bench 0 "two threads on one CPU" \
	    taskset -c "$cpu" "$bench" --pin=compact --threads=2
	says "$json" '"oversubscribed": 1' "... are too many"
	says "$json" '"pinned_threads": 0' "... and none is bound"
	says "$json" '"pin_oversubscribed": "none"' "... as the record says"
	bench 0 "two threads on one CPU that wrap" \
	    taskset -c "$cpu" "$bench" --pin=compact:wrap --threads=2
	says "$json" '"oversubscribed": 1' "... are too many all the same"
	says "$json" '"pinned_threads": 2' "... and bound"
	says "$json" "\"label\": \"cpus $cpu,$cpu\"" "... both to it"
	taskset -c "$cpu" "$SPANLAB" list pins >"$out" 2>"$err"
	says "$out" "^compact  *numa-dense-smt-prefer  *$cpu$" \
	    "list pins has that CPU alone"
	cpus=$(getconf _NPROCESSORS_ONLN)
	if [ "$cpus" -gt 1 ]; then
		# shellcheck disable=SC2086
		taskset -c "$cpu" "$SPANLAB" sweep $small --pin compact \
		    --dry-run --output "$tap_tmp/one" >"$out" 2>"$err"
		says "$out" "may use 1 of $cpus CPUs" "a sweep there says so"
		says "$out" "^pinned  *compact: CPUs $cpu$" "... and which it is"
	fi
fi

# --- a system that does not bind -----------------------------------------------

# HOW: refuse, lie (say yes and do nothing) or move (elsewhere at the end).
cat >"$tap_tmp/shim.c" <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

static int
is(const char *how)
{
	const char *s = getenv("HOW");

	return s != NULL && strcmp(s, how) == 0;
}

int
sched_setaffinity(pid_t pid, size_t len, const cpu_set_t *set)
{
	int (*real)(pid_t, size_t, const cpu_set_t *) =
	    (int (*)(pid_t, size_t, const cpu_set_t *))dlsym(
		RTLD_NEXT, "sched_setaffinity");

	if (is("refuse")) {
		errno = EPERM;
		return -1;
	}
	return is("lie") ? 0 : real(pid, len, set);
}

int
sched_getcpu(void)
{
	static _Thread_local int calls;
	int (*real)(void) = (int (*)(void))dlsym(RTLD_NEXT, "sched_getcpu");

	return real() + (is("move") && ++calls > 1);
}

int
sched_getaffinity(pid_t pid, size_t len, cpu_set_t *set)
{
	int (*real)(pid_t, size_t, cpu_set_t *) =
	    (int (*)(pid_t, size_t, cpu_set_t *))dlsym(
		RTLD_NEXT, "sched_getaffinity");
	int n = real(pid, len, set);

	/* of a machine with one CPU a lie would be the truth */
	if (is("lie") && n == 0 && len >= 8)
		memset(set, 3, 1);
	return n;
}
END
if [ -n "${SL_SANITIZER:-}" ]; then
	skip "a system that does not bind" "a sanitizer is preloaded first"
elif ! ${CC:-cc} -shared -fPIC -o "$tap_tmp/shim.so" "$tap_tmp/shim.c" \
    >"$tap_tmp/cc" 2>&1; then
	not_ok "the shim compiles"
	note_file "$tap_tmp/cc"
else
	shim="env LD_PRELOAD=$tap_tmp/shim.so"
	# shellcheck disable=SC2086
	bench 2 "bound, where it is refused" \
	    $shim HOW=refuse "$bench" --pin=compact
	says "$err" '--pin=compact: the kernel does not permit it' "... says so"
	# shellcheck disable=SC2086
	bench 0 "not asked to, where it is refused" $shim HOW=refuse "$bench"
	says "$err" 'threads are not bound: the kernel does not permit it' \
	    "... says that it does not"
	says "$json" '"pin": "none"' "... in its record, too"
	says "$json" '"pinned_threads": 0' "... no thread is bound"
	# shellcheck disable=SC2086
	bench 2 "bound, where that is not so" $shim HOW=lie "$bench" --pin=flat
	says "$err" 'gave it other processors\|disagree' "... is found out"
	# shellcheck disable=SC2086
	bench 0 "bound, and moved" $shim HOW=move "$bench" --pin=flat --threads=1
	says "$json" '"pinned_threads": 0' "... is found out"
fi

done_testing
