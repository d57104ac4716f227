#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# corpus.sh - the fuzz targets without a fuzzer: over their seeds, over inputs
# at random, under other options, and with faults that they must find.
#
# usage: corpus.sh, with $builddir naming a build; make fuzz is the long form

. "$(dirname "$0")/../tap.sh"
tap_tmpdir
corpus=$srcdir/tests/fuzz/corpus
builddir=$(cd "${builddir:-build}" && pwd) || exit 1
seconds=1
case ${SL_CHECK:-normal} in
quick) seconds=0.1 ;;
long) seconds=20 ;;
esac

case ${SL_SANITIZER:-} in
address | thread)
	skip "fuzz targets of the heap" "malloc is the sanitizer's"
	heap= ;;
*)
	heap='api threads' ;;
esac

# run NAME [ARGUMENTS]: in a folder where it may leave the input of a crash.
run() {
	target=$1
	shift
	(cd "$tap_tmp" && exec timeout 120 "$builddir/fuzz-$target" "$@") \
	    >"$tap_tmp/out" 2>&1
}

for name in $heap options driver; do
	if [ ! -x "$builddir/fuzz-$name" ]; then
		not_ok "$name: there is $builddir/fuzz-$name"
		continue
	fi
	if run "$name" "$corpus/$name"; then
		ok "$name: the seeds"
	else
		not_ok "$name: the seeds"
	fi
	note_file "$tap_tmp/out"
	if run "$name" -s "$seconds" -r "${SL_SEED:-1}" "$corpus/$name"; then
		ok "$name: inputs at random"
	else
		not_ok "$name: inputs at random"
	fi
	note_file "$tap_tmp/out"
done

for name in $heap; do
	for options in hold=0,relink=0 epoch=1,hold=0,relink=100 \
	    clobber=1,random=1 guard=1,keep-pages=0,signals=1; do
		export SPANLAB_OPTIONS=$options
		if run "$name" -s "$seconds" "$corpus/$name"; then
			ok "$name with $options"
		else
			not_ok "$name with $options"
			note_file "$tap_tmp/out"
		fi
		unset SPANLAB_OPTIONS
	done
	# See enum shadow_fault in shadow.h.
	for fault in 1 2 3 4 5 6; do
		export FUZZ_FAULT=$fault
		if run "$name" -s 20 "$corpus/$name"; then
			not_ok "$name finds the planted fault $fault"
		elif grep -q '^shadow: ' "$tap_tmp/out" &&
		    [ -s "$tap_tmp/fuzz-$name.crash" ] &&
		    ! run "$name" "$tap_tmp/fuzz-$name.crash"; then
			ok "$name finds the planted fault $fault," \
			    "and keeps an input that shows it"
		else
			not_ok "$name finds the planted fault $fault"
		fi
		note_file "$tap_tmp/out"
		rm -f "$tap_tmp/fuzz-$name.crash"
		unset FUZZ_FAULT
	done
done
done_testing
