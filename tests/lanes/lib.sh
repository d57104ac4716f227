# SPDX-License-Identifier: BSD-2-Clause
# lib.sh - a build of its own, with other switches, and the C tests in it.
#
# Sourced by the scripts of this folder, which then call lane and run_tests.
# Such a build is below $builddir/lanes/ and is kept: a second run makes only
# what has changed.
#
# Environment, all optional:
#   builddir       a configured build (default: build)
#   LANE_VARIANTS  which variants, in place of the lane's own choice
#   LANE_TESTS     which tests, as "t_fork t_conserve"
#   SL_CHECK       of the tests; here quick, unless it says otherwise

. "$(dirname "$0")/../tap.sh"

: "${builddir:=$srcdir/build}"
builddir=$(cd "$builddir" && pwd) || exit 1
: "${SL_TIME_LIMIT:=900}"
SL_CHECK=${LANE_CHECK:-quick}
export SL_CHECK
# Of the make that runs us, and not for the one that we run.
unset MAKEFLAGS MFLAGS MAKELEVEL TESTS VARIANTS SPANLAB_LIB_DIR \
    SPANLAB_BENCH_DIR SL_SANITIZER

# The variants that the main build has, with commas between.
all_variants() {
	sed -n 's/^SL_VARIANTS_BUILT = *//p' "$builddir/Makefile" |
	    sed 's/  */ /g; s/^ //; s/ $//; y/ /,/'
}

# lane NAME VARIANTS FLAG...: a build with these switches.
lane() {
	lane=$1
	variants=${LANE_VARIANTS:-$2}
	shift 2
	where=$builddir/lanes/$lane
	mkdir -p "$where"
	set -- "--enable-variants=$variants" "$@"
	# shellcheck disable=SC2015 # either failing is a reason to configure
	[ -f "$where/Makefile" ] && [ "$*" = "$(cat "$where/.flags" 2>/dev/null)" ] ||
	    (cd "$where" && "$srcdir/configure" -q "$@" &&
		echo "$*" >.flags) >"$where/log" 2>&1 || {
		not_ok "$lane: configure $*"
		note_file "$where/log" 40
		done_testing
	}
	if make -C "$where" -s -j2 all >"$where/log" 2>&1; then
		ok "$lane: configure $* and make"
	else
		not_ok "$lane: configure $* and make"
		note_file "$where/log" 40
		done_testing
	fi
}

# leave_out TEST REASON: what the lane cannot run.
left_out=
leave_out() {
	left_out="$left_out $1 "
	skip "$lane: $1" "$2"
}

# unannotated TEST...: these are about what no hook may change, or do what the
# lane must report; core does not tell the lane about their objects.
unannotated=
unannotated() {
	unannotated=" $* "
}

# Options of the library for a program of that name, if any.
options_of() {
	case $unannotated in
	*" ${1%%-*} "*) echo annotate=0 ;;
	esac
}

# Names of the programs of these kinds of tests, see tests.list.
programs() {
	for kind; do
		awk -v kind="$kind" '$1 == kind {
			sub(/.*\//, "", $2)
			sub(/\.c$/, "", $2)
			print $2
		}' "$srcdir/tests/tests.list" |
		while read -r stem; do
			case " ${LANE_TESTS:-$stem} " in
			*" $stem "*) ;;
			*) continue ;;
			esac
			case $left_out in
			*" $stem "*) continue ;;
			esac
			case $kind in
			seam | set | step)
				echo "$variants" | tr ',' '\n' |
				    sed "s|.*|tests/$stem-&|" ;;
			*) echo "tests/$stem" ;;
			esac
		done
	done
}

# run_tests KIND...: each program of these kinds, one line each.  With $under,
# under another program.
run_tests() {
	list=$(programs "$@")
	# shellcheck disable=SC2086 # a list of words
	if ! make -C "$where" -s -k -j2 $list >"$where/log" 2>&1; then
		not_ok "$lane: the tests can be made"
		note_file "$where/log" 40
	fi
	for program in $list; do
		[ -x "$where/$program" ] || continue
		log=$where/${program#tests/}.out
		began=$(date +%s)
		options=$(options_of "${program#tests/}")
		# shellcheck disable=SC2086 # a command with arguments, or none
		(cd "$where" && SPANLAB_OPTIONS=$options \
		    SL_UNIT_OPTIONS=$options srcdir=$srcdir \
		    CMOCKA_MESSAGE_OUTPUT=TAP exec \
		    timeout -k 5 "$SL_TIME_LIMIT" ${under:-} "./$program") \
		    >"$log" 2>&1
		status=$?
		if [ $status -eq 0 ] && ! refused_by_lane "$log"; then
			ok "$lane: ${program#tests/}"
		else
			not_ok "$lane: ${program#tests/} (status $status)"
			grep -vE '^(ok|1\.\.)' "$log" | sed -n '1,40s/^/# /p'
		fi
		note "$(($(date +%s) - began)) s"
	done
}

# What a lane looks for in the output; redefined by some.
refused_by_lane() {
	grep -qE 'WARNING: ThreadSanitizer|ERROR: AddressSanitizer|runtime error:' \
	    "$1"
}
