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
# As if there were CPUs for laws of scaling.
sed 's/"cpus_allowed": *[0-9]*/"cpus_allowed": 8/' "$dir/sweep.json" \
    >"$tap_tmp/sweep.json"
mv "$tap_tmp/sweep.json" "$dir/sweep.json"
run 0 "its report again" report "$dir"
that "one script, beside data" sh -c "[ \
    \$(grep -c '^<script>' '$page') -eq 1 -a \
    \$(grep -c '<script type=\"application/json\">' '$page') -eq 2 ]"
for key in throughput traffic memory; do
	says "$page" "data-panel=\"$key\"" "without a script there is $key"
done
that "what no cell tells of is not drawn" \
    sh -c "! grep -q 'data-panel=\"claim-p99\"\|data-curve=\"[a-z]' '$page'"

# What was observed; the numbers are those of fake-bench.
FAKE_OBSERVE=1
export FAKE_OBSERVE
run 0 "a sweep that observes" sweep --allocators mutex,glibc \
    --workloads larson --threads 1,2..8 --rounds 2 --latency 8 --memory 5 \
    --output "$tap_tmp/observed"
unset FAKE_OBSERVE
seen=$(sweep_of "$tap_tmp/observed")/report.html
for key in malloc-all malloc-hit free-own resident-over-time live-over-time \
    blow-up-over-time; do
	says "$seen" "data-curve=\"$key\"" "without a script there is $key"
done
that "a path that no cell took is not drawn" \
    sh -c "! grep -q 'data-curve=\"malloc-grow\"' '$seen'"
for key in malloc-p50 free-p99 malloc-p999 live blow-up; do
	says "$seen" "data-panel=\"$key\"" "... over threads: $key"
done
# numbers KEY: what the page's data have of it, on one line
numbers() {
	sed -n '/"key":"'"$1"'"/,/\]\]}/p' "$seen" | tr -d '\n'
}
numbers malloc-all >"$tap_tmp/all"
says "$tap_tmp/all" '"s":\[\[\[32,32,32,32,32,201,201,201,201,3000,3000,3000' \
    "percentiles of one thread are the cells'"
says "$tap_tmp/all" '\[46,46,46,46,46,201,.*null\]\],\[\[32,' \
    "... of eight too, as far as there are calls"
numbers malloc-hit >"$tap_tmp/hit"
says "$tap_tmp/hit" '\[32,32,32,32,32,32,32,32,32,null' \
    "fewer than ten calls beyond a percentile: there is none"
numbers resident-over-time >"$tap_tmp/rss"
says "$tap_tmp/rss" '"xs":\[0,1,2,.*48\],"s":\[\[\[4,4.083,.*,8\],' \
    "memory over time is in MiB, between samples on a line"
numbers blow-up-over-time >"$tap_tmp/blow"
says "$tap_tmp/blow" '"s":\[\[\[2,2,2,' "blow-up is resident to live"
says "$seen" '<td>40000</td><td>100&nbsp;%</td>' \
    "a table has how many calls were timed"

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
# What the test's script wrote into the page, as facts.
facts() {
	sed -n '/<pre id="facts">/,/^end of facts/p' "$out" >"$tap_tmp/facts"
	that "the test's script ends" grep -q '^end of facts' "$tap_tmp/facts"
	while IFS= read -r line; do
		case $line in
		yes:*) ok "${line#yes: }" ;;
		NO:*) not_ok "${line#NO: }" ;;
		esac
	done <"$tap_tmp/facts"
}
browse --dump-dom "file://$tap_tmp/test.html" >"$out"
facts
that "nothing on the console" sh -c "! grep CONSOLE '$err'"

sed 's/ script-src [^"]*/ script-src '"'unsafe-inline'"'/; $d' "$seen" \
    >"$tap_tmp/seen.html"
{
	echo '<script>'
	cat "$srcdir/tests/driver/page_seen.js"
	echo '</script></html>'
} >>"$tap_tmp/seen.html"
browse --dump-dom "file://$tap_tmp/seen.html" >"$out"
facts
that "nothing on the console" sh -c "! grep CONSOLE '$err'"

if [ -n "${KEEP:-}" ]; then
	mkdir -p "$KEEP"
	browse --screenshot="$KEEP/wide.png" "file://$page"
	browse --window-size=700,2400 --screenshot="$KEEP/narrow.png" \
	    "file://$page"
	browse --print-to-pdf="$KEEP/page.pdf" "file://$page"
	sed 's/ script-src [^"]*//' "$page" >"$tap_tmp/still.html"
	browse --screenshot="$KEEP/still.png" "file://$tap_tmp/still.html"
	browse --window-size=1400,5000 --screenshot="$KEEP/observed.png" \
	    "file://$seen"
	note "pictures are in $KEEP"
fi

done_testing
