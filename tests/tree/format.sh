#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# format.sh - all C and C++ is as clang-format 14 would write it.
#
# usage: format.sh [TREE]
#
# Other versions of clang-format disagree on details, so they are not asked.

. "$(dirname "$0")/lib.sh"

formatter=
for name in clang-format-14 clang-format; do
	case $($name --version 2>/dev/null) in
	*"version 14."*) formatter=$name && break ;;
	esac
done
if [ -z "$formatter" ]; then
	skip "sources are formatted" \
	    "NOT CHECKED: no clang-format 14 (Debian: clang-format-14)"
	done_testing
fi

if [ ! -f .clang-format ]; then
	not_ok "the tree has a .clang-format"
	done_testing
fi

# shellcheck disable=SC2046 # no file of ours has a space in its name
set -- $(c_files core variants harness tests)
need_files "$@"

for file; do
	$formatter --style=file --dry-run -Werror "$file" 2>"$tap_tmp/out" ||
	    sed -n "s|^[^ ]*$file|$file|p" "$tap_tmp/out"
done >"$tap_tmp/format"
check "sources are formatted" "$tap_tmp/format"

# A generated table is exempt; it says so to clang-format too.
for file; do
	sed 20q "$file" | grep -q 'clang-format off' && continue
	expand "$file" | awk -v file="$file" 'length($0) > 80 {
		print file ":" FNR ": " length($0) " columns"
	}'
done >"$tap_tmp/columns"
check "lines end by column 80" "$tap_tmp/columns"
done_testing
