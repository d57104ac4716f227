#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# bad_input.sh - wrong usage of spanlab: one clear line, exit status 2, and
# nothing is created.
#
# Run by make check, once.

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

# bad PATTERN ARGUMENTS: the line on stderr must have the pattern.
bad() {
	pattern=$1
	shift
	status=0
	(cd "$tap_tmp/here" && "$SPANLAB" "$@" >"$out" 2>"$err" </dev/null) ||
	    status=$?
	lines=$(wc -l <"$err")
	created=$(find "$tap_tmp/here" | wc -l)
	if [ "$status" -eq 2 ] && [ "$lines" -eq 1 ] && [ "$created" -eq 1 ] &&
	    [ ! -s "$out" ] && grep -q '^spanlab: ' "$err" &&
	    grep -q -e "$pattern" "$err"; then
		ok "refused: $*"
	else
		not_ok "refused: $*"
		note "status $status, $lines lines, $created files," \
		    "wanted: $pattern"
		note_file "$err" 5
		note_file "$out" 5
	fi
}

mkdir "$tap_tmp/here"

bad 'no command'
bad 'did you mean sweep' swep
bad 'unknown command' /bin/sh
bad 'not a thread count' sweep --threads 0
bad 'not a thread count' sweep --threads 4097
bad 'not a thread count' sweep --threads -1
bad 'not a thread count' sweep --threads ''
bad 'not a thread count' sweep --threads 1,,2
bad 'not a thread count' sweep --threads two
bad 'not a thread count' sweep --threads 1e3
bad 'not a thread count' sweep --threads 4..
bad 'not a thread count' sweep --threads ..4
bad 'not a thread count' sweep --threads 1..5000
bad 'not a thread count' sweep --threads 99999999999999999999
bad "'a?b?c'" sweep --threads "$(printf 'a\nb\033c')"
bad 'goes down' sweep --threads 8..4
bad '2 is given twice' sweep --threads 1,2,2
bad '4 is given twice' sweep --threads 4,1..8
bad 'did you mean mutex?.*known here: mutex, mutex-fifo, ck, rcu, glibc' \
    sweep --allocators mutx
bad 'unknown allocator' sweep --allocators ../../etc/passwd
bad 'mutex is given twice' sweep --allocators mutex,ck,mutex
bad 'empty name' sweep --allocators mutex,
bad 'empty name' sweep --allocators ''
bad 'no library /nowhere/lib.so' sweep --allocators mine=/nowhere/lib.so
bad 'no library' sweep --allocators mine=
bad 'not a name' sweep --allocators =/lib/x.so
bad 'not a name' sweep --allocators 'a/b=/lib/x.so'
bad 'not a name' sweep --allocators '<b>=/lib/x.so'
for spec in 'mutex:' 'mutex:hold' 'mutex:hold=' 'mutex:=0' 'mutex:hold=0+' \
    'mutex:+hold=0' 'mutex:hold=0;relink=1' 'mutex:default+hold=0' \
    'mutex:trace=/x' 'mutex:hold=0:relink=1' 'mutex:<b>=1'; do
	bad 'mutex: .* is not OPTION=VALUE' sweep --allocators "$spec"
done
bad 'is not OPTION=VALUE' sweep --allocators \
    "mutex:hold=$(printf '%0100d' 1)"
bad 'did you mean mutex' sweep --allocators mutx:hold=0
bad 'mutex:hold=0 is given twice' sweep --allocators mutex:hold=0,mutex:hold=0
bad 'glibc is not a library of Spanlab: it takes no options' \
    sweep --allocators glibc:hold=0
bad "mutex:bogus=1 with .*: there is no option 'bogus=1'" \
    sweep --allocators mutex,mutex:bogus=1
echo "not a library" >"$tap_tmp/other.so"
bad 'other.so is not a library of Spanlab: it takes no options' \
    sweep --allocators "mine=$tap_tmp/other.so:hold=0"
SPANLAB_OPTIONS=bogus=1
export SPANLAB_OPTIONS
bad "mutex with SPANLAB_OPTIONS=hold=0,bogus=1: .*no option" \
    sweep --allocators mutex
SPANLAB_OPTIONS='hold=0 relink=1'
bad "a character in 'hold=0 relink=1'" sweep --allocators mutex
unset SPANLAB_OPTIONS
bad 'did you mean larson?.*known: pairs, larson' sweep --workloads larsn
bad 'larson is given twice' sweep --workloads larson,larson
bad 'empty name' sweep --workloads ,
bad "'fast' is not quick, full" sweep --preset fast
bad 'rounds' sweep --rounds 0
bad 'rounds' sweep --rounds 1001
bad 'rounds' sweep --rounds x
for rounds in 9.. ..9 9...20 0..9 9..1001 9..20..30 9..x 9-20; do
	bad "'$rounds' is not a whole number .* or a range such as 9..20" \
	    sweep --rounds "$rounds"
done
for rounds in 9..9 20..9 2..5; do
	bad "the range $rounds must end above its beginning, and with at" \
	    sweep --rounds "$rounds"
done
bad 'leave it out where --rounds is a range' \
    sweep --rounds 9..20 --budget 10m
bad 'seed' sweep --seed -1
bad 'seed' sweep --seed 9223372036854775808
bad 'timeout' sweep --timeout 0
bad 'timeout' sweep --timeout nan
bad 'timeout' sweep --timeout inf
bad 'timeout' sweep --timeout 3x
for time in 0 0m '' m s5 -1 -1m 1d 10min 1h30m '10 m' ' 10' 25h 86401 1441m \
    nan inf 0x; do
	bad "budget: '$time' is not a time .*seconds (90 or 90s), minutes" \
	    sweep --budget "$time"
done
bad 'leave --budget out' sweep --resume x --budget 9
bad 'did you mean --allocators' sweep --alocators mutex
bad 'unknown option' sweep -x
bad 'needs a value' sweep --threads
bad 'not an option' sweep mutex
bad 'output: empty' sweep --output ''
bad 'leave --output out' sweep --resume x --output y
bad 'not a sweep' sweep --resume nowhere
bad 'not a sweep' sweep --resume /
bad 'not a sweep' report
bad 'not a sweep' report nowhere
bad 'usage' report a b
bad 'usage' report --html
bad 'usage' list everything
bad 'usage' list variants workloads

# Where results cannot go.
echo "a file" >"$tap_tmp/file"
bad 'Not a directory' sweep --output "$tap_tmp/file" --threads 1
bad 'Not a directory' sweep --output "$tap_tmp/file/x" \
    --threads 1
bad 'cannot make a folder' sweep --output /proc/self/results --threads 1
if [ "$(id -u)" -ne 0 ]; then
	mkdir -m 555 "$tap_tmp/closed"
	bad 'Permission denied' sweep --output "$tap_tmp/closed" --threads 1
elif command -v setpriv >/dev/null &&
    setpriv --reuid 65534 --clear-groups "$SPANLAB" --version >/dev/null 2>&1
then
	chmod 755 "$tap_tmp"
	mkdir -m 555 "$tap_tmp/closed"
	status=0
	setpriv --reuid 65534 --clear-groups "$SPANLAB" sweep --threads 1 \
	    --output "$tap_tmp/closed" >"$out" 2>"$err" || status=$?
	that "an unwritable folder: exit status 2" [ "$status" -eq 2 ]
	says "$err" 'cannot make a folder.*denied' "... and says so"
	that "... and nothing is there" rmdir "$tap_tmp/closed"
else
	skip "an unwritable folder" "root may write anywhere"
fi

# A path that LD_PRELOAD cannot hold.
mkdir "$tap_tmp/a b"
echo x >"$tap_tmp/a b/lib.so"
bad 'cannot be preloaded' sweep --allocators "mine=$tap_tmp/a b/lib.so"

# A peer that is known but not here, where that is so.
gone=$("$SPANLAB" list allocators | sed -n 's/^not here: \([a-z]*\).*/\1/p')
if [ -n "$gone" ]; then
	bad "package" sweep --allocators "$gone"
else
	skip "a known allocator that is not installed" "all are installed"
fi

# No bench, or one that is none.
run_without() {
	SPANLAB_BENCH_DIR=$1 "$SPANLAB" sweep --threads 1 \
	    --output "$tap_tmp/here/r" >"$out" 2>"$err" || status=$?
}
mkdir "$tap_tmp/wrong"
printf '#!/bin/sh\necho no json\n' >"$tap_tmp/wrong/spanlab-bench"
chmod +x "$tap_tmp/wrong/spanlab-bench"
status=0
run_without "$tap_tmp/wrong"
that "a bench without workloads: exit status 3" [ "$status" -eq 3 ]
says "$err" 'lists no workload' "... and says so"

done_testing
