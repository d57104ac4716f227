#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# library_options.sh - SPANLAB_OPTIONS: what it takes is read, what it does not
# take ends the program with one line that says what would do.
#
# Run by make check, once, on the default library.

. "$(dirname "$0")/../tap.sh"

case ${SL_SANITIZER:-} in
address | thread)
	skip "options of the library" "a sanitized library cannot be preloaded"
	done_testing ;;
esac

tap_tmpdir
lib=${SPANLAB_LIB_DIR:-$srcdir/build/.libs}/libspanlab.so
[ -f "$lib" ] || {
	echo "Bail out! no $lib"
	exit 1
}

# run OPTIONS PROGRAM...: sets status, and leaves $tap_tmp/err.
run() {
	options=$1
	shift
	status=0
	# The shell's own word of an abort is not of interest.
	{ (
		ulimit -c 0
		SPANLAB_OPTIONS=$options LD_PRELOAD=$lib exec "$@"
	) >"$tap_tmp/out" 2>"$tap_tmp/err" || status=$?; } 2>/dev/null
}

# bad OPTIONS PATTERN: one line on stderr has the pattern; the program aborts.
bad() {
	run "$1" /bin/true
	if [ "$status" -eq 134 ] && [ "$(grep -c . "$tap_tmp/err")" -eq 1 ] &&
	    grep -q "^spanlab: SPANLAB_OPTIONS: .*$2" "$tap_tmp/err"; then
		ok "refused: $1"
	else
		not_ok "refused: $1"
		note "status $status, wanted: $2"
		note_file "$tap_tmp/err" 5
	fi
}

good() {
	run "$1" /bin/true
	if [ "$status" -eq 0 ] && [ ! -s "$tap_tmp/err" ]; then
		ok "taken: '$1'"
	else
		not_ok "taken: '$1'"
		note_file "$tap_tmp/err" 5
	fi
}

good ''
good 'relink=0'
good 'relink=100'
good 'relink=100,hold=0,keep-pages=1048576'
good 'relink=1,relink=2'
good 'relink=20,'
good 'clobber=1'
good 'scavenge=1000,memlimit=512,thp=never'
good 'badfree=report,guard=1,random=1,efence=1'
good 'sbrk=1,guard=1'

bad 'sbrk=1,clobber=1' 'sbrk=1 goes with no other hook'
bad 'efence=1,sbrk=1' 'sbrk=1 goes with no other hook'
bad 'badfree=maybe' "badfree=abort|report|ignore is wanted, not 'maybe'"
bad 'badfree=' "badfree=abort|report|ignore is wanted, not ''"
bad 'thp=yes' "thp=default|always|never is wanted, not 'yes'"
bad 'memlimit=1G' "memlimit=0..134217728 is wanted, not '1G'"
bad 'scavenge=3600001' 'scavenge=0..3600000 is wanted'
bad 'trace=' "trace=PATH is wanted, not ''"
bad 'profile=117440513' "profile=0..117440512 is wanted"
stats="stats=json:PATH|text:PATH is wanted, not"
bad 'stats=' "$stats ''"
bad 'stats=json' "$stats 'json'"
bad 'stats=json:' "$stats 'json:'"
bad 'stats=xml:x' "$stats 'xml:x'"
bad 'stats=/x' "$stats '/x'"
bad 'stats=json:%d' "$stats 'json:%d'"
bad "trace=$(printf '%01100d' 1)" 'too long'

names='there are: relink, hold, .*and .help'
bad 'foo=1' "no option 'foo'; $names"
bad 'foo' "no option 'foo'; $names"
bad '=1' "no option ''; $names"
bad ',' "no option ''; $names"
bad 'relink=20,,hold=1' "no option ''; $names"
bad 'Relink=20' "no option 'Relink'"
bad ' relink=20' "no option ' relink'"
bad 'relink' "relink=0..100 is wanted, not ''"
bad 'relink=' "relink=0..100 is wanted, not ''"
bad 'relink=101' "relink=0..100 is wanted, not '101'"
bad 'relink=-1' "relink=0..100 is wanted, not '-1'"
bad 'relink=+1' "relink=0..100 is wanted, not '+1'"
bad 'relink=20 ' "relink=0..100 is wanted, not '20 '"
bad 'relink=2.0' "relink=0..100 is wanted, not '2.0'"
bad 'relink=0x10' "relink=0..100 is wanted, not '0x10'"
bad 'relink=99999999999999999999' "relink=0..100 is wanted"
bad 'relink==1' "relink=0..100 is wanted, not '=1'"
bad 'relink=20;hold=1' "relink=0..100 is wanted, not '20;hold=1'"
bad 'hold=1048577' "hold=0..1048576 is wanted"
bad 'clobber=2' "clobber=0..1 is wanted, not '2'"
bad 'clobber=yes' "clobber=0..1 is wanted, not 'yes'"
bad "relink=$(printf '%02000d' 1)" 'too long'

run help /bin/false
sed -n 's/^ *\(NUMBER\|SWITCH\|WORD\|PATH\|FORM\)("\([^"]*\)".*/\2/p' \
    "$srcdir/core/options.c" >"$tap_tmp/names"
while read -r name; do
	grep -q "^spanlab:   $name=" "$tap_tmp/err" || echo "no line for $name"
done <"$tap_tmp/names" >"$tap_tmp/missing"
[ "$status" -eq 0 ] || echo "status $status" >>"$tap_tmp/missing"
[ -s "$tap_tmp/names" ] || echo "no table in core/options.c" >>"$tap_tmp/missing"
check "SPANLAB_OPTIONS=help prints the table and ends the program" \
    "$tap_tmp/missing"
done_testing
