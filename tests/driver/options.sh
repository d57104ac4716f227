#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# options.sh - VARIANT:OPTION=V is a series of its own, and every result says
# which options it ran with; and times with a unit.
#
# Run by make check, once.

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

unset SPANLAB_OPTIONS
res=$tap_tmp/results
run 0 "a sweep of one variant with three sets of options" sweep --rounds 1 \
    --threads 1,2 --workloads larson --output "$res" \
    --allocators mutex,mutex:default,mutex:hold=5+relink=7,glibc
dir=$(sweep_of "$res")
that "... has a file for each cell" [ "$(good_cells "$dir")" -eq 8 ]

# ran SERIES OPTIONS: its cells say so, and so does the bench.
ran() {
	f="$dir/cells/larson.$1.T2.r1.json"
	if grep -q "^  \"options\": \"$2\"" "$f" &&
	    grep -q "\"options_all\": \"$2\"" "$f"; then
		ok "$1 ran with '$2'"
	else
		not_ok "$1 ran with '$2'"
		note_file "$f"
	fi
}
ran mutex hold=0
ran mutex:default ''
ran mutex:hold=5+relink=7 'hold=5,relink=7'
that "the table for other programs says so" \
    grep -q '^larson,mutex:hold=5+relink=7,1,1,ok,.*,"hold=5,relink=7",20,0$' \
    "$dir/data.csv"
that "... and that others have none" \
    grep -q '^larson,glibc,1,1,ok,.*,,,$' "$dir/data.csv"
says "$dir/results.md" '^`SPANLAB_OPTIONS=hold=0`: mutex\.$' \
    "the Markdown says so"
says "$dir/report.html" 'mutex:hold=5+relink=7</th>' "the page names the series"
says "$dir/report.html" '<td>hold=5,relink=7</td>' "... and its options"
says "$dir/report.html" 'Some of the variants ran with <code>hold=0' \
    "... and what hold=0 means"
says "$dir/plots/larson.svg" 'mutex:hold=5+relink=7' "the plot has it"

# What the environment says stands between the preset and the spec.
SPANLAB_OPTIONS=hold=9,relink=1
export SPANLAB_OPTIONS
run 0 "a sweep with SPANLAB_OPTIONS" sweep --rounds 1 --threads 2 \
    --workloads larson --allocators mutex,mutex:default,mutex:relink=3 \
    --output "$tap_tmp/env"
unset SPANLAB_OPTIONS
dir=$(sweep_of "$tap_tmp/env")
ran mutex 'hold=9,relink=1'
ran mutex:default ''
ran mutex:relink=3 'hold=9,relink=3'
says "$dir/report.html" '<pre>SPANLAB_OPTIONS=hold=9,relink=1 ' \
    "to repeat it takes the environment too"

# resume: with the options that the sweep began with.
rm "$dir/cells/larson.mutex.T2.r1.json"
run 0 "--resume without SPANLAB_OPTIONS" sweep --resume "$dir" \
    --allocators mutex,mutex:default,mutex:relink=3
ran mutex 'hold=9,relink=1'
run 2 "--resume with other options" sweep --resume "$dir" \
    --allocators mutex,mutex:default,mutex:relink=4
says "$err" 'was made with --allocators' "... is refused"

# A bench that does not do as it was told is not believed.
sed "s/^options=.*/options=hold=8/" "$srcdir/tests/driver/fake-bench" \
    >"$tap_tmp/bench/spanlab-bench"
run 2 "a library that has other options" sweep --rounds 1 --threads 1 \
    --workloads larson --allocators mutex:hold=5 --output "$tap_tmp/other"
says "$err" 'was asked for SPANLAB_OPTIONS=hold=5, but has hold=8' \
    "... is found out before the sweep"
cp "$srcdir/tests/driver/fake-bench" "$tap_tmp/bench/spanlab-bench"
FAKE_TROUBLE=larson.mutex.T2=options
export FAKE_TROUBLE
run 1 "a cell that has other options" sweep --rounds 1 --threads 2 \
    --workloads larson --allocators mutex,ck --output "$tap_tmp/cell"
says "$(sweep_of "$tap_tmp/cell")/cells/larson.mutex.T2.r1.failed.json" \
    '"status": "wrong-options"' "... has failed"

# A budget has a unit: a round takes a second and more here.
FAKE_TROUBLE=
FAKE_WAIT=1
export FAKE_WAIT
for budget in 0.9=1 .9s=1 2m=5 1.5h=5; do
	run 0 "--budget ${budget%=*}" sweep --threads 1 --workloads larson \
	    --allocators mutex --budget "${budget%=*}" --dry-run
	says "$out" "^cells  *${budget#*=} = ${budget#*=} round" \
	    "... has ${budget#*=} rounds"
	case $budget in
	*=1) says "$out" "^note  *One round takes longer than the budget of" \
		"... says that it is too little" ;;
	*) that "... is not said to be too little" \
		sh -c "! grep -q 'longer than the budget' '$out'" ;;
	esac
done

done_testing
