#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# gomap.sh - doc/go-map.md speaks of files, functions and tests that exist.
#
# usage: gomap.sh [TREE]
#
# Rows 1 to 81 are there, each once; each `FILE` and `FILE:NAME` exists; each
# row of priority A or B names a test, or says that it is not there.

. "$(dirname "$0")/lib.sh"
map=doc/go-map.md

if [ ! -f "$map" ]; then
	not_ok "there is a $map"
	done_testing
fi

awk -F'|' '/^\| [0-9]+ +\| [ABGO] / { print $2 + 0 }' "$map" |
    sort -n >"$tap_tmp/rows"
awk 'BEGIN { for (i = 1; i <= 81; i++) print i }' >"$tap_tmp/wanted"
diff "$tap_tmp/wanted" "$tap_tmp/rows" >"$tap_tmp/rows-diff"
check "rows 1 to 81 are there, each once" "$tap_tmp/rows-diff"

# FILE or FILE:NAME between backquotes.
grep -o '`[a-z]*/[A-Za-z0-9_./-]*\(:[A-Za-z0-9_]*\)\{0,1\}`' "$map" |
tr -d '`' | sort -u >"$tap_tmp/names"
need_files $(sed 's/:.*//' "$tap_tmp/names" | sort -u)
while IFS=: read -r file name; do
	if [ ! -f "$file" ]; then
		echo "$map: no file $file"
	elif [ -n "$name" ] && ! grep -qw "$name" "$file"; then
		echo "$map: no $name in $file"
	fi
done <"$tap_tmp/names" >"$tap_tmp/missing"
check "files, functions and tests exist" "$tap_tmp/missing"

awk -F'|' '/^\| [0-9]+ +\| [AB] / && $6 !~ /`tests\// && \
    $0 !~ /\*\*[Nn]ot there\*\*/ {
	print "row " $2 + 0 " has no test"
}' "$map" >"$tap_tmp/untested"
check "rows of A and B have a test, or are not there" "$tap_tmp/untested"

# A test must be run: its source is in the list.
sed -n 's#^\(tests/unit/t_[a-z_]*\.c\).*#\1#p' "$tap_tmp/names" | sort -u |
while read -r file; do
	grep -q " $file\$" tests/tests.list || echo "$file is not in tests.list"
done >"$tap_tmp/unlisted"
check "its tests are run" "$tap_tmp/unlisted"
done_testing
