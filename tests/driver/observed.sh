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

done_testing
