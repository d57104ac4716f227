#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# observer.sh - make observer-check: what it costs that hooks can be had, and
# what each costs that is on, in instructions per operation.
#
# usage: observer.sh BUILD OUT
#   BUILD     a configured build with libspanlab, libslnohooks (the same
#             sources and flags, without hooks) and observer-load made
#   OUT       a folder for observer.csv and README.md, made if need be
#   VALGRIND  whose callgrind counts (default: valgrind)
#   OBSERVER_OFF       options of what is called off (default: none; a test
#                      plants a cost here, which must be found)
#   OBSERVER_SETTINGS  the settings whose cost is told
#
# Exit status: 0 good, 1 hooks that are off cost more than the bounds below,
# 3 it could not be counted.

set -u
# Instructions per operation that hooks may cost when off, in thousandths.  A
# fast path has no test for them, hence 0.  A slow path asks once or twice, which
# is a comparison and a branch each time; many operations of the mixed load take
# one.
bound_pair=0
bound_mixed=3000
pairs=4096
mixed=8192

build=$(cd "$1" && pwd) && mkdir -p "$2" && out=$(cd "$2" && pwd) || exit 3
: "${VALGRIND:=valgrind}" "${OBSERVER_OFF=}"
: "${OBSERVER_SETTINGS=accounting=thread accounting=go trace=/dev/null
	trace=/dev/null,trace-stacks=1 profile=524288 profile=1 clobber=1
	random=1 guard=1 efence=1 sbrk=1 signals=1}"
src=$(dirname "$0")/..
# Before its own results change the tree.
revision=$(sh "$src/build-aux/revision.sh" "$src")
tmp=$(mktemp -d) || exit 3
trap 'rm -rf "$tmp"' EXIT
trap 'exit 3' HUP INT TERM

fail() {
	echo "observer: $*" >&2
	exit 3
}

# count SETTING LIBRARY OPTIONS: rows of the CSV, without their last field.
count() {
	[ -f "$2" ] || fail "no $2"
	SPANLAB_OPTIONS=$3 LD_PRELOAD=$2 LD_BIND_NOW=1 "$VALGRIND" -q \
	    --tool=callgrind --compress-strings=no --compress-pos=no \
	    --collect-atstart=no --toggle-collect='observed_*' \
	    --callgrind-out-file="$tmp/counts" \
	    "$build/observer-load" $pairs $mixed >"$tmp/log" 2>&1 || {
		cat "$tmp/log" >&2
		fail "$1: the load did not come to its end"
	}
	# What the two functions call, with all that this calls.
	awk -v pairs=$pairs -v mixed=$mixed -v setting="$1" '
	/^fn=/ { of = substr($0, 4) }
	/^cfn=/ { callee = substr($0, 5) }
	/^calls=/ {
		if (of ~ /^observed_/ && callee ~ /^(malloc|calloc|realloc|free)$/)
			wanted = 1
		next
	}
	wanted {
		instructions[of] += $2
		wanted = 0
	}
	function row(name, n,    i) {
		i = instructions["observed_" name]
		if (i > 0)
			printf "%s,%s,%d,%d,%.3f\n", name, setting, n, i, i / n
	}
	END {
		row("pair", pairs)
		row("mixed", mixed)
	}' "$tmp/counts" >"$tmp/rows"
	[ "$(wc -l <"$tmp/rows")" -eq 2 ] ||
	    fail "$1: no calls of malloc and free in callgrind's file"
	cat "$tmp/rows" >>"$tmp/all"
}

command -v "$VALGRIND" >/dev/null ||
    fail "no $VALGRIND to count with (Debian package: valgrind)"
: >"$tmp/all"
count without "$build/.libs/libslnohooks.so" ''
count off "$build/.libs/libspanlab.so" "$OBSERVER_OFF"
for setting in $OBSERVER_SETTINGS; do
	count "$setting" "$build/.libs/libspanlab.so" "$setting"
done

# The commas of an option are part of its name here.
csv_fields='
	function setting_of(line) {
		sub(/^[a-z]*,/, "", line)
		sub(/,[0-9]+,[0-9]+,[0-9.]+$/, "", line)
		return line
	}'
awk -F, "$csv_fields"'
	BEGIN {
		print "workload,setting,operations,instructions," \
		    "per_operation,over_without"
	}
	setting_of($0) == "without" { without[$1] = $NF }
	{
		s = setting_of($0)
		if (s ~ /,/)
			s = "\"" s "\""
		printf "%s,%s,%d,%d,%.3f,%.3f\n", $1, s, $(NF - 2),
		    $(NF - 1), $NF, $NF - without[$1]
	}' "$tmp/all" >"$tmp/csv"
cp "$tmp/csv" "$out/observer.csv" || exit 3

facts() {
	sed -n 's/^model name[ 	]*: *//p' /proc/cpuinfo | head -n 1 |
	    sed 's/^/- processor: /'
	echo "- system: $(uname -srm)"
	echo "- compiler: $(sed -n "s/^CC = //p" "$build/Makefile"), $(
	    sed -n "s/^CC = //p" "$build/Makefile" | xargs -I@ sh -c '@ --version' |
		head -n 1), CFLAGS $(sed -n "s/^CFLAGS = //p" "$build/Makefile")"
	echo "- counted by: $("$VALGRIND" --version)"
	echo "- libspanlab is: $(sed -n "s/^SL_MCENTRAL = //p" "$build/Makefile")"
	echo "- revision: $revision"
	echo "- date: $(date -u +%Y-%m-%d)"
}
table() {
	echo "| Setting | pair | mixed |"
	echo "|---------|-----:|------:|"
	awk -F, "$csv_fields"'
	{
		s = setting_of($0)
		if (!(s in seen))
			order[++n] = s
		seen[s] = 1
		per[s, $1] = $NF
	}
	END {
		for (i = 1; i <= n; i++)
			printf "| `%s` | %.1f | %.1f |\n", order[i],
			    per[order[i], "pair"], per[order[i], "mixed"]
	}' "$tmp/all"
}
{
	cat <<'END'
# What observing costs

Made by `make observer-check` (`build-aux/observer.sh`).  Instructions per
operation, counted by callgrind inside malloc, calloc, realloc and free, in one
thread.  They are the same in each run, but for `profile`, whose samples lie at
random.  Time is not measured here: a system call is one instruction to
callgrind, so `signals`, `guard` and `efence` cost more than they seem to, and so
does what spoils a cache.

- `pair`: a malloc of 16 bytes and its free, in turn
- `mixed`: an object of a table of 1024 is replaced, at random, of 8 bytes to
  8 KiB; calloc, realloc and large objects among them (`tests/observer/load.c`)
- `without`: a library from the same sources, by the same flags, that has no
  hooks (`SL_HOOKS` is 0).  `off`: the library as it is

END
	table
	echo
	facts
} >"$tmp/md" && cp "$tmp/md" "$out/README.md" || exit 3

table
awk -F, -v pair=$bound_pair -v mixed=$bound_mixed '
	$2 == "off" {
		bound = $1 == "pair" ? pair : mixed
		over = $NF * 1000
		found++
		if (over > bound + 0.5) {
			printf "observer: FAILED: hooks that are off cost %.3f" \
			    " instructions per operation of %s, and not at" \
			    " most %.3f\n", $NF, $1, bound / 1000
			bad = 1
		} else
			printf "observer: %s: hooks that are off cost %.3f" \
			    " instructions per operation (at most %.3f)\n",
			    $1, $NF, bound / 1000
	}
	END { exit found != 2 ? 3 : bad }' "$tmp/csv"
status=$?
[ $status -ne 0 ] || echo "observer: results in $out"
exit $status
