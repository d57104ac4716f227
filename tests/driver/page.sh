#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# page.sh - a report in a browser: its script runs, every switch does what it
# says, and nothing but that script may run.
#
# Run by make check, once.  KEEP=dir keeps pictures of the page there, to be
# looked at: wide, narrow, printed, without the script.

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

run 0 "a sweep" sweep --allocators mutex,ck,glibc --workloads larson,pairs \
    --threads 1,2..8 --rounds 2 --output "$tap_tmp/results"
dir=$(sweep_of "$tap_tmp/results")
page=$dir/report.html
that "one script, beside data" sh -c "[ \
    \$(grep -c '^<script>' '$page') -eq 1 -a \
    \$(grep -c '<script type=\"application/json\">' '$page') -eq 2 ]"
for key in throughput traffic memory; do
	says "$page" "data-panel=\"$key\"" "without a script there is $key"
done
that "what no cell tells of is not drawn" \
    sh -c "! grep -q 'data-panel=\"claim-p99\"' '$page'"

browser=
for b in chromium chromium-browser google-chrome; do
	if command -v $b >/dev/null; then
		browser=$b
		break
	fi
done
if [ -z "$browser" ]; then
	skip "the page in a browser" \
	    "NOT CHECKED: no chromium (Debian package: chromium)"
	done_testing
fi

# browse [options] URL: the page is ours, so it needs no sandbox, which
# containers do not allow.
browse() {
	HOME=$tap_tmp timeout 120 "$browser" --headless --no-sandbox \
	    --disable-gpu --no-first-run --enable-logging=stderr \
	    --user-data-dir="$tap_tmp/browser" --window-size=1400,2400 \
	    --hide-scrollbars "$@" 2>"$err"
}

browse --dump-dom "file://$page" >"$out"
says "$out" 'aria-pressed="true"' "the script runs under the page's policy"
that "... with nothing on the console" sh -c "! grep CONSOLE '$err'"

# As the page, with a script of the test's; first with the policy in place.
sed '$d' "$page" >"$tap_tmp/test.html"
{
	echo '<script>'
	cat "$srcdir/tests/driver/page.js"
	echo '</script></html>'
} >>"$tap_tmp/test.html"
browse --dump-dom "file://$tap_tmp/test.html" >"$out"
that "another script may not run" sh -c "! grep 'end of facts\$' '$out' |
    grep -v \"'\""
says "$err" 'CONSOLE.*Content Security Policy' "... says the browser"

sed -i 's/ script-src [^"]*/ script-src '"'unsafe-inline'"'/' \
    "$tap_tmp/test.html"
browse --dump-dom "file://$tap_tmp/test.html" >"$out"
sed -n '/<pre id="facts">/,/^end of facts/p' "$out" >"$tap_tmp/facts"
that "the test's script ends" grep -q '^end of facts' "$tap_tmp/facts"
while IFS= read -r line; do
	case $line in
	yes:*) ok "${line#yes: }" ;;
	NO:*) not_ok "${line#NO: }" ;;
	esac
done <"$tap_tmp/facts"
that "nothing on the console" sh -c "! grep CONSOLE '$err'"

if [ -n "${KEEP:-}" ]; then
	mkdir -p "$KEEP"
	browse --screenshot="$KEEP/wide.png" "file://$page"
	browse --window-size=700,2400 --screenshot="$KEEP/narrow.png" \
	    "file://$page"
	browse --print-to-pdf="$KEEP/page.pdf" "file://$page"
	sed 's/ script-src [^"]*//' "$page" >"$tap_tmp/still.html"
	browse --screenshot="$KEEP/still.png" "file://$tap_tmp/still.html"
	note "pictures are in $KEEP"
fi

done_testing
