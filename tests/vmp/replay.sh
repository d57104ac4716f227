#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# replay.sh - on the virtual multiprocessor a run is repeated exactly, by seed
# and by schedule, with a trace; and a planted fault that is not found fails.
#
# Run by make check, once.

. "$(dirname "$0")/../tap.sh"
tap_tmpdir
program=${builddir:=$srcdir/build}/tests/t_vmp_planted
if [ ! -x "$program" ]; then
	skip "runs are repeated" "NOT CHECKED: no virtual multiprocessor here"
	done_testing
fi

# same SCENARIO SCHEDULE TEXT: it fails with TEXT, three times alike.
same() {
	for i in 1 2 3; do
		"$program" replay "$1" "$2" >"$tap_tmp/$i" 2>&1
		echo "status $?" >>"$tap_tmp/$i"
	done
	if cmp -s "$tap_tmp/1" "$tap_tmp/2" && cmp -s "$tap_tmp/1" "$tap_tmp/3" &&
	    grep -q 'status 1' "$tap_tmp/1" && grep -qF "$3" "$tap_tmp/1"; then
		ok "$1 $2 is repeated"
	else
		note_file "$tap_tmp/1"
		note_file "$tap_tmp/3"
		not_ok "$1 $2 is repeated"
	fi
}

# The schedules and seeds are those that t_vmp_planted found.
seed_of() {
	"$program" "$1" $2 | sed -n "s/^# $3: run \([0-9]*\): .*/\1/p"
}
seed=$(seed_of no-tag '' random)
same no-tag "random=$seed" 'handed out twice'
same no-fence 'tso:2~0.4>1' 'listed 0 times'

"$program" no-fence tso >"$tap_tmp/found"
schedule=$(sed -n "s/^# the shortest schedule found: '\(.*\)'/\1/p" \
    "$tap_tmp/found")
same no-fence "$schedule" 'listed 0 times'
if command -v addr2line >/dev/null; then
	grep -q 'thread 0  planted.c:[0-9]* no_fence_body() *stores .* in its' \
	    "$tap_tmp/1" || note_file "$tap_tmp/1" >"$tap_tmp/places"
	check "a trace has source lines and values" "$tap_tmp/places"
else
	skip "a trace has source lines and values" \
	    "NOT CHECKED: no addr2line (Debian package: binutils)"
fi

# Where programs cannot set the FS base (no FSGSBASE) the kernel does; on a CPU
# that lacks it always.
"$program" replay no-fence "$schedule" 2>&1 |
	sed '/^# no FSGSBASE/d' >"$tap_tmp/fast"
VMP_FSGSBASE=0 "$program" replay no-fence "$schedule" >"$tap_tmp/slow" 2>&1
sed '/^# no FSGSBASE/d' "$tap_tmp/slow" >"$tap_tmp/rest"
if cmp -s "$tap_tmp/slow" "$tap_tmp/rest"; then
	echo "the fallback was not used" >>"$tap_tmp/fallback"
fi
cmp "$tap_tmp/fast" "$tap_tmp/rest" >>"$tap_tmp/fallback" 2>&1
VMP_FSGSBASE=0 "$program" tag >>"$tap_tmp/tag" 2>&1 ||
	cat "$tap_tmp/tag" >>"$tap_tmp/fallback"
check "threads are switched by arch_prctl too" "$tap_tmp/fallback"

if "$program" not-there >"$tap_tmp/out" 2>&1; then
	not_ok "a planted fault that is not found is a failure"
else
	grep -q 'NOT FOUND' "$tap_tmp/out" || cat "$tap_tmp/out" >"$tap_tmp/said"
	check "a planted fault that is not found is a failure" "$tap_tmp/said"
fi

for bad in 'replay no-tag 12' 'replay no-tag random=' 'replay none -' \
    'replay no-tag 1>9' none 'a b c d'; do
	# shellcheck disable=SC2086 # words
	"$program" $bad >/dev/null 2>&1
	[ $? -eq 2 ] || echo "$bad" >>"$tap_tmp/usage"
done
check "wrong usage is told" "$tap_tmp/usage"
done_testing
