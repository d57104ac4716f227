#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# usdt.sh - the probes in the library are those in spanlab(3) and in the sources,
# with as many arguments, and none is in a fast path.
#
# usage: usdt.sh, with $builddir naming a configured and made build
#
# Run by make check, once.  It reads the notes that tracers read
# (.note.stapsdt); no tracer is needed.

. "$(dirname "$0")/../tap.sh"
builddir=$(cd "${builddir:-$srcdir/build}" && pwd) || exit 1
lib=${SPANLAB_LIB_DIR:-$builddir/.libs}/libspanlab.so
[ -f "$lib" ] || {
	echo "Bail out! no $lib"
	exit 1
}
if ! grep -q '^#define SL_HAVE_SDT 1' "$builddir/config.h"; then
	skip "probes" "NOT BUILT: no sys/sdt.h (Debian package: systemtap-sdt-dev)"
	done_testing
fi
for program in readelf nm; do
	if ! command -v $program >/dev/null; then
		skip "probes" "NOT CHECKED: no $program (Debian package: binutils)"
		done_testing
	fi
done
tap_tmpdir
cd "$srcdir" || exit 1

# NAME ARGUMENTS ADDRESS, of each place.
readelf -n "$lib" | awk '
	$1 == "Provider:" { provider = $2 }
	$1 == "Name:" { name = $2 }
	$1 == "Location:" {
		address = $2
		sub(/,.*/, "", address)
	}
	$1 == "Arguments:" && provider == "spanlab" {
		print name, NF - 1, address
	}' >"$tap_tmp/places"
cut -d' ' -f1,2 "$tap_tmp/places" | sort -u >"$tap_tmp/in-library"
sed -n 's/.*SL_USDT\([1-3]\)(\([a-z_]*\),.*/\2 \1/p' core/*.c | sort -u \
    >"$tap_tmp/in-sources"
[ "$(wc -l <"$tap_tmp/in-sources")" -ge 10 ] ||
    echo "where are they in core?" >>"$tap_tmp/in-sources"
diff "$tap_tmp/in-sources" "$tap_tmp/in-library" >"$tap_tmp/differ"
check "the library has the probes of its sources, with their arguments" \
    "$tap_tmp/differ"

cut -d' ' -f1 "$tap_tmp/in-library" >"$tap_tmp/names"
sed -n 's/^\.It Li spanlab://p' doc/spanlab.3 | tr -d ' ' | tr ',' '\n' |
    sort -u >"$tap_tmp/documented"
diff "$tap_tmp/documented" "$tap_tmp/names" >"$tap_tmp/differ"
check "spanlab(3) lists the probes that there are" "$tap_tmp/differ"

# The functions that programs call, from where to where.
nm -S --defined-only "$lib" >"$tap_tmp/symbols"
cat >"$tap_tmp/fast.awk" <<'END'
	function number(hex,    n, i) {
		n = 0
		hex = tolower(hex)
		sub(/^0x/, "", hex)
		for (i = 1; i <= length(hex); i++)
			n = n * 16 + index("0123456789abcdef",
			    substr(hex, i, 1)) - 1
		return n
	}
	FNR == NR {
		if ($4 ~ /^(sl_c_)?(malloc|free|calloc)$/) {
			n++
			name[n] = $4
			from[n] = number($1)
			to[n] = from[n] + number($2)
		}
		next
	}
	{
		for (i = 1; i <= n; i++)
			if (number($3) >= from[i] && number($3) < to[i])
				print $1 " is in " name[i]
	}
	END {
		if (n < 3)
			print "no malloc, free and calloc in the library"
	}
END
awk -f "$tap_tmp/fast.awk" "$tap_tmp/symbols" "$tap_tmp/places" \
    >"$tap_tmp/fast"
check "no probe is in a fast path" "$tap_tmp/fast"

awk '$4 ~ /^(sl_c_)?free$/ { print "planted 1 0x" $1 }' "$tap_tmp/symbols" |
    awk -f "$tap_tmp/fast.awk" "$tap_tmp/symbols" - >"$tap_tmp/planted"
if grep -q '^planted is in' "$tap_tmp/planted"; then
	ok "one that is planted there is found"
else
	not_ok "one that is planted there is found"
fi
done_testing
