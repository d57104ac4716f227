#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# laws.sh - the laws of scaling in a report, the residuals and the bands of
# models, number by number and point by point, for throughputs that follow a
# law exactly; no law where threads have no CPU; and who is the fastest.
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
says "$page" '>too few rounds to say<' "two rounds do not tell who is fastest"
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

# Who is the fastest: glibc by its factor, at eight threads of the variants ck,
# at one nobody.
run 0 "a sweep of three rounds" sweep --allocators mutex,ck,glibc \
    --workloads larson --threads 1,8 --rounds 3 --output "$tap_tmp/three"
dir=$(sweep_of "$tap_tmp/three")
page=$dir/report.html
cp "$dir/sweep.json" "$tap_tmp/sweep.json"
on 4
sed -n '/class="numbers winners"/,/<.table>/p' "$page" >"$tap_tmp/winners"
says "$tap_tmp/winners" 'href="#p-larson">larson</a></th><th [^>]*>1</th>.*glibc'\
'</td><td class="certain">×2.00 ahead of mutex<.*mutex</td><td class="soft">'\
'not certain: ck may be as fast<' "the fastest at one thread"
says "$tap_tmp/winners" '>8</th>.*glibc</td><td class="certain">×1.82 ahead of '\
'ck<.*ck</td><td class="certain">×1.10 ahead of mutex<' "... and at eight"
says "$page" 'class="group" id="p-larson"' "... with panels to go to"
says "$dir/results.md" '^| larson | glibc | ×2.00 ahead of mutex | mutex | not '\
'certain: ck may be as fast |$' "... in results.md too"

done_testing
