#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# references.sh - a reference run is made once, and none but a whole one that
# belongs to the test is used.
#
# The scripts beside this one compare a program on each variant with the same
# on the system's malloc, which lib.sh keeps for the next of them.  Here the
# program is a script of our own, which counts its runs.

. "$(dirname "$0")/../tap.sh"

case ${SL_SANITIZER:-} in
address | thread)
	skip "references" "a sanitized library cannot be preloaded"
	done_testing ;;
esac

tap_tmpdir
: "${SPANLAB_LIB_DIR:=$srcdir/build/.libs}"
: "${VARIANTS:=mutex}"
VARIANTS=${VARIANTS%% *}
builddir=$tap_tmp/build
kept=$builddir/tests/references
export SPANLAB_LIB_DIR VARIANTS builddir

# A folder of tests with one program.
mkdir -p "$tap_tmp/tests/programs" "$tap_tmp/bin" "$builddir"
cp "$srcdir/tests/tap.sh" "$tap_tmp/tests"
cp "$srcdir/tests/programs/lib.sh" "$tap_tmp/tests/programs"
test=$tap_tmp/tests/programs/one.sh
PATH=$tap_tmp/bin:$PATH
COUNT=$tap_tmp/count
# Full inputs, whatever the caller's are.
SL_CHECK=normal
export PATH COUNT SL_CHECK

write_program() {
	cat >"$tap_tmp/bin/counted" <<END
#!/bin/sh
[ "\$1" = --version ] && echo "counted $1" && exit
[ -n "\$LD_PRELOAD" ] && echo preloaded >>"\$COUNT" && exec echo "$2"
echo reference >>"\$COUNT"
echo same
exit $3
END
	chmod +x "$tap_tmp/bin/counted"
}

write_test() {
	cat >"$test" <<END
. "\$(dirname "\$0")/lib.sh"
need counted none
prepare() {
	echo "$1" >file
}
work() {
	cat "\$prepared/file"
	counted
	echo more >out/more
}
compare_all
END
	sed -i '1i #!/bin/sh' "$test"
	chmod +x "$test"
}

# after WHAT STATUS RUNS: how the test ends, and how often it ran what.
after() {
	: >"$COUNT"
	"$test" >"$tap_tmp/log" 2>&1
	status=$?
	runs=$(tr '\n' ' ' <"$COUNT")
	if [ "$status $runs" = "$2 $3" ]; then
		ok "$1"
	else
		not_ok "$1: status $status, ran $runs"
		note_file "$tap_tmp/log"
	fi
}

write_program 1 same 0
write_test prepared
after "the first test makes the reference" 0 'reference preloaded '
after "the next one uses it" 0 'preloaded '
write_program 2 other 0
after "a new version of the program: a new one; what differs is found" \
    1 'reference preloaded '
after "what differs is found with a reference that was kept" 1 'preloaded '
write_program 2 same 0
after "the program's file is another" 0 'reference preloaded '
write_test otherwise
after "the test is another" 0 'reference preloaded '
SL_CHECK=quick
after "the inputs are others" 0 'reference preloaded '
SL_CHECK=normal
after "that for the full inputs is still there" 0 'preloaded '

# spoiled WHAT COMMAND: the command, in each folder that is kept.
spoiled() {
	find "$kept" -mindepth 1 -maxdepth 1 -exec sh -c 'cd "$1" && eval "$2"' \
	    sh '{}' "$2" \;
	after "$1: it is made anew" 0 'reference preloaded '
	after "and used" 0 'preloaded '
}
spoiled "a file is cut short" ': >out/stdout'
spoiled "a file is missing" 'rm out/more'
spoiled "there is one too many" 'echo x >out/x'
spoiled "what was prepared is another" 'echo x >prepared/file'
spoiled "it does not say what it is of" 'rm stamp'
spoiled "its sums are missing" 'rm SUMS'
spoiled "there is nothing in it" 'rm -rf ./*'

# Many at once: each ends well, whoever makes the reference.
rm -rf "$kept"
: >"$COUNT"
for i in 1 2 3 4 5 6; do
	"$test" >"$tap_tmp/log.$i" 2>&1 &
done
wait
if [ "$(cat "$tap_tmp"/log.* | grep -c '^ok')" = 12 ] &&
    ! grep -q '^not ok' "$tap_tmp"/log.*; then
	ok "six at once end well"
else
	not_ok "six at once end well"
	cat "$tap_tmp"/log.* >"$tap_tmp/log"
	note_file "$tap_tmp/log" 60
fi
after "one of theirs was kept" 0 'preloaded '
if [ "$(find "$kept" -mindepth 1 -maxdepth 1 | wc -l)" = 1 ]; then
	ok "nothing half made is left"
else
	not_ok "nothing half made is left"
fi

write_program 3 same 1
after "a reference that ends badly fails the test" 1 'reference '
after "and is not kept" 1 'reference '
done_testing
