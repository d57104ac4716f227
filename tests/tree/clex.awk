# SPDX-License-Identifier: BSD-2-Clause
# clex.awk - splits each line of C into what is code and what is comment.
#
# Loaded before another program by lex() of lib.sh.  That program defines
# line_read(), called per line with `code` (strings emptied) and `comment`
# set, and file_ended(), called after the last line of each file in `file`.

function split_line(s,    c, two, n, i, mode) {
	code = ""
	comment = ""
	n = length(s)
	mode = in_comment ? "/*" : ""
	for (i = 1; i <= n; i++) {
		c = substr(s, i, 1)
		two = substr(s, i, 2)
		if (mode == "/*") {
			if (two == "*/") {
				mode = ""
				i++
			} else
				comment = comment c
		} else if (mode != "") {
			if (c == "\\")
				i++
			else if (c == mode) {
				mode = ""
				code = code c
			}
		} else if (two == "/*") {
			mode = two
			comment = comment " "
			code = code " "
			i++
		} else if (two == "//") {
			comment = comment substr(s, i + 2)
			break
		} else {
			if (c == "\"" || c == "'")
				mode = c
			code = code c
		}
	}
	in_comment = mode == "/*"
}

FNR == 1 {
	if (file != "")
		file_ended()
	file = FILENAME
	in_comment = 0
}
{
	split_line($0)
	line_read()
}
END {
	if (file != "")
		file_ended()
}
