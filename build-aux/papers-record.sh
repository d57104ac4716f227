#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# papers-record.sh - judges all publications and keeps the report.
#
# usage: papers-record.sh SRCDIR SPANLAB [options of spanlab reproduce]
#
# Run by make papers-record, on a quiet machine.  results/papers/recorded gets
# the report and the cells that it was made from, packed.

set -u
srcdir=$1
spanlab=$2
shift 2
cd "$srcdir" || exit 1
results=results/papers
kept=$results/recorded

"$spanlab" reproduce all --preset full --output "$results" "$@" || {
	status=$?
	# that a claim is not reproduced is a result
	[ "$status" -eq 1 ] || exit "$status"
}
dir=$(sed -n 's/.*"folder": "\(.*\)".*/\1/p' "$results/papers.json" |
    head -n 1)
[ -f "$dir/report.json" ] || {
	echo "papers-record.sh: no report in '$dir'" >&2
	exit 1
}
mkdir -p "$kept" || exit 1
for f in report.html report.md report.json store.json; do
	cp "$dir/$f" "$kept/$f" || exit 1
done
tar -C "$dir" --sort=name --owner=0 --group=0 -cJf "$kept/cells.tar.xz" \
    bench mcentral || exit 1
echo "recorded in $kept; to release it, list it in EXTRA_DIST of doc/local.mk"
