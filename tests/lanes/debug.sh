#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# debug.sh - every invariant, as the workloads of the bench run and in the C
# tests, all variants.

. "$(dirname "$0")/lib.sh"

lane debug "$(all_variants)" --enable-debug
tap_tmpdir

# One short round of all workloads; each cell ends with the conservation check.
workloads() {
	SPANLAB_LIB_DIR=$where/.libs SPANLAB_BENCH_DIR=$where \
	    "$where/spanlab" sweep --preset quick --rounds 1 --threads 1,3,16 \
	    --allocators "$variants" --output "$tap_tmp/results" "$@" \
	    >"$tap_tmp/out" 2>&1 </dev/null
}
for options in '' hold=0,relink=0; do
	export SPANLAB_OPTIONS="$options"
	began=$(date +%s)
	if workloads && grep -q ' 0 failed, 0 missing$' "$tap_tmp/out"; then
		ok "debug: the workloads${options:+ with $options}"
	else
		not_ok "debug: the workloads${options:+ with $options}"
		note_file "$tap_tmp/out" 40
		find "$tap_tmp/results" -name '*.failed.json' | sed 's/^/# /'
	fi
	note "$(($(date +%s) - began)) s"
	rm -rf "$tap_tmp/results"
	unset SPANLAB_OPTIONS
done
run_tests unit face seam set step mock load
done_testing
