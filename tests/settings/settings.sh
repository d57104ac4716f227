#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# settings.sh - the tests of a variant's library once more under other options.
#
# usage: settings.sh, with $builddir naming a build with its tests made
#   VARIANTS   which
#   SETTINGS   which options, as "hold=0 relink=0,epoch=1"
#   SL_CHECK   long: all of the seam tests under all of the settings; else a
#              few of them, small, and most for the default variant only

. "$(dirname "$0")/../tap.sh"
builddir=$(cd "${builddir:-$srcdir/build}" && pwd) || exit 1
: "${VARIANTS:=mutex}"
: "${SL_TIME_LIMIT:=600}"

if grep -q '^HAVE_CMOCKA_TRUE *= *#' "$builddir/Makefile"; then
	skip "settings" "NOT CHECKED: no cmocka (Debian package: libcmocka-dev)"
	done_testing
fi

# What must not matter to a program.
few='hold=0,relink=0 relink=100 epoch=1,hold=0 guard=1,random=1 clobber=1'
all="$few relink=0 hold=0 hold=1,relink=50 keep-pages=0 epoch=1 epoch=64
	random=1 guard=1 backoff=0 signals=1 badfree=report trace=/dev/null
	profile=1000,profile-file=/dev/null scavenge=10 thp=never,memlimit=4096
	epoch=1,clobber=1,random=1,guard=1,hold=0,relink=0"

# Tests that choose their own options, or are about what an option changes.
own='t_bounds t_epoch t_refused t_signal t_death t_malloc_info t_guard t_badfree'

# What cannot be, and why: cannot TEST SETTING.
cannot() {
	case $1:,$2, in
	*:*,badfree=report,*)
		case $1 in
		t_align | t_tiny) echo "it expects wrong frees to abort" ;;
		esac ;;
	esac
	case $1:,$2, in
	t_crowd:*,epoch=* | t_threads:*,epoch=* | t_dead_thread:*,epoch=* | \
	    t_tiny:*,epoch=*)
		echo "it is about how soon memory is used again" ;;
	t_crowd:*,guard=1,* | t_threads:*,guard=1,*)
		echo "it is about how much memory is used" ;;
	t_tiny:*,clobber=1,*)
		echo "it expects tiny objects to be clear" ;;
	t_conserve:*,scavenge=* | t_dead_thread:*,scavenge=*)
		echo "it counts objects, and the scavenger's thread has some" ;;
	t_thread_stats:*,epoch=*)
		echo "it expects the page heap to have a freed span at once" ;;
	t_snapshot:*,epoch=* | t_snapshot:*,guard=1,*)
		echo "its sums are those of other modes" ;;
	t_large:*,epoch=* | t_large:*,guard=1,* | t_large:*,clobber=1,* | \
	    t_large:*,random=1,* | t_large:*,signals=1,* | \
	    t_large:*,trace=* | t_large:*,profile=*)
		echo "it is about what hooks, guards and epochs forbid" ;;
	esac
}

# What a set has to do with; the other settings concern core alone, so in make
# check only the default variant has them.
of_sets='hold=0,relink=0 epoch=1,hold=0'
default=$(sed -n 's/^SL_MCENTRAL *= *//p' "$builddir/Makefile")

# choose VARIANT: $tests and $settings.
choose() {
	tests=t_conserve
	settings=$of_sets
	case $check:$1 in
	long:*)
		settings=$all
		tests=$(awk '$1 == "seam" {
			sub(/.*\//, "", $2)
			sub(/\.c$/, "", $2)
			print $2
		}' "$srcdir/tests/tests.list") ;;
	quick:*) settings=epoch=1,hold=0 ;;
	*:"$default")
		settings=$few
		tests='t_align t_conserve t_realloc t_tiny' ;;
	esac
	settings=${SETTINGS:-$settings}
}

check=${SL_CHECK:-normal}
case $check in
long) SL_CHECK=normal ;;
*) SL_CHECK=quick ;;
esac
export SL_CHECK

tap_tmpdir
for variant in $VARIANTS; do
	choose "$variant"
	for t in $tests; do
		case " $own " in
		*" $t "*) continue ;;
		esac
		program=$builddir/tests/$t-$variant
		if [ ! -x "$program" ]; then
			not_ok "there is $program"
			continue
		fi
		for setting in $settings; do
			why=$(cannot "$t" "$setting")
			if [ -n "$why" ]; then
				skip "$t-$variant with $setting" "$why"
				continue
			fi
			SPANLAB_OPTIONS=$setting CMOCKA_MESSAGE_OUTPUT=TAP \
			    timeout -k 5 "$SL_TIME_LIMIT" "$program" \
			    >"$tap_tmp/out" 2>&1
			status=$?
			if [ $status -eq 0 ]; then
				ok "$t-$variant with $setting"
			else
				not_ok "$t-$variant with $setting" \
				    "(status $status)"
				grep -v '^ok' "$tap_tmp/out" >"$tap_tmp/bad"
				note_file "$tap_tmp/bad" 20
			fi
		done
	done
done
done_testing
