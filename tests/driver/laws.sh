#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# laws.sh - the laws of scaling in a report, the residuals and the bands of
# models, number by number and point by point, for throughputs that follow a
# law exactly; and no law where threads have no CPU.
#
# Run by make check, once.

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

FAKE_USL="0.03 0.0004 5"
export FAKE_USL
run 0 "a sweep under a known law" sweep --allocators mutex,ck,glibc \
    --workloads larson --threads 1,2..64 --rounds 2 --output "$tap_tmp/results"
dir=$(sweep_of "$tap_tmp/results")
page=$dir/report.html
cp "$dir/sweep.json" "$tap_tmp/sweep.json"

# on CPUS: the report as if the machine had so many
on() {
	sed "s/\"cpus_allowed\": *[0-9]*/\"cpus_allowed\": $1/" \
	    "$tap_tmp/sweep.json" >"$dir/sweep.json"
	run 0 "a report of $1 CPUs" report "$dir"
}

# holds LAST [modelled]
holds() {
	python3 "$srcdir/tests/driver/laws.py" "$page" "$@" \
	    >"$tap_tmp/wrong" 2>&1
	that "... holds every number and point" sh -c "! grep . '$tap_tmp/wrong'"
}

on 64
holds 64
says "$page" '<td>0.0300</td><td>0.00040[0-9]</td><td>5.00</td><td>33.3</td>' \
    "the table has the law too"
on 8
holds 8
on 4
that "three points make no law" sh -c "! grep -q 'data-usl=' '$page'"
that "... and no residuals" sh -c "! grep -q 'data-panel=\"residuals' '$page'"
says "$page" 'No law of scaling is drawn: it needs 4 .* and here are 3' \
    "... as the page says"
sed 's/^ "host"/ "model": {"profile": "x", "cores": 64, "band": "y"},\n&/' \
    "$tap_tmp/sweep.json" >"$tap_tmp/model.json"
mv "$tap_tmp/model.json" "$tap_tmp/sweep.json"
on 64
says "$page" '(modelled)' "a modelled sweep"
holds 64 modelled

done_testing
