#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# bisect.sh - git bisect run finds the commit that made something slower, by
# spanlab compare --bisect; and what cannot be told is not taken for bad.
#
# Run by make check, once.

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

# measure NAME SEED [options]: a sweep of two variants and the C library.
measure() {
	name=$1
	seed=$2
	shift 2
	rm -rf "${tap_tmp:?}/$name"
	"$SPANLAB" sweep --rounds 5 --threads 1,2 --seed "$seed" \
	    --workloads pairs,larson --allocators mutex,ck,glibc \
	    --output "$tap_tmp/$name" "$@" >"$out" 2>"$err" </dev/null ||
	    note_file "$err"
}
export FAKE_FACTOR FAKE_SPEED
FAKE_FACTOR=1 FAKE_SPEED=
measure good 1
measure same 2
FAKE_FACTOR=0.8
measure slow 3
FAKE_FACTOR=1.2
measure fast 3
FAKE_FACTOR=0.8 FAKE_SPEED='glibc=0.7'
measure moved 4
FAKE_FACTOR=0.8 FAKE_SPEED=
measure few 5 --rounds 2
A=$tap_tmp/good/latest
compare="compare --bisect --least 10 $A"

# shellcheck disable=SC2086 # words are wanted
for case in "0 same good" "0 fast good" "1 slow bad" \
    "125 moved cannot.tell:.the.machine.moved" \
    "125 few cannot.tell:.there.are.too.few.rounds"; do
	set -- $case
	run "$1" "compare --bisect, $2" $compare "$tap_tmp/$2/latest"
	says "$out" "^bisect: $3\$" "... says so"
done
# shellcheck disable=SC2086
run 125 "... no sweep of this commit" $compare "$tap_tmp/none"
cp -r "$(sweep_of "$tap_tmp/slow")" "$tap_tmp/elsewhere"
sed -i 's/"cpu_model": "[^"]*"/"cpu_model": "another"/' \
    "$tap_tmp/elsewhere/sweep.json"
# shellcheck disable=SC2086
run 125 "... of another machine" $compare "$tap_tmp/elsewhere"
sed -i 's/"name": "larson"/"name": "larsen"/; s/"name": "pairs"/"name": "pears"/' \
    "$tap_tmp/elsewhere/sweep.json"
# shellcheck disable=SC2086
run 125 "... nothing in common" $compare "$tap_tmp/elsewhere"
run 128 "... no sweep to compare with" compare --bisect "$tap_tmp/none" "$A"
run 128 "... a mistake in the command" compare --least x --bisect "$A" "$A"
run 128 "... one sweep" compare --bisect "$A"
run 2 "an option that is not there" compare --bisekt "$A" "$A"

if ! command -v git >/dev/null; then
	skip "git bisect run" "no git (Debian package: git)"
	done_testing
fi

# Ten commits: the sixth made it slower, the third does not build, and while
# the seventh is measured the machine moves.
HOME=$tap_tmp
GIT_CONFIG_NOSYSTEM=1
GIT_AUTHOR_NAME=x GIT_AUTHOR_EMAIL=x@example.org
GIT_COMMITTER_NAME=x GIT_COMMITTER_EMAIL=x@example.org
export HOME GIT_CONFIG_NOSYSTEM GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL
export GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL
unset GIT_DIR GIT_WORK_TREE
repo=$tap_tmp/repo
git init -q "$repo"
for n in 1 2 3 4 5 6 7 8 9 10; do
	[ $n -lt 6 ] && echo 1 >"$repo/speed" || echo 0.8 >"$repo/speed"
	[ $n -eq 3 ] && echo false >"$repo/build" || echo true >"$repo/build"
	[ $n -eq 7 ] && echo glibc=0.7 >"$repo/machine" || : >"$repo/machine"
	echo $n >"$repo/number"
	git -C "$repo" add . && git -C "$repo" commit -qm "commit $n"
done
cat >"$tap_tmp/hunt.sh" <<END
cat number >>'$tap_tmp/met'
sh ./build || exit 125
rm -rf '$tap_tmp/now'
FAKE_FACTOR=\$(cat speed) FAKE_SPEED=\$(cat machine) '$SPANLAB' sweep \
    --rounds 5 --threads 1,2 --seed \$(cat number) --workloads pairs,larson \
    --allocators mutex,ck,glibc --output '$tap_tmp/now' || exit 125
'$SPANLAB' compare --bisect --least 10 '$A' '$tap_tmp/now/latest'
END
# From several pairs of ends, so that those two are met.
found=0
for ends in "10 1" "9 2" "7 4" "10 5" "6 1"; do
	bad=$(git -C "$repo" rev-list -1 --grep="^commit ${ends% *}\$" HEAD)
	good=$(git -C "$repo" rev-list -1 --grep="^commit ${ends#* }\$" HEAD)
	git -C "$repo" bisect start "$bad" "$good" >/dev/null 2>&1
	(cd "$repo" && git bisect run sh "$tap_tmp/hunt.sh") \
	    >"$tap_tmp/log" 2>&1 </dev/null
	if git -C "$repo" log -1 --format=%s refs/bisect/bad |
	    grep -qx 'commit 6' &&
	    grep -q 'is the first bad commit' "$tap_tmp/log"; then
		found=$((found + 1))
	else
		note "between ${ends#* } and ${ends% *}:"
		note_file "$tap_tmp/log"
	fi
	git -C "$repo" bisect reset >/dev/null 2>&1
done
that "git bisect run finds the commit, from five pairs of ends" \
    [ "$found" -eq 5 ]
that "... past one that does not build" grep -qx 3 "$tap_tmp/met"
that "... and one where the machine moved" grep -qx 7 "$tap_tmp/met"

done_testing
