#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# hostile.sh - damaged and hostile files: a report that shows names as names,
# and refuses what is not a sweep in one line.
#
# Run by make check, once.

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

evil='<script>alert(1)</script>'
# A path that is markup; "/" ends folders, so it has no closing tag.
mkdir -p "$tap_tmp/<svg>&\"'\`id\`\$(id)"
lib="$tap_tmp/<svg>&\"'\`id\`\$(id)/lib.so"
echo x >"$lib"
res=$tap_tmp/results
run 0 "a path full of markup" sweep --rounds 1 --threads 1,2,4 \
    --workloads larson --allocators "mutex,odd=$lib" --output "$res"
dir=$(sweep_of "$res")
that "... runs" [ -s "$dir/cells/larson.odd.T4.r1.json" ]
says "$dir/report.html" '&lt;svg&gt;&amp;&quot;&#39;' "... is shown as text"

# Hostile facts in the stored files.
sed -e "s|\"hostname\": \"[^\"]*\"|\"hostname\": \"$evil\"|" \
    -e "s|\"cpu_model\": \"[^\"]*\"|\"cpu_model\": \"<b>'; system 'touch $tap_tmp/owned'; '\`touch $tap_tmp/owned\`\"|" \
    -e "s|\"stresses\": \"[^\"]*\"|\"stresses\": \"\\\\\"><img src=x onerror=alert(3)>\"|" \
    -e "s|\"git_rev\": \"[^\"]*\"|\"git_rev\": \"\\\\u0000$evil\\\\ud83d\\\\ude00\\\\u0007\"|" \
    "$dir/sweep.json" >"$tap_tmp/sweep.json"
sed -i 's/\\u0000//' "$tap_tmp/sweep.json"
cp "$tap_tmp/sweep.json" "$dir/sweep.json"
sed -i "s|\"variant_progress\": \"[^\"]*\"|\"variant_progress\": \"$evil\"|" \
    "$dir"/cells/larson.mutex.*.json
run 0 "a report of hostile facts" report "$dir"
that "... has no markup of theirs" sh -c "! grep -qE \
    '<script>alert|<img|<b>.; system' '$dir/report.html' '$dir/plots/larson.svg'"
says "$dir/report.html" '&lt;script&gt;alert(1)' "... shows them as text"
that "... and nothing of it was run" [ ! -e "$tap_tmp/owned" ]
that "... the Markdown neither" \
    sh -c "! grep -q '[^\\\\]<script' '$dir/results.md'"
if command -v xmllint >/dev/null; then
	that "the SVG is well-formed" xmllint --noout "$dir/plots/larson.svg"
elif command -v python3 >/dev/null; then
	that "the SVG is well-formed" python3 -c "import sys
import xml.dom.minidom as x
x.parse(sys.argv[1])" "$dir/plots/larson.svg"
else
	skip "the SVG is well-formed" "no xmllint, no python3"
fi

# A failed cell whose words are hostile.
mv "$dir/cells/larson.odd.T4.r1.json" "$tap_tmp/kept.json"
printf '{"status": "%s", "detail": "%s", "stderr": "</pre>%s"}\n' \
    "$evil" "$evil" "$evil" >"$dir/cells/larson.odd.T4.r1.failed.json"
run 1 "a failure with hostile words" report "$dir"
that "... has no markup of theirs" sh -c "! grep -qE \
    '<script>alert|</pre>&lt;' '$dir/report.html'"
rm "$dir/cells/larson.odd.T4.r1.failed.json"

# Cells that are damaged: failures, not the end of the report.
for junk in '' '{' '[]' 'null' '{"benchmarks": 3}' '{"benchmarks": [7]}' \
    '{"benchmarks": [{"run_type": "iteration", "ops_per_s": -1}]}' \
    '{"benchmarks": [{"run_type": "iteration", "ops_per_s": "many"}]}'; do
	printf %s "$junk" >"$dir/cells/larson.odd.T4.r1.json"
	run 1 "a cell that holds '$junk'" report "$dir"
	says "$out" '5 done, 1 failed, 0 missing' "... is one failed cell"
done
head -c 100000 /dev/zero | tr '\0' '[' >"$dir/cells/larson.odd.T4.r1.json"
run 1 "a cell of 100000 brackets" report "$dir"
mv "$tap_tmp/kept.json" "$dir/cells/larson.odd.T4.r1.json"
run 0 "the report with the cell put back" report "$dir"

# sweep.json itself: refused in one line, by report and by --resume.
# broken WHAT SED-EXPRESSION
broken() {
	sed -e "$2" "$tap_tmp/sweep.json" >"$dir/sweep.json"
	run 2 "sweep.json: $1" report "$dir"
	that "... one line" [ "$(wc -l <"$err")" -eq 1 ]
	status=0
	"$SPANLAB" sweep --resume "$dir" >"$out" 2>"$err" || status=$?
	that "... not resumed either" [ "$status" -eq 2 ]
}
broken "cut short" '10,$d'
broken "empty" d
broken "another schema" 's/"schema": 1/"schema": 2/'
broken "a name with a path" 's|"name": "odd"|"name": "../../../odd"|'
broken "a name twice" 's|"name": "odd"|"name": "mutex"|'
broken "a workload with a path" 's|"name": "larson"|"name": "/etc/x"|'
broken "no rounds" 's/"rounds": 1/"rounds": 0/'
broken "no least rounds" 's/"rounds_least": 1/"rounds_least": 0/'
broken "more least rounds" 's/"rounds_least": 1/"rounds_least": 2/'
broken "a million rounds" 's/"rounds": 1/"rounds": 1000000/'
broken "rounds in words" 's/"rounds": 1/"rounds": "one"/'
broken "threads 0" '/"threads"/,/]/s/^   1,/   0,/'
broken "threads twice" '/"threads"/,/]/s/^   2,/   1,/'
broken "another kind" 's/"kind": "path"/"kind": "kernel"/'
broken "no path" 's/"path": "[^"]*"/"path": null/'
broken "a negative seed" 's/"seed": 1/"seed": -1/'
broken "no window" 's/"window_s": [0-9.]*/"window_s": 0/'
broken "a key twice" 's/"schema": 1/"schema": 1, "schema": 1/'

done_testing
