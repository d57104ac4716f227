#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# modes.sh - sets that work in more than one way: each way, on this machine.
#
# usage: modes.sh, with $builddir naming a build that has the tests
#
# percpu without restartable sequences falls back on a lock, says so, and is a
# set all the same.  htm says whether the CPU has transactions.

. "$(dirname "$0")/../tap.sh"
tap_tmpdir
: "${builddir:=build}"
export CMOCKA_MESSAGE_OUTPUT=TAP

# passes WHAT MODE COMMAND...: the test passes, and names the mode.
passes() {
	what=$1 mode=$2
	shift 2
	if "$@" >"$tap_tmp/log" 2>&1 && ! grep -q '^not ok' "$tap_tmp/log" &&
	    grep -q "^# set of the variant .*$mode" "$tap_tmp/log"; then
		ok "$what"
	else
		not_ok "$what"
	fi
	grep '^# set of' "$tap_tmp/log" || note_file "$tap_tmp/log"
}

SL_CHECK=quick
export SL_CHECK
if [ ! -x "$builddir/tests/t_set-htm" ]; then
	skip "htm" "there is no t_set-htm in $builddir"
else
	passes "htm, in the mode that the CPU has" \
	    "\(transactions\|one lock per class\)" "$builddir/tests/t_set-htm"
	grep -q 'set of.* one lock' "$tap_tmp/log" &&
		skip "htm with transactions of the hardware" \
		    "NOT CHECKED here: $(sed -n 's/^# set of.*class: //p' \
			"$tap_tmp/log"); t_soft_htm has its own"
fi
if [ ! -x "$builddir/tests/t_set-percpu" ]; then
	skip "percpu" "there is no t_set-percpu in $builddir"
	done_testing
fi
passes "percpu without restartable sequences is one lock per class" \
    "one lock per class: the C library" \
    env GLIBC_TUNABLES=glibc.pthread.rseq=0 "$builddir/tests/t_set-percpu"
"$builddir/tests/t_rseq" >"$tap_tmp/rseq" 2>&1
if grep -q '^1\.\.0' "$tap_tmp/rseq"; then
	skip "percpu with restartable sequences" \
	    "$(sed -n 's/^1\.\.0 # SKIP //p' "$tap_tmp/rseq")"
else
	passes "percpu with restartable sequences" "restartable sequences" \
	    "$builddir/tests/t_set-percpu"
fi
done_testing
