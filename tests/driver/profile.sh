#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# profile.sh - pprof reads the profile that profile=BYTES,profile-file=PATH
# wrote, finds the functions' names, and scales what was sampled.
#
# Run by make check, once, on the default library.

. "$(dirname "$0")/../tap.sh"

case ${SL_SANITIZER:-} in
address | thread)
	skip "profile" "a sanitized library cannot be preloaded"
	done_testing ;;
esac
if ! command -v go >/dev/null || ! go tool pprof -h 2>&1 | grep -q raw; then
	skip "pprof reads the profile" \
	    "NOT CHECKED: no go tool pprof (Debian package: golang-go)"
	done_testing
fi

tap_tmpdir
lib=${SPANLAB_LIB_DIR:-$srcdir/build/.libs}/libspanlab.so
HOME=$tap_tmp
export HOME

# 40 MB in use from one function, 20 MB allocated and freed in another.
cat >"$tap_tmp/leaky.c" <<'END'
#include <stdlib.h>

void *volatile last;

__attribute__((noinline)) void
leaky(void)
{
	for (int i = 0; i < 40000; i++)
		last = malloc(1024);
}

__attribute__((noinline)) void
busy(void)
{
	for (int i = 0; i < 10000; i++) {
		last = malloc(2048);
		free(last);
	}
}

int
main(void)
{
	leaky();
	busy();
	return 0;
}
END
${CC:-cc} -g -O1 -fno-builtin -o "$tap_tmp/leaky" "$tap_tmp/leaky.c" || {
	not_ok "the program is compiled"
	done_testing
}

# run MEAN: leaves $tap_tmp/profile.
run() {
	SPANLAB_OPTIONS=profile=$1,profile-file=$tap_tmp/profile \
	    LD_PRELOAD=$lib "$tap_tmp/leaky"
}

# top INDEX: what pprof says, sizes in kB
top() {
	go tool pprof -symbolize=local -top -unit=kB -nodecount=50 \
	    -sample_index="$1" "$tap_tmp/leaky" "$tap_tmp/profile" \
	    >"$tap_tmp/top" 2>"$tap_tmp/err" || note_file "$tap_tmp/err"
}

# flat FUNCTION LOW HIGH: its own kB, as the last top said
flat() {
	awk -v name="$1" -v low="$2" -v high="$3" '
		$NF == name { v = $1; sub(/kB$/, "", v) }
		END { exit !(v + 0 >= low && v + 0 <= high) }' "$tap_tmp/top"
}

is_said() {
	if flat "$2" "$3" "$4"; then
		ok "$1"
	else
		not_ok "$1"
		note "wanted: $2, $3..$4 kB"
		note_file "$tap_tmp/top"
	fi
}

run 1
top inuse_space
is_said "each object: what is in use" leaky 40000 40000
is_said "each object: what is not" busy 0 0
top alloc_space
is_said "each object: what was allocated" busy 20000 20000

# 625 samples or so: the error is 4 % once in three times.
run 65536
top inuse_space
is_said "samples: what is in use" leaky 30000 50000
top alloc_space
is_said "samples: what was allocated" busy 13000 27000

if go tool pprof -symbolize=local -raw "$tap_tmp/leaky" "$tap_tmp/profile" \
    >"$tap_tmp/raw" 2>"$tap_tmp/err" &&
    grep -q '^PeriodType: space bytes' "$tap_tmp/raw" &&
    grep -q '^Period: 65536' "$tap_tmp/raw"; then
	ok "the mean distance is known"
else
	not_ok "the mean distance is known"
	note_file "$tap_tmp/raw"
	note_file "$tap_tmp/err"
fi
done_testing
