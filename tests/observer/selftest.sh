#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# selftest.sh - build-aux/observer.sh with counts that are known: it passes what
# costs nothing, says what costs too much, and is not content with no counts.
#
# Run by make check, once; a fake valgrind stands in for the real one.

. "$(dirname "$0")/../tap.sh"
tap_tmpdir
build=$tap_tmp/build
mkdir -p "$build/.libs"
echo 'not a library' >"$build/.libs/libspanlab.so"
cp "$build/.libs/libspanlab.so" "$build/.libs/libslnohooks.so"
printf 'CC = cc\nCFLAGS = -O2\nSL_MCENTRAL = mutex\n' >"$build/Makefile"

# FAKE_PAIR and FAKE_MIXED are what hooks that are off cost in all.
cat >"$tap_tmp/valgrind" <<'END'
#!/bin/sh
lib=${LD_PRELOAD:-}
unset LD_PRELOAD
pair=225280 mixed=1228800
case $lib,${SPANLAB_OPTIONS:-} in
*nohooks.so,) ;;
*nohooks.so,*) exit 7 ;;
*,a=1,b=2) pair=$((pair * 2)) mixed=$((mixed * 2)) ;;
*,) pair=$((pair + FAKE_PAIR)) mixed=$((mixed + FAKE_MIXED)) ;;
esac
for arg; do
	case $arg in
	--version) echo valgrind-fake; exit 0 ;;
	--callgrind-out-file=*) out=${arg#*=} ;;
	esac
done
[ "${FAKE_TROUBLE:-}" != fails ] || { echo "it fell over" >&2; exit 9; }
[ "${FAKE_TROUBLE:-}" != silent ] || { echo 'events: Ir' >"$out"; exit 0; }
cat >"$out" <<COUNTS
events: Ir
fn=observed_pair
10 4096
cfn=malloc
calls=4096 20
11 $((pair - 100000))
cfn=free
calls=4096 30
11 100000
cfn=memcpy
calls=1 30
11 99999
fn=malloc
20 77777
cfn=malloc_slow
calls=3 30
21 5555
fn=observed_mixed
12 5
cfn=realloc
calls=8192 40
13 $mixed
COUNTS
END
chmod +x "$tap_tmp/valgrind"

# observe STATUS WHAT VARIABLE=VALUE...
observe() {
	wanted=$1
	what=$2
	shift 2
	status=0
	env VALGRIND="$tap_tmp/valgrind" OBSERVER_OFF= \
	    OBSERVER_SETTINGS='a=1,b=2' FAKE_PAIR=0 FAKE_MIXED=0 "$@" \
	    sh "$srcdir/build-aux/observer.sh" "$build" "$tap_tmp/results" \
	    >"$tap_tmp/out" 2>&1 || status=$?
	if [ $status -eq "$wanted" ]; then
		ok "$what: exit status $wanted"
	else
		not_ok "$what: exit status $status, not $wanted"
		note_file "$tap_tmp/out"
	fi
}

# says PATTERN FILE
says() {
	if grep -q -e "$1" "$2" 2>/dev/null; then
		ok "... says '$1'"
	else
		not_ok "... says '$1'"
		note_file "$2"
	fi
}

csv=$tap_tmp/results/observer.csv
observe 0 "hooks that cost nothing"
says '^pair,without,4096,225280,55.000,0.000$' "$csv"
says '^mixed,off,8192,1228800,150.000,0.000$' "$csv"
says '^pair,"a=1,b=2",4096,450560,110.000,55.000$' "$csv"
says '^| `a=1,b=2` | 110.0 | 300.0 |$' "$tap_tmp/results/README.md"
says '^- counted by: valgrind-fake$' "$tap_tmp/results/README.md"
observe 0 "a slow path that asks" FAKE_MIXED=24576
observe 1 "one instruction more in a pair" FAKE_PAIR=4096
says 'FAILED: .* cost 1.000 instructions per operation of pair' "$tap_tmp/out"
observe 1 "a slow path that asks too much" FAKE_MIXED=32768
says 'FAILED: .* cost 4.000 instructions per operation of mixed' "$tap_tmp/out"
observe 3 "a run that fails" FAKE_TROUBLE=fails
says 'without: the load did not come to its end' "$tap_tmp/out"
observe 3 "a run without counts" FAKE_TROUBLE=silent
says 'no calls of malloc and free' "$tap_tmp/out"
observe 3 "no valgrind" VALGRIND="$tap_tmp/no-such-program"
says 'Debian package: valgrind' "$tap_tmp/out"
rm "$build/.libs/libslnohooks.so"
observe 3 "no library to compare with"
done_testing
