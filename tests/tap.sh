# SPDX-License-Identifier: BSD-2-Clause
# tap.sh - what every shell test shares: TAP on stdout, the source folder.
#
# Sourced, never run.  A test sets nothing first; afterwards it has $srcdir
# (absolute), and ok, not_ok, skip, note, check, done_testing.

if [ -n "${srcdir:-}" ]; then
	srcdir=$(cd "$srcdir" && pwd)
else
	srcdir=$(cd "$(dirname "$0")/../.." && pwd)
fi
export srcdir
export LC_ALL=C

tap_count=0
tap_failed=0

ok() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $*"
}

not_ok() {
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count - $*"
}

# skip NAME REASON
skip() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

note() {
	printf '%s\n' "$*" | sed 's/^/# /'
}

# note_file FILE [LINES]: the file's first lines, as TAP diagnostics.
note_file() {
	sed -n "1,${2:-20}s/^/# /p" "$1"
}

# check NAME FILE: a rule that must be broken nowhere; FILE lists the places
# where it is.
check() {
	if [ -s "$2" ]; then
		not_ok "$1"
		note_file "$2" "${TAP_NOTE_LINES:-40}"
	else
		ok "$1"
	fi
}

# Ends the test: the plan, and an exit status for whoever runs it by hand.
done_testing() {
	echo "1..$tap_count"
	[ "$tap_failed" -eq 0 ]
	exit
}

# A folder that goes away with the test.
tap_tmpdir() {
	tap_tmp=$(mktemp -d "${TMPDIR:-/tmp}/spanlab-test.XXXXXX") || {
		echo "Bail out! cannot make a temporary folder"
		exit 1
	}
	trap 'rm -rf "$tap_tmp"' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
}
