#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# sizeclasses.sh - core/sizeclass.h is what core/mksizeclasses.c prints.
#
# usage: sizeclasses.sh [TREE]

. "$(dirname "$0")/lib.sh"

name="core/sizeclass.h is the generator's"
if ${CC:-cc} -O2 -o "$tap_tmp/mk" core/mksizeclasses.c 2>"$tap_tmp/err" &&
    "$tap_tmp/mk" >"$tap_tmp/out" 2>>"$tap_tmp/err" &&
    diff core/sizeclass.h "$tap_tmp/out" >>"$tap_tmp/err" 2>&1; then
	ok "$name"
else
	not_ok "$name"
	note_file "$tap_tmp/err"
fi
done_testing
