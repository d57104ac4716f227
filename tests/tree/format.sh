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

# All at once: a process for each file takes longer than what it does.
$formatter --style=file --dry-run -Werror "$@" 2>"$tap_tmp/out" || {
	grep -E '^[^ ]+:[0-9]+:[0-9]+: ' "$tap_tmp/out" ||
	    cat "$tap_tmp/out"
	echo "$formatter failed"
} >"$tap_tmp/format"
check "sources are formatted" "$tap_tmp/format"

# A generated table is exempt; it says so to clang-format too.
awk 'FNR == 1 { is_exempt = 0 }
FNR <= 20 && /clang-format off/ { is_exempt = 1 }
!is_exempt {
	n = split($0, part, "\t")
	for (i = columns = 0; i++ < n; columns += length(part[i]))
		if (i > 1)
			columns += 8 - columns % 8
	if (columns > 80)
		print FILENAME ":" FNR ": " columns " columns"
}' "$@" >"$tap_tmp/columns"
check "lines end by column 80" "$tap_tmp/columns"
done_testing
