#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# observed.sh - a sweep that observes, with the real bench and libraries: each
# cell has latencies by path, memory over time and what its threads had of the
# processor; and what observing cost.
#
# Run by make check, once.

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

res=$tap_tmp/results
run 2 "a bad --latency" sweep --latency 0 --output "$res"
run 2 "a bad --memory" sweep --memory 0 --output "$res"
run 1 "a bench that observes nothing though asked" sweep --latency 10 \
    --rounds 1 --threads 1 --workloads pairs --allocators glibc \
    --output "$tap_tmp/fake"
says "$(sweep_of "$tap_tmp/fake")/cells/pairs.glibc.T1.r1.failed.json" \
    'did not say what it observed' "... is a failed cell"

# What it says is checked before the cell may stand.
FAKE_OBSERVE=1
export FAKE_OBSERVE FAKE_OBSERVE_SED
# refused WHAT SED-EXPRESSION
n=0
refused() {
	n=$((n + 1))
	FAKE_OBSERVE_SED=$2
	run 1 "observed, $1" sweep --latency 8 --memory 5 --rounds 1 \
	    --threads 1 --workloads pairs --allocators glibc \
	    --output "$tap_tmp/refused$n"
	says "$(sweep_of "$tap_tmp/refused$n")/cells/pairs.glibc.T1.r1.failed.json" \
	    "\"detail\": \"observed: .*$1" "... is a failed cell that says so"
}
refused 'observer: clock_ns is no amount' 's/"clock_ns": 20/"clock_ns": -1/'
refused 'observer: memory_ns is no amount' 's/, *"memory_ns": 9000//
s/"paths_ns": 9, "memory_ns": 9000/"paths_ns": 9/'
refused 'no trials' 's/"trials"/"others"/'
refused 'another number of threads' 's/"threads": 1/"threads": 2/'
refused 'load is not closed' 's/closed/open/'
refused 'latency is missing' 's/"latency"/"late"/'
refused 'every is not what was asked for' 's/"every": 8/"every": 9/'
refused 'unit is not ns' 's/"unit": "ns"/"unit": "us"/'
refused 'paths is not counters' 's/"paths": "counters"/"paths": "guessed"/'
refused 'malloc: no count of all' 's/"all": {"count": 20000/"some": {"count": 20000/'
refused 'malloc all: count is not that of its buckets' 's/,1900\]/,1901]/'
refused 'malloc all: buckets do not ascend' 's/\[200,1900/[20,1900/'
refused 'malloc all: p99 is above p999' 's/"p99": 201/"p99": 9999/'
refused 'malloc all: max is below the last bucket' \
    's/"p999": 3000/"p999": 2000/; s/"max": 3000/"max": 2000/'
refused 'malloc miss: there is no such path' 's/"hit"/"miss"/'
refused 'memory is missing' 's/"memory": {/"memories": {/'
refused 'memory: missed is no amount' 's/"missed": 0/"missed": null/'
refused 'memory: column 2 is not live_bytes' 's/"live_bytes"/"dead_bytes"/'
refused 'memory: a sample has not 6 numbers' 's/2097152,0,0,0/2097152,0,0/'
refused 'memory: rss_kib of a sample is none' 's/0,4096,/0,null,/'
refused 'memory: live_bytes of a sample is none' 's/,2097152,/,null,/'
refused 'memory: samples go back in time' 's/\[\[0,/[[49,/'
refused 'memory: a sample has not' 's/"drained"/"drowned"/'
FAKE_OBSERVE_SED=
run 1 "observed, without the workers that were asked for" sweep --latency 8 \
    --memory 5 --counters --rounds 1 --threads 1 --workloads pairs \
    --allocators glibc --output "$tap_tmp/workers"
says "$(sweep_of "$tap_tmp/workers")/cells/pairs.glibc.T1.r1.failed.json" \
    'observed: workers are missing' "... is a failed cell that says so"
# It is slower for that, and says so.
run 0 "observed, as it should be" sweep --latency 8 --memory 5 --rounds 1 \
    --threads 1 --workloads pairs --allocators glibc --output "$tap_tmp/seen"
seen=$(sweep_of "$tap_tmp/seen")
slowed='Observed with --latency 8 and --memory 5, which slows'
says "$out" "^warning  *$slowed" "... says at its end what that costs"
says "$seen/results.md" "^Warning: $slowed" "... in results.md"
says "$seen/report.html" "<li>$slowed" "... and in the page"
unset FAKE_OBSERVE FAKE_OBSERVE_SED
run 0 "a sweep that does not observe" sweep --rounds 1 --threads 1 \
    --workloads pairs --allocators glibc --output "$tap_tmp/plain"
plain=$(sweep_of "$tap_tmp/plain")
that "... has no such warning" sh -c "! grep -rl 'Observed with' '$plain' '$out'"
run 0 "... compare" compare "$plain" "$seen"
says "$out" 'WARNING: one of the two observed' "... warns"

SPANLAB_BENCH_DIR=$REAL_BENCH_DIR
SPANLAB_LIB_DIR=$REAL_LIB_DIR
if [ ! -x "$SPANLAB_BENCH_DIR/spanlab-bench" ]; then
	skip "a sweep that observes" \
	    "no spanlab-bench in $SPANLAB_BENCH_DIR"
	done_testing
fi
if [ -n "${SL_SANITIZER:-}" ]; then
	skip "a sweep that observes" "sanitized libraries cannot be preloaded"
	done_testing
fi
v=${VARIANTS:-mutex}
v=${v%% *}
run 0 "a sweep that observes" sweep --rounds 1 --threads 2 \
    --workloads larson --allocators "$v,glibc" --output "$res" \
    --latency 8 --memory 5 --counters
dir=$(sweep_of "$res")
says "$dir/sweep.json" '"latency": 8' "the manifest says what was asked for"
tr -d ' \n' <"$dir/cells/larson.$v.T2.r1.json" >"$tap_tmp/ours"
tr -d ' \n' <"$dir/cells/larson.glibc.T2.r1.json" >"$tap_tmp/glibc"
for f in ours glibc; do
	says "$tap_tmp/$f" '"malloc":{"all":{"count":[1-9]' "$f: mallocs"
	says "$tap_tmp/$f" '"free":{"all":{"count":[1-9]' "$f: frees"
	says "$tap_tmp/$f" '"live":"usablebytes"' "$f: live bytes"
	says "$tap_tmp/$f" '"drained":\[[0-9.]*,[1-9][0-9]*,0,' \
	    "$f: nothing is live at the end"
	says "$tap_tmp/$f" '"index":1,"cpu":[0-9]' "$f: each worker"
	says "$tap_tmp/$f" '"clock_ns":[1-9]' "$f: what a look at the clock costs"
	says "$tap_tmp/$f" '"instructions":\([1-9]\|null.*"instructions":"\)' \
	    "$f: instructions, or why there are none"
done
for path in hit refill grow own remote; do
	says "$tap_tmp/ours" "\"$path\":{\"count\":[1-9]" "ours: path $path"
done
says "$tap_tmp/ours" '"paths":"counters"' "ours: paths are told"
says "$tap_tmp/glibc" '"paths":"nottold"' "glibc: they are not"
for curve in malloc-all malloc-hit free-remote resident-over-time; do
	says "$dir/report.html" "data-curve=\"$curve\"" "the page draws $curve"
done
# The report's percentiles are the bench's own.
for f in ours glibc; do
	case $f in ours) a=$v ;; *) a=glibc ;; esac
	is=$(awk -F, -v a="$a" 'NR == 1 { for (i = 1; i <= NF; i++)
		if ($i == "malloc_p50_ns") c = i }
	    $2 == a { print $c }' "$dir/data.csv")
	says "$tap_tmp/$f" \
	    "\"malloc\":{\"all\":{\"count\":[0-9]*,\"p50\":$is," \
	    "$f: data.csv has the cell's percentile: $is"
done

# Workloads that count their calls by the batch are seen like others.
batches="pairs garbage lifo-16 random-64 churn-512 grow-64 shrink-64"
run 0 "a sweep of batches that observes" sweep --rounds 1 --threads 2 \
    --workloads "$(echo "$batches" | tr ' ' ',')" --allocators "$v" \
    --output "$tap_tmp/batches" --latency 100 --memory 5
dir=$(sweep_of "$tap_tmp/batches")
for w in $batches; do
	tr -d ' \n' <"$dir/cells/$w.$v.T2.r1.json" >"$tap_tmp/ours"
	for call in malloc free; do
		case $w-$call in grow-*-free | shrink-*-malloc) continue ;; esac
		says "$tap_tmp/ours" "\"$call\":{\"all\":{\"count\":[1-9]" \
		    "$w: calls of $call"
	done
	says "$tap_tmp/ours" '"live":"usablebytes"' "$w: live bytes"
	says "$tap_tmp/ours" '"drained":\[[0-9.]*,[1-9][0-9]*,0,' \
	    "$w: nothing is live at the end"
done

done_testing
