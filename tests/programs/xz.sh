#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# xz.sh - xz with four threads: same stream, and back again.

. "$(dirname "$0")/lib.sh"
need xz xz-utils

lines=200000
[ -n "$quick" ] && lines=120000

work() {
	awk -v n="$lines" 'BEGIN {
		x = 1
		for (i = 0; i < n; i++) {
			x = (x * 16807) % 2147483647
			print "line", i, x, x % 97, "some text that repeats"
		}
	}' >data
	xz -T4 -2 --block-size=1MiB -k -c data >out/data.xz
	xz -T4 -t out/data.xz
	xz -T4 -d -c out/data.xz | cmp - data
	xz -l --robot out/data.xz | grep ^totals
	sha256sum <data
}

compare_all xz
