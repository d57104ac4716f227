#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# calibrate.sh - spanlab vmp calibrate: a profile of this machine that has every
# key, says of each number where it is from, is sane, and is taken by the model;
# with one CPU, and used wrongly.
#
# Run by make check, once.

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"
known=$srcdir/harness/vmp/profiles/2x64.profile

# "key value unit" of each line of a profile.
values() {
	sed -n 's/^\([a-z_0-9]*\) = \([^#]*\)#.*/\1 \2/p' "$1" | tr -s ' '
}
keys() {
	values "$1" | cut -d' ' -f1
}

host=$tap_tmp/host.profile
timeout 600 "$spanlab" vmp calibrate --quick --output "$host" \
    >"$tap_tmp/out" 2>&1
status=$?
[ "$status" -eq 0 ] || note_file "$tap_tmp/out"
that "it ends well" test "$status" -eq 0
that "its name is host" grep -qx 'name = host' "$host"
keys "$known" >"$tap_tmp/want"
keys "$host" >"$tap_tmp/have"
that "all keys are there, in the order of 2x64" \
    diff "$tap_tmp/want" "$tap_tmp/have"
that "it says which machine, and when" \
    grep -Eq '^# Written by spanlab vmp calibrate .*20[0-9-]*T' "$host"
grep ' = ' "$host" | grep -v '^name = ' |
    grep -vE '# (measured: .*; median .* of [0-9]+ batches, 10 to 90 %|fitted to .*; median|assumed: |hwloc|CPUs that|sched_rr)' \
    >"$tap_tmp/nowhere"
that "each number says where it is from" test ! -s "$tap_tmp/nowhere"
that "most are measured" \
    test "$(grep -c '# measured: .* batches' "$host")" -ge 10

# Sanity, not speed: [least, most] in the profile's unit.
values "$host" >"$tap_tmp/values"
sane() {
	awk -v key="$1" -v least="$2" -v most="$3" '
		$1 == key { seen = 1; if ($2 + 0 < least || $2 + 0 > most) bad = 1 }
		END { exit !seen || bad }' "$tap_tmp/values"
}
for bound in 'ghz 0.2 8' 'l1 0 50' 'rmw 0.2 200' 'rmw16 0.2 300' \
    'fence 0 500' 'syscall 5 100000' 'pause 0.2 1000' 'snoop_pct 0 100'; do
	# shellcheck disable=SC2086 # three words
	that "$bound" sane $bound
done

two=
if taskset -c 0,1 true 2>/dev/null && [ "$(nproc)" -ge 2 ]; then
	two=yes
fi
if [ -n "$two" ]; then
	for key in read_cluster own_cluster upgrade_socket; do
		that "$key is measured" grep -q "^$key = .*measured: " "$host"
		that "... and no hit, nor a sleep" sane "$key" 0.5 20000
	done
else
	skip "lines between two CPUs" "NOT CHECKED: one CPU"
fi

variant=
for v in ${VARIANTS:-mutex ck tagstack}; do
	[ -x "$build/vmp-$v" ] && variant=$v && break
done
if [ -n "$variant" ]; then
	that "a sweep takes it" "$spanlab" vmp sweep --profile "$host" \
	    --allocators "$variant" --workloads pinned-churn-512 --threads 1 \
	    --seeds 1 --ops 50 --output "$tap_tmp/r"
	that "... and says so" grep -q '"profile": "host"' \
	    "$tap_tmp/r/latest/sweep.json"
else
	skip "a sweep takes it" \
	    "NOT CHECKED: no programs vmp-VARIANT here (configure --enable-vmp)"
fi

cpu=$(taskset -pc $$ 2>/dev/null | sed 's/.*: *\([0-9]*\).*/\1/')
if [ -n "$cpu" ] && taskset -c "$cpu" true 2>/dev/null; then
	taskset -c "$cpu" timeout 600 "$spanlab" vmp calibrate --quick \
	    >"$tap_tmp/one" 2>"$tap_tmp/err"
	that "with one CPU it ends well" test -s "$tap_tmp/one"
	that "... says what is not measured" \
	    grep -q 'may use one CPU: .* assumed' "$tap_tmp/err"
	that "... in the profile too" grep -q \
	    '^read_cluster = .*assumed: as 2x64; one CPU' "$tap_tmp/one"
	keys "$tap_tmp/one" >"$tap_tmp/have"
	that "... which has all keys" diff "$tap_tmp/want" "$tap_tmp/have"
else
	skip "with one CPU" "NOT CHECKED: taskset cannot here"
fi

# refused STATUS TEXT ARGUMENTS...
refused() {
	wanted=$1
	text=$2
	shift 2
	"$spanlab" vmp calibrate "$@" >"$tap_tmp/said" 2>&1
	if [ $? -eq "$wanted" ] && grep -qF -- "$text" "$tap_tmp/said"; then
		ok "refused: $*"
	else
		not_ok "refused: $*"
		note_file "$tap_tmp/said"
	fi
}
refused 2 "unknown option '--quik'" --quik
refused 2 "needs a value" --output
refused 2 "'file' is not an option" file
refused 2 "--output needs a value" --output ''
refused 3 "cannot write" --quick --output "$tap_tmp/none/host.profile"

# More than a buffer of stdio: the part that fails is not the last.
full() {
	"$spanlab" "$@" >/dev/full 2>"$tap_tmp/said"
	[ $? -eq 3 ] && grep -q 'No space left' "$tap_tmp/said"
}
that "a profile on a full disk is an error" full vmp calibrate --quick
that "... and so is a long text" full --help

done_testing
