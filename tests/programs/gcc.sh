#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# gcc.sh - GCC compiles files of core: same assembly, same objects.

. "$(dirname "$0")/lib.sh"
not_in_quick
: "${SL_TEST_GCC:=gcc}"
need "$SL_TEST_GCC" gcc
work_reads=$srcdir/core

work() {
	cat >config.h <<'EOF'
#define PACKAGE_NAME "spanlab"
#define PACKAGE_VERSION "0"
#define VERSION "0"
EOF
	for f in mspan mcentral fixalloc mksizeclasses; do
		for opt in -O2 "-O3 -fwhole-program"; do
			# shellcheck disable=SC2086 # two words are meant
			"$SL_TEST_GCC" -std=gnu11 $opt -pipe -I. -I"$srcdir" \
			    -S -o "out/$f${opt%% *}.s" "$srcdir/core/$f.c"
		done
		"$SL_TEST_GCC" -std=gnu11 -O2 -I. -I"$srcdir" -c \
		    -o "out/$f.o" "$srcdir/core/$f.c"
	done
	"$SL_TEST_GCC" -std=gnu11 -O2 -I. -I"$srcdir" -o mksizeclasses \
	    "$srcdir/core/mksizeclasses.c" -lm
	./mksizeclasses | sha256sum
}

# The compiler proper, not the driver, does the work.
compare_all "$SL_TEST_GCC" "$($SL_TEST_GCC -print-prog-name=cc1)"
