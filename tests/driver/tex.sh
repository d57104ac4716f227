#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tex.sh - a sweep as LaTeX tables and as plots of pgfplots: they have the
# sweep's numbers, bear any name, and compile.
#
# Run by make check, once.  KEEP=dir keeps what was compiled there, to be
# looked at.

. "$(dirname "$0")/../tap.sh"
. "$(dirname "$0")/lib.sh"

# A name with an underscore, a cell that fails, and a machine of odd letters.
echo "not a library" >"$tap_tmp/my_malloc.so"
FAKE_TROUBLE='larson.ck.T8=crash'
export FAKE_TROUBLE
run 1 "a sweep" sweep --workloads larson,pairs --threads 1,2..8 --rounds 3 \
    --allocators "mutex,ck,my_malloc=$tap_tmp/my_malloc.so,glibc" \
    --output "$tap_tmp/results"
unset FAKE_TROUBLE
dir=$(sweep_of "$tap_tmp/results")
rm "$dir"/cells/pairs.my_malloc.T4.*
# no backslash: it would be one of sed's
sed 's/"cpu_model": *"[^"]*"/"cpu_model": "A_M#D $% {\&} ~^ <x> |y| \\"q\\" `µ"/' \
    "$dir/sweep.json" >"$tap_tmp/sweep.json"
mv "$tap_tmp/sweep.json" "$dir/sweep.json"
run 1 "its report" report "$dir"

run 2 "export of nothing" export "$dir"
run 2 "export without a folder" export --latex
run 2 "export of what is no sweep" export --latex "$tap_tmp/t" "$tap_tmp"
run 3 "export to where nobody can write" export --latex /dev/null/x "$dir"
run 0 "export" export --latex "$tap_tmp/latex" --pgfplots "$tap_tmp/plots" \
    "$dir"
for kind in latex plots; do
	python3 "$srcdir/tests/driver/tex.py" "$tap_tmp/$kind" \
	    "$dir/data.csv" >"$tap_tmp/wrong" 2>&1
	that "$kind: well formed, with the sweep's numbers" \
	    sh -c "! grep . '$tap_tmp/wrong'"
done
says "$tap_tmp/latex/larson.tex" '^my\\_malloc & ' "a name is escaped"
says "$tap_tmp/latex/larson.tex" 'A\\_M\\#D \\$\\% {*\\{\\&\\}' \
    "the machine too"
says "$tap_tmp/latex/larson.tex" '\\texttt{.*sweep {-}{-}workloads' \
    "the command is in the notes"
says "$tap_tmp/latex/pairs.tex" '^my\\_malloc & .* & .* & -- & ' \
    "no results: a dash"

# compiles KIND DOCUMENT
compiles() {
	for tool in pdflatex kpsewhich; do
		command -v $tool >/dev/null || {
			skip "$1 compiles" "NOT COMPILED: no $tool (Debian \
packages: texlive-latex-recommended, texlive-pictures)"
			return
		}
	done
	for package in booktabs pgfplots geometry; do
		[ -n "$(kpsewhich $package.sty)" ] || {
			skip "$1 compiles" "NOT COMPILED: no $package.sty \
(Debian packages: texlive-latex-recommended, texlive-pictures)"
			return
		}
	done
	that "$1 compiles" sh -c "cd '$tap_tmp/$1' && HOME='$tap_tmp' timeout \
	    300 pdflatex -interaction=nonstopmode -halt-on-error $2.tex &&
	    [ -s $2.pdf ]"
	that "... without a complaint" sh -c "! grep -E \
	    '^(LaTeX|Package) .*(Warning|Error)|^Overfull|undefined' \
	    '$tap_tmp/$1/$2.log' | grep -v 'compat=\|Label(s) may'"
}
compiles latex tables
compiles plots plots
if [ -n "${KEEP:-}" ]; then
	mkdir -p "$KEEP"
	cp -r "$tap_tmp/latex" "$tap_tmp/plots" "$KEEP"
	note "what was compiled is in $KEEP"
fi

done_testing
