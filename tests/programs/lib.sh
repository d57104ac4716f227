# SPDX-License-Identifier: BSD-2-Clause
# lib.sh - runs a real program on each variant and on the system's malloc.
#
# Sourced by the scripts of this folder, which then define
#
#   work      runs the program in an empty current folder; whatever it leaves
#             in ./out, and its standard output, is what must be the same
#
# perhaps
#
#   prepare   makes what work needs, once, in an empty current folder on the
#             system's malloc; work finds that folder as $prepared
#
# and end with `compare_all PROGRAM...`, naming the executables that must be
# seen to take malloc from the preloaded library.  $work_reads lists files and
# folders besides that work depends on.
#
# The run on the system's malloc is the reference.  It is made once and kept
# in the build folder, tests/references, for the next variant; what it depends
# on is its name, see reference_stamp().
#
# Environment, all optional:
#   SPANLAB_LIB_DIR       where libspanlab-<variant>.so are
#   builddir              where references are kept
#   VARIANTS              which of them to test
#   SL_CHECK=quick        small inputs, and only python, git and xz
#   SPANLAB_ALLOW_MISSING=1  a program that is not installed is skipped
#   SL_SANITIZER          what the libraries were built with

. "$(dirname "$0")/../tap.sh"

self=$(cd "$(dirname "$0")" && pwd)/$(basename "$0")
name=$(basename "$0" .sh)
programs=
work_reads=
quick=
[ "${SL_CHECK:-}" = quick ] && quick=1

# Seconds for one run of one program.
: "${SL_TIME_LIMIT:=120}"

# The working environment is the same for every run, but for the library that
# run_work preloads: the script itself, called again with --work, keeps it.
mode=${1:-}
[ "$mode" = --work ] || unset LD_PRELOAD
export TZ=UTC

not_in_quick() {
	if [ -n "$quick" ]; then
		skip "$name" "SL_CHECK=quick"
		done_testing
	fi
}

# need PROGRAM PACKAGE
need() {
	if command -v "$1" >/dev/null 2>&1; then
		programs="$programs $1"
		return
	fi
	if [ "${SPANLAB_ALLOW_MISSING:-0}" = 1 ]; then
		skip "$name" "$1 is not installed (Debian package: $2)"
	else
		not_ok "$1 is installed (Debian package: $2)"
	fi
	done_testing
}

# The executable behind a name, through links and wrappers that only exec.
binary_of() {
	readlink -f "$(command -v "$1")"
}

find_libraries() {
	if [ -z "${SPANLAB_LIB_DIR:-}" ]; then
		for SPANLAB_LIB_DIR in "$srcdir/build/.libs" "$srcdir/.libs" \
		    .libs; do
			ls "$SPANLAB_LIB_DIR"/libspanlab-*.so >/dev/null \
			    2>&1 && break
		done
	fi
	SPANLAB_LIB_DIR=$(cd "$SPANLAB_LIB_DIR" 2>/dev/null && pwd) || {
		echo "Bail out! SPANLAB_LIB_DIR names no folder"
		exit 1
	}
	if [ -z "${VARIANTS:-}" ]; then
		VARIANTS=$(cd "$SPANLAB_LIB_DIR" && ls libspanlab-*.so |
		    sed 's/^libspanlab-\(.*\)\.so$/\1/' | tr '\n' ' ')
	fi
	if [ -z "${VARIANTS:-}" ]; then
		echo "Bail out! no libspanlab-<variant>.so in $SPANLAB_LIB_DIR"
		exit 1
	fi
}

# run_work FOLDER: the program on the malloc that LD_PRELOAD says.
run_work() {
	mkdir -p "$1/out" "$1/home"
	(
		cd "$1" || exit 1
		HOME=$1/home
		export HOME
		[ -n "$preload" ] && export LD_PRELOAD="$preload"
		exec timeout -k 5 "$SL_TIME_LIMIT" "$self" --work \
		    >out/stdout 2>stderr </dev/null
	)
}

# takes_malloc PROGRAM LIBRARY: the dynamic linker, asked to tell what it
# binds to what, names no other library for malloc and free.  (A program that
# takes the address of free may be named itself: there it only jumps on.)
takes_malloc() {
	rm -f "$tap_tmp"/ld.*
	LD_DEBUG=bindings LD_DEBUG_OUTPUT="$tap_tmp/ld" LD_BIND_NOW=1 \
	    LD_PRELOAD="$2" "$1" --version >/dev/null 2>&1 </dev/null
	cat "$tap_tmp"/ld.* 2>/dev/null |
	grep -E "symbol \`(malloc|free|calloc|realloc)'" >"$tap_tmp/bound"
	grep -q "$2.*\`malloc'" "$tap_tmp/bound" &&
	    ! grep -v " to $2 " "$tap_tmp/bound" | grep -q ' to [^ ]*\.so'
}

# --- the reference ---------------------------------------------------------

# All that decides what a reference holds: the scripts, the programs, and what
# else is installed.
reference_stamp() {
	echo "test $name, $([ -n "$quick" ] && echo small || echo full) inputs"
	echo "source folder $srcdir"
	for program in $programs; do
		program=$(binary_of "$program")
		"$program" --version 2>&1 </dev/null | grep -m 1 .
		sha256sum <"$program" | sed "s|-|$program|"
	done
	[ -f /var/lib/dpkg/status ] &&
	    sha256sum <"/var/lib/dpkg/status" | sed 's/-/Debian packages/'
	# shellcheck disable=SC2086 # a list
	find "$self" "$(dirname "$self")/lib.sh" "$srcdir/tests/tap.sh" \
	    $work_reads -type f | sort | xargs sha256sum
}

# The sums of a reference's files, their names too.
reference_sums() {
	(cd "$1" && find . -type f ! -name SUMS | sort | xargs sha256sum)
}

# Make $tap_tmp/ref and what was prepared.
make_reference() {
	mkdir -p "$prepared"
	if command -v prepare >/dev/null &&
	    ! (cd "$prepared" && prepare) >"$tap_tmp/log" 2>&1; then
		not_ok "$name: what it needs can be made"
		note_file "$tap_tmp/log"
		done_testing
	fi
	preload=
	began=$(date +%s)
	if ! run_work "$tap_tmp/ref"; then
		not_ok "$name on the system's malloc ends well"
		note_file "$tap_tmp/ref/stderr"
		done_testing
	fi
	note "reference: $(($(date +%s) - began)) s"
}

# Take the kept one.  It is copied, then looked at, since another test may put
# a new one in its place; one that is not whole is none.
take_reference() {
	[ -d "$1" ] && cp -Rp "$1" "$tap_tmp/kept" 2>/dev/null &&
	    cmp -s "$tap_tmp/stamp" "$tap_tmp/kept/stamp" &&
	    reference_sums "$tap_tmp/kept" >"$tap_tmp/sums" 2>/dev/null &&
	    cmp -s "$tap_tmp/sums" "$tap_tmp/kept/SUMS" || return
	mkdir "$tap_tmp/ref"
	mv "$tap_tmp/kept/out" "$tap_tmp/ref/out"
	mv "$tap_tmp/kept/prepared" "$prepared"
	note "reference: that of $1"
}

# Keep what make_reference made: under another name until it is whole.  If it
# cannot be kept, the next test makes its own.
keep_reference() {
	new=$1.new.$$
	mkdir -p "$new" &&
	    cp -Rp "$tap_tmp/ref/out" "$prepared" "$tap_tmp/stamp" "$new" &&
	    reference_sums "$new" >"$tap_tmp/sums" &&
	    cp "$tap_tmp/sums" "$new/SUMS" &&
	    rm -rf "$1" && mv -T "$new" "$1" && return
	rm -rf "$new"
	[ -d "$1" ] || note "the reference could not be kept in $1"
}

find_reference() {
	prepared=$tap_tmp/prepared
	export prepared
	reference_stamp >"$tap_tmp/stamp"
	kept=${builddir:-$(dirname "$SPANLAB_LIB_DIR")}/tests/references
	kept=$kept/$name-$(sha256sum <"$tap_tmp/stamp" | cut -c 1-16)
	rm -rf "$tap_tmp/kept"
	if ! take_reference "$kept"; then
		make_reference
		keep_reference "$kept" 2>/dev/null
	fi
	ok "$name on the system's malloc ends well"
	note "$(wc -c <"$tap_tmp/ref/out/stdout") bytes of output"
}

# note_logs FOLDER: how the logs end that work wrote, and what it printed.
note_logs() {
	for log in "$1/out/stdout" "$1"/*.log; do
		[ -f "$log" ] || continue
		note "the end of ${log#"$1/"}:"
		tail -n 30 "$log" | sed 's/^/# /'
	done
}

compare_one() {
	lib=$SPANLAB_LIB_DIR/libspanlab-$1.so
	v=$1
	shift
	if [ ! -f "$lib" ]; then
		not_ok "$name on $v: there is $lib"
		return
	fi
	for program; do
		if takes_malloc "$(binary_of "$program")" "$lib"; then
			ok "$program takes malloc from libspanlab-$v.so"
		else
			not_ok "$program takes malloc from libspanlab-$v.so"
			note_file "$tap_tmp/bound"
		fi
	done
	preload=$lib
	began=$(date +%s)
	run_work "$tap_tmp/$v"
	status=$?
	note "$name on $v: $(($(date +%s) - began)) s"
	if [ "$status" -ne 0 ]; then
		not_ok "$name on $v: ends well (status $status)"
		note_file "$tap_tmp/$v/stderr"
		note_logs "$tap_tmp/$v"
	elif ! diff -r "$tap_tmp/ref/out" "$tap_tmp/$v/out" \
	    >"$tap_tmp/diff" 2>&1; then
		not_ok "$name on $v: same output as without"
		note_file "$tap_tmp/diff"
	else
		ok "$name on $v: same output as without"
	fi
	rm -rf "${tap_tmp:?}/$v"
}

compare_all() {
	if [ "$mode" = --work ]; then
		set -e
		work
		exit 0
	fi
	case ${SL_SANITIZER:-} in
	address | thread)
		skip "$name" "a sanitized library cannot be preloaded"
		done_testing ;;
	esac
	tap_tmpdir
	find_libraries
	find_reference
	for variant in $VARIANTS; do
		compare_one "$variant" "$@"
	done
	done_testing
}
