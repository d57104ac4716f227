#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# sizes.sh - files and functions stay small.
#
# usage: sizes.sh [TREE]
#
# Over 500 lines in a file or 60 in a function: listed.  Over 600 or 100: the
# check fails.  Generated files are exempt; they say so in their first lines.

. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2046 # no file of ours has a space in its name
set -- $(c_files core variants harness tests)
need_files "$@"

# KIND LINES WHAT.  By the house style a function's name and its last brace
# stand in column 0, and nothing but a function has "{" there.
awk '
function finish() {
	if (file != "" && !generated)
		print "file", lines, file
}
FNR == 1 {
	finish()
	file = FILENAME
	generated = 0
}
{ lines = FNR }
FNR <= 8 && /([Gg]enerated|[Pp]rinted) by/ { generated = 1 }
/^[A-Za-z_].*\(/ {
	start = FNR
	name = $0
	sub(/\(.*/, "", name)
	sub(/.*[ *]/, "", name)
}
/^{/ { body = 1 }
/^}/ {
	if (body && !generated)
		print "function", FNR - start + 1, file ": " name "()"
	body = 0
}
END { finish() }
' "$@" >"$tap_tmp/sizes"

# limits KIND SOFT HARD
limits() {
	awk -v k="$1" -v n="$2" '$1 == k && $2 > n { print }' \
	    "$tap_tmp/sizes" >"$tap_tmp/soft"
	awk -v k="$1" -v n="$3" '$1 == k && $2 > n { print }' \
	    "$tap_tmp/sizes" >"$tap_tmp/hard"
	note_file "$tap_tmp/soft" 40
	check "no $1 is longer than $3 lines" "$tap_tmp/hard"
}
limits file 500 600
limits function 60 100
done_testing
