#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# real_sweep.sh - a small sweep with the real bench and the real libraries:
# every variant built, the C library, and the peers that are installed.
#
# Run by make check, once.

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

SPANLAB_BENCH_DIR=$REAL_BENCH_DIR
SPANLAB_LIB_DIR=$REAL_LIB_DIR
if [ ! -x "$SPANLAB_BENCH_DIR/spanlab-bench" ]; then
	skip "a real sweep" "no spanlab-bench in $SPANLAB_BENCH_DIR"
	done_testing
fi
if [ -n "${SL_SANITIZER:-}" ]; then
	skip "a real sweep" "sanitized libraries cannot be preloaded"
	done_testing
fi

run 0 "list variants" list variants
variants=$(cut -d' ' -f1 "$out")
for v in ${VARIANTS:-mutex}; do
	that "... has $v" grep -q "^$v " "$out"
done

run 0 "a real sweep" sweep --rounds 1 --threads 1,4 \
    --workloads pairs,larson --output "$tap_tmp/results"
dir=$(sweep_of "$tap_tmp/results")
says "$out" ' 0 failed, 0 missing$' "... is complete"
# With fewer CPUs than threads these are asked to tell, and left out.
left=$(sed -n 's/^note  *Left out, .*CPUs: \(.*\)\. Their .*/\1/p' "$out" |
    tr -d ' ')
# shellcheck disable=SC2086 # words are wanted
turns=$(printf '%s\n' $variants | grep -E '^ck-(mcs|ticket)$' | paste -sd , -)
[ "$(nproc)" -lt 4 ] || turns=
that "... without those that spin in turn: ${left:-none}" \
    [ "$left" = "$turns" ]
named=
if [ -n "$left" ]; then
	run 0 "... which are measured by name" sweep --rounds 1 --threads 1,4 \
	    --workloads larson --allocators "$left" --output "$tap_tmp/named"
	named=$(sweep_of "$tap_tmp/named")
fi
for v in $variants; do
	f=$dir/cells/larson.$v.T4.r1.json
	[ -e "$f" ] || f=$named/cells/larson.$v.T4.r1.json
	says "$f" "\"allocator\": \"$v\"" "$v: its own malloc answered"
	says "$f" '"mc_claims": ' "$v: counters of mcentral are there"
	says "$f" '"heap_locks": ' "$v: and of the page heap"
	says "$f" '"top1_refills": [1-9]' "$v: and of the busiest span class"
	says "$f" '"check_ok": 1.0' "$v: nothing was lost"
done
says "$dir/cells/larson.glibc.T4.r1.json" '"allocator": "glibc"' \
    "glibc: nothing was preloaded"
that "the report has a plot of larson" \
    grep -q 'larson: throughput by threads' "$dir/report.html"
says "$dir/report.html" 'this workload does not touch mcentral' \
    "the report says that pairs does not touch mcentral"

done_testing
