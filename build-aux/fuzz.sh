#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# fuzz.sh - make fuzz: the fuzz targets of tests/fuzz/ under LLVM's libFuzzer.
#
# usage: fuzz.sh SOURCES BUILD
#   FUZZ_SECONDS  how long in all, on two CPUs (default 300)
#   FUZZ_CC       the compiler (default: clang)
#
# Builds the targets in BUILD/fuzz/, those of the heap with every invariant
# and the undefined sanitizer, those that read text with the address sanitizer
# too.  Inputs that led further are kept in BUILD/fuzz/corpus/, inputs that
# show a fault in BUILD/fuzz/crashes/.  First a fault is planted, which must
# be found.

set -u
src=$(cd "$1" && pwd) || exit 1
mkdir -p "$2/fuzz" && out=$(cd "$2/fuzz" && pwd) || exit 1
seconds=${FUZZ_SECONDS:-300}
cc=${FUZZ_CC:-clang}

fail() {
	echo "fuzz: $*" >&2
	exit 1
}

case $seconds in
'' | *[!0-9]*) fail "FUZZ_SECONDS=$seconds is no number of seconds" ;;
esac
command -v "$cc" >/dev/null ||
    fail "no $cc (Debian packages: clang, libclang-rt-14-dev; ./bootstrap" \
	"fuzz installs them)"
echo 'int LLVMFuzzerTestOneInput(const char *p, long n)
	{ return p == 0 && n < 0; }' >"$out/try.c"
"$cc" -fsanitize=fuzzer -o "$out/try" "$out/try.c" 2>"$out/try.log" || {
	cat "$out/try.log" >&2
	fail "$cc cannot link a fuzzer (Debian package: libclang-rt-14-dev)"
}
rm -f "$out/try" "$out/try.c" "$out/try.log"

# --- build ------------------------------------------------------------------

# build FOLDER SANITIZERS CONFIGURE-FLAG TARGET...
build() {
	dir=$out/$1
	flags="-O1 -g -fsanitize=fuzzer-no-link,$2 -fno-sanitize-recover=all"
	option=$3
	shift 3
	mkdir -p "$dir"
	if [ ! -f "$dir/Makefile" ]; then
		echo "fuzz: configuring in $dir"
		(cd "$dir" && "$src/configure" -q CC="$cc" CXX="$cc++" \
		    CFLAGS="$flags" CXXFLAGS="$flags" LDFLAGS="$flags" \
		    --enable-static --enable-variants=mutex "$option") >"$dir/log" 2>&1 || {
			tail -n 20 "$dir/log" >&2
			fail "configure failed in $dir"
		}
	fi
	echo "fuzz: building $*"
	make -C "$dir" -s -j2 harness/revision.h "$@" >"$dir/log" 2>&1 || {
		tail -n 20 "$dir/log" >&2
		fail "make failed in $dir"
	}
}
unset MAKEFLAGS MFLAGS MAKELEVEL
build heap undefined --enable-debug libfuzzer-api libfuzzer-threads
build text address,undefined --disable-debug libfuzzer-options \
    libfuzzer-driver

# --- run --------------------------------------------------------------------

# run FOLDER NAME SECONDS: its log is $out/NAME.log; a crash is its status.
run() {
	mkdir -p "$out/corpus/$2" "$out/crashes"
	(cd "$out" && ASAN_OPTIONS=detect_leaks=0 exec "$out/$1/libfuzzer-$2" \
	    -max_total_time="$3" -max_len=2000 -timeout=30 -rss_limit_mb=4096 \
	    -artifact_prefix="$out/crashes/$2-" -print_final_stats=1 \
	    "$out/corpus/$2" "$src/tests/fuzz/corpus/$2") >"$out/$2.log" 2>&1
}

# A planted fault, see enum shadow_fault in tests/fuzz/shadow.h.
for name in api threads; do
	export FUZZ_FAULT=3
	if run heap $name 60; then
		fail "$name did not find the planted fault in 60 seconds"
	fi
	grep -q '^shadow: realloc' "$out/$name.log" || {
		tail -n 20 "$out/$name.log" >&2
		fail "$name ended, but not by the planted fault"
	}
	unset FUZZ_FAULT
	rm -rf "$out/corpus/$name" "$out/crashes/$name-"*
	echo "fuzz: $name finds the planted fault"
done

# Two lanes, the heap first.
heap=$((seconds * 2 / 3 + 1))
text=$((seconds - seconds * 2 / 3 + 1))
echo "fuzz: api and threads for $heap s, then options and driver for $text s"
bad=
lane() {
	run heap "$1" $heap
	first=$?
	run text "$2" $text && [ $first -eq 0 ]
}
lane api options &
other=$!
lane threads driver || bad=yes
wait $other || bad=yes

for name in api threads options driver; do
	awk -v name=$name '
		/stat::number_of_executed_units/ { runs = $2 }
		/stat::new_units_added/ { new = $2 }
		/ cov: / {
			for (i = 1; i < NF; i++)
				if ($i == "cov:")
					cov = $(i + 1)
		}
		END {
			printf "fuzz: %-8s %10d inputs, %5d led further, " \
			    "coverage %d\n", name, runs, new, cov
		}' "$out/$name.log"
done
if [ -n "$bad" ]; then
	for name in api threads options driver; do
		grep -HE '^(shadow|driver|options|spanlab): |ERROR: |SUMMARY: ' \
		    "$out/$name.log" | sed "s|^$out/||" >&2
	done
	echo "fuzz: inputs that show it:" >&2
	ls "$out/crashes" >&2
	fail "a fault was found; $out/NAME.log says more"
fi
echo "fuzz: no fault in $seconds s"
