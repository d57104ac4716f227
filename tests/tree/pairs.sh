#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# pairs.sh - every ordered atomic operation names its partner.
#
# usage: pairs.sh [TREE]
#
# In core, variants and harness:
#   - sl_*_{acq,rel,ar,sc}() and sl_fence_*() have a comment pairs(tag) on
#     their line or at most four lines above;
#   - a tag has at least one releasing and one acquiring side over the tree;
#   - sl_*_rlx() has a comment "relaxed:" and why, as near, or in the head
#     comment of its function; counters (sl_count) are relaxed by their name;
#   - atomics that do not pass through core/atomic.h, volatile and inline
#     assembly are refused, but for the assembly of core/rseq.c; harness/vmp
#     is not looked at, since it is what atomics are made of for its guests;
#   - the names in core/atomic.h tell the truth about their order, and each
#     operation is a step (SL_STEP) for the tests that stop threads.

. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2046 # no file of ours has a space in its name
set -- $(c_files core variants harness | grep -v '^harness/vmp/')
need_files "$@"

lex pairs.awk "$@" >"$tap_tmp/all"
finding() {
	sed -n "s/^$1 //p" "$tap_tmp/all" >"$tap_tmp/$1"
	check "$2" "$tap_tmp/$1"
}
finding tag "ordered operations name a pair"
finding half "pairs have both sides"
finding stale "no pair is named where nothing is ordered"
finding relaxed "relaxed operations say why"
finding raw "atomics go through core/atomic.h"

# Joins continued lines, then compares a macro's suffix with its first order.
awk '
	/\\$/ { sub(/\\$/, ""); held = held $0; next }
	{ $0 = held $0; held = "" }
	/^#define sl_/ && /memory_order_/ {
		name = $2
		sub(/\(.*/, "", name)
		match($0, /memory_order_[a-z_]+/)
		order = substr($0, RSTART + 13, RLENGTH - 13)
		suffix = name
		sub(/.*_/, "", suffix)
		want["relaxed"] = "rlx"; want["acquire"] = "acq"
		want["release"] = "rel"; want["acq_rel"] = "ar"
		want["seq_cst"] = "sc"
		if (want[order] != suffix)
			print FILENAME ": " name " is " order
		if ($0 !~ /\(SL_STEP, atomic_/)
			print FILENAME ": " name " is no step"
	}
' core/atomic.h >"$tap_tmp/names"
check "core/atomic.h: names tell the order, and operations are steps" \
    "$tap_tmp/names"
done_testing
