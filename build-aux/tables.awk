# SPDX-License-Identifier: BSD-2-Clause
# tables.awk - the make rules that follow from the table of variants and from
# the list of tests.
#
# usage: awk -f tables.awk variants/variants.m4 tests/tests.list >tables.mk
#
# Run by configure.ac (when automake reads it) and by make (when a table has
# changed).  Automake wants each target spelled out, hence this program.

function fail(text) {
	print FILENAME ":" FNR ": " text >"/dev/stderr"
	failed = 1
	exit 1
}

# The name as automake's variables (mutex_fifo) and conditionals have it.
function var(name) {
	gsub(/[^a-zA-Z0-9]/, "_", name)
	return name
}

# tests/unit/mspan.c -> mspan
function stem(file) {
	sub(/.*\//, "", file)
	sub(/\.[a-z]+$/, "", file)
	return file
}

FNR == 1 { nfiles++ }

# --- variants.m4 ---------------------------------------------------------

nfiles == 1 && /^SL_(VARIANT|BOUND|LINKED)\(/ {
	row = $0
	if (row !~ /\]\)[ \t]*$/)
		fail("a row ends with `])' on its own line")
	sub(/^SL_(VARIANT|BOUND|LINKED)\([ \t]*\[/, "", row)
	sub(/\]\)[ \t]*$/, "", row)
	if (split(row, f, /\][ \t]*,[ \t]*\[/) != 6)
		fail("a row has six fields, each in [ ]")
	if (f[1] !~ /^[a-z][a-z0-9-]*$/)
		fail("`" f[1] "': a name is made of a-z, 0-9 and -")
	if (f[1] ~ /^(long|local|am|TESTS|sanitizers|debug|valgrind|settings)$/)
		fail("`" f[1] "': make check-" f[1] " means something else")
	if (f[2] !~ /^[a-z][a-z0-9_-]*\.c$/)
		fail("`" f[2] "': the source is a .c file of this folder")
	if ((f[3] == "") != (f[4] == ""))
		fail(f[1] ": a module and its Debian package go together")
	v = ++nvariants
	bound[v] = $0 ~ /^SL_BOUND/ ? 1 : 0
	linked[v] = $0 ~ /^SL_LINKED/
	name[v] = f[1]
	source[v] = f[2]
	module[v] = f[3]
	flags[v] = f[5]
	next
}

# --- tests.list ----------------------------------------------------------

nfiles == 2 && /^[^#]/ && NF {
	if (NF != 2 && !(NF == 3 && $1 ~ /^(mock|vmp)$/))
		fail("a line is: KIND FILE, or mock|vmp FILE VARIANT")
	if ($1 !~ /^(tree|each|long|unit|face|seam|set|step|mock|load|guest|heap|spoilt|vmp|model|driver)$/)
		fail("`" $1 "' is no kind of test")
	if (($1 ~ /^(tree|each|long)$/) == ($2 ~ /\.c$/))
		fail($2 ": tree, each and long are shell, others are C")
	kind[++ntests] = $1
	file[ntests] = $2
	needs[ntests] = 0
	for (v = 1; NF == 3 && v <= nvariants; v++)
		if (name[v] == $3)
			needs[ntests] = v
	if (NF == 3 && !needs[ntests])
		fail("`" $3 "' is no variant")
	next
}

# --- output --------------------------------------------------------------

function rules_library(v,    n, i) {
	n = name[v]
	i = "libslset_" var(n) "_la"
	print "# --- " n
	print "if " cond(v)
	print "noinst_LTLIBRARIES += libslset-" n ".la"
	if (!linked[v])
		print "lib_LTLIBRARIES += libspanlab-" n ".la"
	print "pkglibexec_PROGRAMS += bench-mcentral-" n
	print "endif"
	print i "_SOURCES = variants/" source[v]
	print i "_CPPFLAGS = $(AM_CPPFLAGS) -DSL_VARIANT_NAME='\"" n "\"' " \
	    "-DSL_VARIANT_BOUND=" bound[v] " " flags[v]
	print i "_CFLAGS = $(sl_core_cflags) " lib(v, "CFLAGS")
	print i "_LIBTOOLFLAGS = $(sl_pic_only)"
	if (!linked[v]) {
		i = "libspanlab_" var(n) "_la"
		print i "_SOURCES ="
		print i "_LDFLAGS = $(sl_malloc_ldflags) -avoid-version"
		print i "_LIBADD = $(sl_malloc_libs) libslset-" n ".la " \
		    lib(v, "LIBS")
	}
	i = "bench_mcentral_" var(n)
	print i "_SOURCES = $(sl_bench_mcentral_sources)"
	print i "_LINK = $(sl_cxxlink)"
	print i "_LDADD = $(sl_bench_mcentral_libs) $(sl_central_libs) " \
	    set(v) " $(sl_base_libs) " lib(v, "LIBS")
	rules_within("libslset-" n, "a")
	if (!linked[v])
		rules_within("libspanlab-" n, "so")
}

# What libtool's library consists of: programs are linked with that.
function rules_within(library, suffix) {
	print ".libs/" library "." suffix ": " library ".la"
	print "\t@:"
}

function set(v) {
	return ".libs/libslset-" name[v] ".a"
}

function cond(v) {
	return "SLV_" toupper(var(name[v]))
}

function lib(v, what) {
	return module[v] == "" ? "" : "$(" cond(v) "_" what ")"
}

# A C test is compiled once, into a library, whatever it is linked with.  v: only
# if that variant is built, or 0.
function rules_compile(src, flags, v,    l, i) {
	l = "libsltest_" var(stem(src))
	i = l "_a"
	print "if HAVE_CMOCKA"
	if (v)
		print "if " cond(v)
	print "check_LIBRARIES += " l ".a"
	if (v)
		print "endif"
	print "endif"
	print i "_SOURCES = " src
	print i "_CFLAGS = $(sl_test_cflags)" flags
}

# A program that is one of these and LIBS.
function rules_link(t, src, ldflags, libs,    i) {
	i = var(t)
	print i "_SOURCES ="
	print i "_LINK = $(sl_link)" ldflags
	print i "_LDADD = libsltest_" var(stem(src)) ".a " libs \
	    " $(CMOCKA_LIBS) -lm"
	return t
}

# Of spanlab, the program.
function rules_driver(src) {
	rules_compile(src)
	return rules_link("tests/" stem(src), src, "", "$(sl_driver_libs)")
}

# Of core's insides, with the default variant's set.
function rules_unit(src) {
	rules_compile(src)
	return rules_link("tests/" stem(src), src, "", \
	    "libslunit.a $(sl_test_libs) .libs/libslset-$(SL_MCENTRAL).a $(sl_test_libs) $(SL_MCENTRAL_LIBS)")
}

# Of the default variant's library as programs get it.
function rules_face(src) {
	rules_compile(src, " $(sl_names_cflags)")
	return rules_link("tests/" stem(src), src, " $(sl_run_here)", \
	    "$(sl_seam_libs) .libs/libspanlab.so $(JANSSON_LIBS)")
}

# Of a variant's library as programs get it.
function rules_seam(src, n) {
	return rules_link("tests/" stem(src) "-" n, src, " $(sl_run_here)", \
	    "$(sl_seam_libs) .libs/libspanlab-" n ".so")
}

# Of a variant's set alone, over a page heap that is mocked.
function rules_set(src, v) {
	return rules_link("tests/" stem(src) "-" name[v], src, "", \
	    "$(sl_set_libs) $(sl_central_libs) " set(v) \
	    " $(sl_base_libs) " lib(v, "LIBS"))
}

# The variant once more, with a step before each atomic operation.
function rules_step_library(v,    l, i) {
	l = "libslstep_" var(name[v])
	i = l "_a"
	print "if HAVE_CMOCKA"
	print "if " cond(v)
	print "check_LIBRARIES += " l ".a"
	print "endif"
	print "endif"
	print i "_SOURCES = variants/" source[v]
	print i "_CPPFLAGS = $(sl_step_cppflags) -DSL_VARIANT_NAME='\"" \
	    name[v] "\"' -DSL_VARIANT_BOUND=" bound[v] " " flags[v]
	print i "_CFLAGS = $(sl_core_cflags) " lib(v, "CFLAGS")
}

function rules_step(src, v) {
	return rules_link("tests/" stem(src) "-" name[v], src, "", \
	    "$(sl_step_libs) libslstep_" var(name[v]) ".a $(sl_step_libs) " \
	    "$(sl_base_libs) " lib(v, "LIBS"))
}

# The same with a set of the test's own, which may take in variant v.
function rules_mock(src, v) {
	rules_compile(src, v ? " " lib(v, "CFLAGS") : "", v)
	return rules_link("tests/" stem(src), src, "", "$(sl_set_libs) " \
	    "$(sl_central_libs) $(sl_base_libs)" (v ? " " lib(v, "LIBS") : ""))
}

# Of the bench's workloads, whose malloc and free are the test's.
function rules_load(src) {
	rules_compile(src)
	return rules_link("tests/" stem(src), src, " $(sl_load_ldflags)", \
	    "$(sl_load_libs)")
}

# The variant and core's policy as guests of the virtual multiprocessor.
function rules_guest_library(v,    l, i) {
	l = "libslguest_" var(name[v])
	i = l "_a"
	print "if HAVE_CMOCKA"
	print "if SL_VMP"
	print "if " cond(v)
	print "check_LIBRARIES += " l ".a"
	print "endif"
	print "endif"
	print "endif"
	print i "_SOURCES = variants/" source[v]
	print i "_CPPFLAGS = $(sl_guest_cppflags) -DSL_VARIANT_NAME='\"" \
	    name[v] "\"' -DSL_VARIANT_BOUND=" bound[v] " " flags[v]
	print i "_CFLAGS = $(sl_guest_cflags) " lib(v, "CFLAGS")
}

# The variant as a guest of the model, with all of core and the workloads.
function rules_model(v,    n, l, i) {
	n = name[v]
	l = "libslmodelset_" var(n)
	i = l "_a"
	print "if SL_VMP"
	print "if " cond(v)
	print "noinst_LIBRARIES += " l ".a"
	print "pkglibexec_PROGRAMS += vmp-" n
	print "endif"
	print "endif"
	print i "_SOURCES = variants/" source[v]
	print i "_CPPFLAGS = $(sl_model_cppflags) -DSL_VARIANT_NAME='\"" n \
	    "\"' -DSL_VARIANT_BOUND=" bound[v] " " flags[v]
	print i "_CFLAGS = $(sl_model_cflags) " lib(v, "CFLAGS")
	i = "vmp_" var(n)
	print i "_SOURCES = $(sl_model_program_sources)"
	print i "_LINK = $(sl_cxxlink)"
	print i "_LDADD = libslmodelwork.a libslmodelcore.a " l \
	    ".a libslmodelcore.a $(sl_model_libs)"
}

function rules_guest_compile(src, v, core,    l, i) {
	l = "libsltest_" var(stem(src))
	i = l "_a"
	print "if HAVE_CMOCKA"
	print "if SL_VMP"
	if (v)
		print "if " cond(v)
	print "check_LIBRARIES += " l ".a"
	if (v)
		print "endif"
	print "endif"
	print "endif"
	print i "_SOURCES = " src
	print i "_CPPFLAGS = " (core ? "$(sl_heap_guest_cppflags)" : \
	    "$(sl_guest_cppflags)")
	print i "_CFLAGS = $(sl_guest_cflags) " (v ? lib(v, "CFLAGS") : "")
}

# The same with all of core but the C face.
function rules_heap(src, v) {
	return rules_link("tests/" stem(src) "-" name[v], src, "", \
	    "$(sl_heap_guest_libs) libslguest_" var(name[v]) \
	    ".a $(sl_heap_guest_libs) $(sl_base_libs)")
}

function rules_spoilt(src) {
	rules_guest_compile(src, 0, 1)
	return rules_link("tests/" stem(src), src, "", \
	    "$(sl_heap_guest_libs) $(sl_base_libs)")
}

function rules_guest(src, v) {
	return rules_link("tests/" stem(src) "-" name[v], src, "", \
	    "$(sl_guest_libs) libslguest_" var(name[v]) \
	    ".a $(sl_guest_libs) $(sl_base_libs)")
}

function rules_vmp(src, v) {
	rules_guest_compile(src, v)
	return rules_link("tests/" stem(src), src, "", \
	    "$(sl_guest_libs) $(sl_base_libs)")
}

# Of the model and its probes.
function rules_of_model(src,    i) {
	i = "libsltest_" var(stem(src)) "_a"
	print "if HAVE_CMOCKA"
	print "if SL_VMP"
	print "check_LIBRARIES += libsltest_" var(stem(src)) ".a"
	print "endif"
	print "endif"
	print i "_SOURCES = " src
	print i "_CFLAGS = $(sl_test_cflags)"
	return rules_link("tests/" stem(src), src, \
	    " -Wl,-u,vmp_lock -Wl,-u,probe_find", \
	    "libslprobes.a libslmodel.a")
}

# A shell test for a variant: a file that says which, made by make.
function rules_script(script, n,    t) {
	t = "tests/" stem(script) "-" n ".vt"
	print t ": Makefile"
	print "\t$(AM_V_GEN)$(MKDIR_P) $(@D) && echo 'VARIANTS=" n \
	    "; export VARIANTS; exec $(SHELL) $(abs_top_srcdir)/" script \
	    "' >$@"
	return t
}

function rules_tests(v,    k, n, scripts, programs, guests) {
	n = name[v]
	scripts = ""
	guests = guests_of[v]
	programs = planted[v]
	for (k = 1; k <= ntests; k++) {
		if (kind[k] == "each" && !linked[v])
			scripts = scripts " " rules_script(file[k], n)
		if (kind[k] == "seam" && !linked[v])
			programs = programs " " rules_seam(file[k], n)
		if (kind[k] == "set")
			programs = programs " " rules_set(file[k], v)
		if (kind[k] == "step")
			programs = programs " " rules_step(file[k], v)
		if (kind[k] == "guest")
			guests = guests " " rules_guest(file[k], v)
		if (kind[k] == "heap")
			guests = guests " " rules_heap(file[k], v)
	}
	print "sl_scripts_" var(n) " =" scripts
	print "sl_programs_" var(n) " ="
	print "CLEANFILES += $(sl_scripts_" var(n) ")"
	print ".PHONY: check-" n
	print "if SLT_" toupper(var(n))
	print "if HAVE_CMOCKA"
	print "sl_programs_" var(n) " +=" programs
	print "if SL_VMP"
	print "sl_programs_" var(n) " +=" guests
	print "endif"
	print "endif"
	print "check_PROGRAMS += $(sl_programs_" var(n) ")"
	print "check_SCRIPTS += $(sl_scripts_" var(n) ")"
	print "TESTS += $(sl_programs_" var(n) ") $(sl_scripts_" var(n) ")"
	print "check-" n ":"
	print "\t@$(MAKE) $(AM_MAKEFLAGS) check \\"
	print "\t  check_PROGRAMS='$(sl_programs_" var(n) ")' \\"
	print "\t  check_SCRIPTS='$(sl_scripts_" var(n) ")' \\"
	print "\t  TESTS='$(sl_programs_" var(n) ") $(sl_scripts_" var(n) ")'"
	print "else"
	print "check-" n ":"
	print "\t@echo 'variant " n " is not built, or not in" \
	    " SL_CHECK_VARIANTS: see the last words of configure' >&2; exit 1"
	print "endif"
}

function rules_once(    tree, long_only, dist, units, vmps, cfiles, k, t) {
	print "# --- tests that run once"
	tree = long_only = dist = units = vmps = ""
	for (k = 1; k <= ntests; k++) {
		if (kind[k] == "tree")
			tree = tree " " file[k]
		if (kind[k] == "long")
			long_only = long_only " " file[k]
		if (file[k] ~ /\.c$/)
			cfiles++
		else
			dist = dist " " file[k]
		if (kind[k] ~ /^(seam|set|step)$/)
			rules_compile(file[k], kind[k] == "seam" \
			    ? " $(sl_names_cflags)" : "")
		if (kind[k] == "unit")
			units = units " " rules_unit(file[k])
		else if (kind[k] == "driver")
			units = units " " rules_driver(file[k])
		if (kind[k] == "face")
			units = units " " rules_face(file[k])
		if (kind[k] == "model")
			vmps = vmps " " rules_of_model(file[k])
		if (kind[k] == "load")
			units = units " " rules_load(file[k])
		if (kind[k] == "guest" || kind[k] == "heap")
			rules_guest_compile(file[k], 0, kind[k] == "heap")
		if (kind[k] == "spoilt")
			vmps = vmps " " rules_spoilt(file[k])
		if (kind[k] == "vmp") {
			t = rules_vmp(file[k], needs[k])
			if (needs[k])
				guests_of[needs[k]] = guests_of[needs[k]] " " t
			else
				vmps = vmps " " t
		}
		if (kind[k] != "mock")
			continue;
		t = rules_mock(file[k], needs[k])
		if (needs[k])
			planted[needs[k]] = planted[needs[k]] " " t
		else
			units = units " " t
	}
	print "EXTRA_DIST +=" dist
	print "TESTS +=" tree
	print "sl_long_tests =" long_only
	print "sl_unit_programs =" units
	print "sl_vmp_programs =" vmps
	print "if HAVE_CMOCKA"
	print "if SL_VMP"
	print "check_PROGRAMS += $(sl_vmp_programs)"
	print "TESTS += $(sl_vmp_programs)"
	print "else"
	print "check_SCRIPTS += tests/vmp.vt"
	print "TESTS += tests/vmp.vt"
	print "endif"
	print "check_PROGRAMS += $(sl_unit_programs)"
	print "TESTS += $(sl_unit_programs)"
	print "else"
	if (cfiles) {
		print "check_SCRIPTS += tests/c-unit-tests.vt"
		print "TESTS += tests/c-unit-tests.vt"
	}
	print "endif"
	print "tests/c-unit-tests.vt: Makefile"
	print "\t$(AM_V_GEN)$(MKDIR_P) $(@D) && echo 'echo \"1..0 # SKIP " \
	    cfiles + 0 " C unit tests are NOT BUILT: cmocka was not found" \
	    " (Debian package: libcmocka-dev)\"' >$@"
	print "CLEANFILES += tests/c-unit-tests.vt"
}

END {
	if (failed)
		exit 1
	if (!nvariants || !ntests) {
		print "tables.awk: an empty table" >"/dev/stderr"
		exit 1
	}
	print "# Made by build-aux/tables.awk from variants/variants.m4 and"
	print "# tests/tests.list; not to be edited."
	rules_once()
	for (v = 1; v <= nvariants; v++) {
		rules_library(v)
		rules_step_library(v)
		rules_guest_library(v)
		if (!linked[v])
			rules_model(v)
		rules_tests(v)
	}
}
