#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# modes.sh - sets that work in more than one way: each way, on this machine.
#
# usage: modes.sh, with $builddir naming a build that has the tests
#
# percpu without restartable sequences falls back on a lock, says so, and is a
# set all the same.

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

if [ ! -x "$builddir/tests/t_set-percpu" ]; then
	skip "percpu" "there is no t_set-percpu in $builddir"
	done_testing
fi
SL_CHECK=quick
export SL_CHECK
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
