#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# heads.sh - every source opens with what it is for and who may call it.
#
# usage: heads.sh [TREE]
#
# Line 1 is the licence.  The comment that follows starts "NAME - purpose",
# NAME being the file's own, and has a sentence that says who may call it:
# one of the words called, calls, caller, used, uses, user, include, link,
# run, read.

. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2046 # no file of ours has a space in its name
set -- $(c_files core variants harness tests)
need_files "$@"

awk '
function finish() {
	if (file == "")
		return
	if (!licence)
		print file ": line 1 is not the SPDX licence"
	if (!purpose)
		print file ": the head comment does not open with `" base \
		    " - what it is for'\''"
	else if (file ~ /^(core|variants|harness)\// && !callers)
		print file ": the head comment does not say who may call it"
}
FNR == 1 {
	finish()
	file = FILENAME
	base = file
	sub(/.*\//, "", base)
	licence = $0 == "/* SPDX-License-Identifier: BSD-2-Clause */" || \
	    $0 == "// SPDX-License-Identifier: BSD-2-Clause"
	state = "before"
	purpose = callers = 0
	next
}
state == "before" && /^(\/\*|\/\/)/ { state = "in" }
state == "before" && NF { state = "after" }
state == "in" {
	text = $0
	sub(/^( \*|\/\*|\/\/) */, "", text)
	if (index(text, base " - ") == 1 && length(text) > length(base) + 6)
		purpose = 1
	if (tolower(text) ~ /(call(s|ed|er)|use(s|d|r)|includ|link|run|read)/)
		callers = 1
	if (/\*\// || ($0 !~ /^( \*|\/\*|\/\/)/))
		state = "after"
}
END { finish() }
' "$@" >"$tap_tmp/heads"
check "sources open with licence, purpose and callers" "$tap_tmp/heads"

# Scripts and build files too: licence within the first three lines.
find . -type f \( -name '*.sh' -o -name '*.awk' -o -name '*.am' \
    -o -name '*.ac' -o -name 'local.mk' -o -name 'bootstrap' \
    -o -name '*.pml' \) ! -path './.git/*' ! -path './build*/*' \
    ! -path './_*/*' ! -path './autom4te.cache/*' ! -path './m4/*' \
    ! -path './spanlab-*/*' |
sort | while read -r file; do
	sed 3q "$file" | grep -q 'SPDX-License-Identifier: BSD-2-Clause' ||
	    echo "${file#./}"
done >"$tap_tmp/scripts"
check "scripts and build files carry the licence" "$tap_tmp/scripts"
done_testing
