# SPDX-License-Identifier: BSD-2-Clause
# lib.sh - what the tests of spanlab share: the program, a bench that answers
# at once (fake-bench) and libraries that only have names.
#
# Sourced by the tests of this folder after tests/tap.sh.  SPANLAB is the
# program; SPANLAB_BENCH_DIR and SPANLAB_LIB_DIR are kept as REAL_BENCH_DIR
# and REAL_LIB_DIR and then name the fakes.

SPANLAB=${SPANLAB:-${builddir:-$srcdir/build}/spanlab}
if [ ! -x "$SPANLAB" ]; then
	echo "Bail out! no program $SPANLAB (set SPANLAB)"
	exit 1
fi
case $SPANLAB in
/*) ;;
*) SPANLAB=$PWD/$SPANLAB ;;
esac

tap_tmpdir
REAL_BENCH_DIR=${SPANLAB_BENCH_DIR:-$(dirname "$SPANLAB")}
REAL_LIB_DIR=${SPANLAB_LIB_DIR:-$(dirname "$SPANLAB")/.libs}
export REAL_BENCH_DIR REAL_LIB_DIR
mkdir "$tap_tmp/bench" "$tap_tmp/lib"
cp "$srcdir/tests/driver/fake-bench" "$tap_tmp/bench/spanlab-bench"
chmod +x "$tap_tmp/bench/spanlab-bench"
for v in mutex mutex-fifo ck rcu; do
	echo "not a library" >"$tap_tmp/lib/libspanlab-$v.so"
done
SPANLAB_BENCH_DIR=$tap_tmp/bench
SPANLAB_LIB_DIR=$tap_tmp/lib
export SPANLAB_BENCH_DIR SPANLAB_LIB_DIR
unset FAKE_TROUBLE FAKE_ONCE FAKE_WAIT FAKE_OBSERVE FAKE_SPEED FAKE_SAME

out=$tap_tmp/out
err=$tap_tmp/err

# run STATUS WHAT [options of spanlab]: one fact, that it ends so.
run() {
	wanted=$1
	what=$2
	shift 2
	status=0
	"$SPANLAB" "$@" >"$out" 2>"$err" </dev/null || status=$?
	if [ "$status" -eq "$wanted" ]; then
		ok "$what: exit status $wanted"
	else
		not_ok "$what: exit status $status, not $wanted"
		note_file "$out"
		note_file "$err"
	fi
}

# says FILE PATTERN WHAT
says() {
	if grep -q -e "$2" "$1"; then
		ok "$3"
	else
		not_ok "$3"
		note "no line with: $2"
		note_file "$1"
	fi
}

# that WHAT COMMAND...: one fact, that the command succeeds.
that() {
	what=$1
	shift
	if "$@" >"$tap_tmp/that" 2>&1; then
		ok "$what"
	else
		not_ok "$what"
		note_file "$tap_tmp/that"
	fi
}

# The one sweep's folder in a results folder.
sweep_of() {
	for d in "$1"/*-*-*; do
		if [ -d "$d" ] && [ ! -L "$d" ]; then
			echo "$d"
		fi
	done
}

# count DIR SUFFIX: files of that kind among the cells.
count() {
	find "$1/cells" -name "*$2" | wc -l
}

good_cells() {
	find "$1/cells" -name '*.json' ! -name '*.failed.json' | wc -l
}
