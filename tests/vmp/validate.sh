#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# validate.sh - spanlab vmp validate, small: it has every comparison; what
# follows from the model's own definition holds, and is the same twice; how near
# it is to real machines is told, not asked for.
#
# Run by make check, once.

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"
if [ ! -x "$build/spanlab-probe" ]; then
	skip "the model is validated" \
	    "NOT CHECKED: no program spanlab-probe here (configure --enable-vmp)"
	done_testing
fi

# validate FOLDER OPTIONS...
validate() {
	folder=$tap_tmp/$1
	shift
	"$spanlab" vmp validate --quick --output "$folder" "$@" \
	    >"$tap_tmp/out" 2>&1
	status=$?
	[ "$status" -eq 0 ] || note_file "$tap_tmp/out"
	that "it ends well: $*" test "$status" -eq 0
}

# part TITLE FILE: its rows
part() {
	sed -n "/^## $1\$/,/^## /p" "$2" | grep '^| ' | grep -v '^| what |'
}
rows() {
	part "$1" "$2" | grep -c .
}

validate first
md=$tap_tmp/first/validate.md
for f in report.html validate.json validate.md host.profile; do
	that "it makes $f" test -s "$tap_tmp/first/$f"
done
that "the JSON is one" grep -q '"kind": "modelled"' \
    "$tap_tmp/first/validate.json"

# What must hold on any machine.
for title in 'One seed is one run' 'What follows from a profile'; do
	part "$title" "$md" | grep '| off |' >"$tap_tmp/off"
	that "$title: nothing is off" test ! -s "$tap_tmp/off"
done
for program in "$build"/vmp-*; do
	[ -f "$program" ] || continue
	name=${program##*/vmp-}
	part 'One seed is one run' "$md" | grep -q "^| $name, .*, again |" ||
	    echo "$name"
done >"$tap_tmp/missing"
nvariants=$(find "$build" -maxdepth 1 -type f -name 'vmp-*' | grep -c .)
that "each variant is run again ($nvariants)" test ! -s "$tap_tmp/missing"
for profile in "$srcdir"/harness/vmp/profiles/*.profile; do
	name=$(basename "$profile" .profile)
	that "$name: a hand-over and the plateau" sh -c '
		grep -q "^| $2: cas-ping-pong" "$1" &&
		grep -q "^| $2: ping-pong" "$1" &&
		grep -q "^| $2: fetch-add, .*the plateau" "$1"' \
	    sh "$md" "$name"
done
that "a ticket lock on a grid" \
    test "$(rows 'A ticket lock' "$md")" -eq 24
that "... most within 15 % of the chain" \
    test "$(part 'A ticket lock' "$md" | grep -c '| within |')" -ge 18
for name in xeon-8176 milan; do
	that "$name: 8 points that it is fitted to, 4 held out" sh -c '
		test "$(grep -c "^| $2: .*| fitted |" "$1")" -eq 8 &&
		test "$(grep -c "^| $2: .*[0-9] threads | .*| held out |" "$1")" -eq 4' \
	    sh "$md" "$name"
done
that "epyc-7742 has no curve, and says so" \
    grep -q '^- epyc-7742: no published curve' "$md"

# Here: there, whatever they are.
that "loops on this machine" test "$(rows 'Loops on this machine' "$md")" -ge 13
nbuilt=$(part 'Variants on this machine' "$md" |
    grep -c 'pinned-churn-512, 1 thread |')
that "all variants, on one CPU" test "$nbuilt" -eq "$nvariants"
that "... one row is fitted, the others are held out" test \
    "$(part 'Variants on this machine' "$md" | grep -c '| fitted |')" -eq 1
if grep -q 'may use one CPU' "$md"; then
	skip "two CPUs" "NOT CHECKED: this process may use one"
else
	that "... and on two" test "$(part 'Variants on this machine' "$md" |
	    grep -c 'pinned-churn-512, 2 threads |')" -eq "$nvariants"
fi

# The same again, without the machine; that part is all there is.
validate second --no-host
sed '/^## Loops on this machine/,$d; /^This machine/,/^$/d' "$md" |
    sed '/^$/d' >"$tap_tmp/a"
sed '/^$/d' "$tap_tmp/second/validate.md" >"$tap_tmp/b"
that "without this machine it is the same in each run" \
    diff "$tap_tmp/a" "$tap_tmp/b"

# How long it takes: told, never asked for.
"$spanlab" vmp speed --quick --output "$tap_tmp/speed" >"$tap_tmp/out" 2>&1
that "speed ends well" test $? -eq 0
speed=$tap_tmp/speed/speed.md
that "... has accesses, private and shared" test \
    "$(grep -cE '^\| an access to a (private|shared) line.* ns \|' "$speed")" \
    -eq 3
that "... and a curve of each variant, whole" test \
    "$(grep -c '^| curve of .*2 of 2 points' "$speed")" -eq "$nvariants"

# refused TEXT ARGUMENTS...
refused() {
	text=$1
	shift
	"$spanlab" vmp validate "$@" >"$tap_tmp/said" 2>&1
	if [ $? -eq 2 ] && grep -qF -- "$text" "$tap_tmp/said"; then
		ok "refused: $*"
	else
		not_ok "refused: $*"
		note_file "$tap_tmp/said"
	fi
}
refused "unknown option" --hast
refused "needs a value" --output
refused "did you mean 2x64" --profile 2x46 --output "$tap_tmp/made"
that "nothing was made by these" test ! -e "$tap_tmp/made"

done_testing
