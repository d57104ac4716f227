#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# full_disk.sh - a disk that fills up in mid-sweep: a clear line, exit status
# 3, every finished cell whole; with room again, --resume goes on.
#
# Run by make check, once.  Needs the right to mount a tmpfs, if need be in a
# user namespace of its own; runs itself there.

. "$(dirname "$0")/../tap.sh"

if [ "${1:-}" != inside ]; then
	if unshare -m true 2>/dev/null; then
		exec unshare -m sh "$0" inside
	elif unshare -rm true 2>/dev/null; then
		exec unshare -rm sh "$0" inside
	fi
	skip "a full disk" "may not make a mount namespace here"
	done_testing
fi

. "$(dirname "$0")/lib.sh"

disk=$tap_tmp/disk
mkdir "$disk"
if ! mount -t tmpfs -o size=64k tmpfs "$disk" 2>/dev/null; then
	skip "a full disk" "may not mount a tmpfs here"
	done_testing
fi
trap 'umount "$disk"; rm -rf "$tap_tmp"' EXIT

run 3 "a disk that fills up" sweep --rounds 3 --threads 1..8 \
    --allocators mutex,ck --workloads larson --output "$disk"
says "$err" 'cannot store the result of larson.*No space left' \
    "... says what happened"
dir=$(sweep_of "$disk")
says "$err" "spanlab sweep --resume $dir" "... says how to go on"
kept=$(good_cells "$dir")
that "... finished cells are there ($kept)" [ "$kept" -ge 1 ]
that "... no half file" [ -z "$(find "$disk" -name '*.tmp*')" ]
whole=0
for f in "$dir"/cells/*.json "$dir/sweep.json"; do
	[ "$(tail -c 1 "$f")" = "}" ] && whole=$((whole + 1))
done
that "... every file is whole" [ "$whole" -eq $((kept + 1)) ]

mount -o remount,size=64m "$disk"
run 0 "with room again: --resume" sweep --resume "$dir"
says "$out" '^cells  *24 done, 0 failed, 0 missing$' "... complete"

mount -o remount,size="$(du -sk "$disk" | cut -f1)k" "$disk"
cp "$dir/report.html" "$tap_tmp/report.before"
run 3 "a report on a full disk" report "$dir"
says "$err" 'cannot write .*: No space left' "... says so"
that "... and leaves the old one whole" \
    cmp "$dir/report.html" "$tap_tmp/report.before"
mkdir "$disk/x"
head -c 1000000 /dev/zero >"$disk/filler" 2>/dev/null
run 3 "a sweep that cannot begin" sweep --rounds 1 --threads 1 \
    --allocators mutex --workloads larson --output "$disk/x/new"
says "$err" 'cannot make a folder.*No space left' "... says so"
that "... and leaves nothing" [ -z "$(ls "$disk/x")" ]

done_testing
