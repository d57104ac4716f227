# SPDX-License-Identifier: BSD-2-Clause
# tests/local.mk - how tests run; which there are is in tests/tests.list.

TEST_EXTENSIONS = .sh .vt
sl_tap_driver = $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
LOG_DRIVER = $(sl_tap_driver)
LOG_COMPILER = $(SHELL) $(top_srcdir)/build-aux/skips.sh
SH_LOG_DRIVER = $(sl_tap_driver)
SH_LOG_COMPILER = $(SHELL)
VT_LOG_DRIVER = $(sl_tap_driver)
VT_LOG_COMPILER = $(SHELL)

# What every test may ask its environment for.
AM_TESTS_ENVIRONMENT = \
	srcdir='$(abs_top_srcdir)'; builddir='$(abs_builddir)'; \
	SPANLAB_LIB_DIR='$(abs_builddir)/.libs'; \
	SPANLAB_BENCH_DIR='$(abs_builddir)'; \
	VARIANTS='$(SL_VARIANTS_BUILT)'; SL_CHECK='$(SL_CHECK)'; \
	SL_SANITIZER='$(SL_SANITIZER)'; CC='$(CC)'; \
	CMOCKA_MESSAGE_OUTPUT=TAP; \
	export srcdir builddir SPANLAB_LIB_DIR SPANLAB_BENCH_DIR VARIANTS \
	  SL_CHECK SL_SANITIZER CC CMOCKA_MESSAGE_OUTPUT;

# What real programs do on the system's malloc (tests/programs/lib.sh).
clean-local:
	rm -rf tests/references

# --- C tests ---------------------------------------------------------------

sl_test_cflags = $(AM_CFLAGS) -D_GNU_SOURCE= $(CMOCKA_CFLAGS) $(JANSSON_CFLAGS)

# unit: core without malloc's names, so that cmocka keeps the C library's.
sl_test_libs = libslunit.a .libs/libslheap.a $(sl_central_libs) \
	$(sl_base_libs)

# seam: linked with the variant's library as programs are, which is found where
# it was built.
sl_seam_libs = libslunit.a
sl_run_here = -Wl,-rpath,'$(abs_builddir)/.libs'
libslunit_a_SOURCES = %D%/unit/bag_history.c %D%/unit/bag_history.h \
	%D%/unit/unit.c %D%/unit/unit.h \
	%D%/unit/unit_hands.c \
	%D%/unit/unit_library.c
libslunit_a_CFLAGS = $(sl_test_cflags)

# set, mock: the seam alone, over the page heap of bench-mcentral-VARIANT.
libslsetchecks_a_SOURCES = \
	%D%/step/control.h \
	%D%/step/step.c %D%/step/step.h \
	%D%/unit/planted.h \
	%D%/unit/set_checks.h \
	%D%/unit/set_exited.c \
	%D%/unit/set_fault.c \
	%D%/unit/set_forked.c \
	%D%/unit/set_history.c \
	%D%/unit/set_refused.c \
	%D%/unit/set_scenarios.c \
	%D%/unit/set_sequence.c \
	%D%/unit/set_stopped.c \
	%D%/unit/set_sums.c %D%/unit/set_sums.h \
	%D%/unit/set_victim.c %D%/unit/set_victim.h \
	%D%/unit/set_threads.c \
	%D%/unit/set_world.c %D%/unit/set_world.h \
	%D%/unit/urcu_ring.h %D%/unit/urcu_threads.h \
	harness/mock_mheap.c harness/mock_mheap.h
libslsetchecks_a_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
# What scenarios do by inline functions of core are steps, too.
libslscenarios_a_SOURCES = \
	%D%/scenario/scenario.h %D%/scenario/scenarios.c \
	%D%/scenario/scene.c %D%/scenario/scene.h
libslscenarios_a_CPPFLAGS = $(sl_step_cppflags)
libslscenarios_a_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS)
sl_set_libs = libslsetchecks.a libslscenarios.a libslunit.a libslharness.a

# load: the bench's workloads; their calls of malloc and free reach the test.
sl_load_ldflags = -Wl,--wrap=malloc,--wrap=free,--wrap=calloc,--wrap=realloc
sl_load_libs = libslharness.a libslunit.a libslharness.a \
	$(BENCHMARK_LIBS) $(HWLOC_LIBS)

# step: the same, with a step before each atomic operation of the variant and
# of core's policy.
sl_step_cppflags = -isystem $(srcdir)/%D%/step/include $(AM_CPPFLAGS) \
	-include $(srcdir)/%D%/step/step.h
libslstepcore_a_SOURCES = core/mcentral.c core/mcentral_defaults.c \
	core/mcentral_epoch.c core/mepoch.c core/mspan.c core/mspill.c
libslstepcore_a_CPPFLAGS = $(sl_step_cppflags)
libslstepcore_a_CFLAGS = $(sl_core_cflags)
sl_step_libs = libslsetchecks.a libslscenarios.a libslstepcore.a libslunit.a \
	libslharness.a
if HAVE_CMOCKA
check_LIBRARIES += libslunit.a libslsetchecks.a libslscenarios.a \
	libslstepcore.a
endif

# --- the virtual multiprocessor ---------------------------------------------

# vmp, guest: what a set consists of, and scenarios, compiled as guests.  The
# list is kept short: what is not in it is core's own, not seen.
sl_guest_cppflags = -isystem $(srcdir)/harness/vmp/include $(AM_CPPFLAGS) \
	-include $(srcdir)/harness/vmp/guest.h
sl_guest_cflags = $(sl_core_cflags) $(sl_vmp_cflags) $(CMOCKA_CFLAGS)
libslguests_a_SOURCES = \
	core/mcentral.c core/mcentral_defaults.c \
	core/mcentral_epoch.c core/mepoch.c core/mspan.c core/mspill.c \
	core/mtally.c core/persistent.c \
	harness/mock_mheap.c harness/mock_mheap.h \
	harness/vmp/guest_fixalloc.c \
	harness/vmp/guest_lock.c \
	harness/vmp/guest_sys.c \
	harness/vmp/urcu.c harness/vmp/urcu.h \
	%D%/scenario/scenarios.c %D%/scenario/scene.c \
	%D%/unit/set_world.c \
	%D%/vmp/fork_child.c \
	%D%/vmp/planted.c %D%/vmp/planted.h \
	%D%/vmp/scenario_cases.c %D%/vmp/scenario_cases.h
libslguests_a_CPPFLAGS = $(sl_guest_cppflags)
libslguests_a_CFLAGS = $(sl_guest_cflags)
sl_guest_libs = libslguests.a libslvmp.a libslharness.a

# heap, spoilt: with the page heap and mcaches in place of the mocked one.
sl_heap_guest_cppflags = -isystem $(srcdir)/harness/vmp/include \
	$(AM_CPPFLAGS) -include $(srcdir)/harness/vmp/guest_heap.h
libslheapguests_a_SOURCES = \
	$(libslheap_la_SOURCES) \
	$(libslcentral_la_SOURCES) \
	core/fixalloc.c core/maccount.c core/mepoch.c core/mrandom.c \
	core/mspan.c core/mtally.c core/mtally_sums.c core/persistent.c \
	harness/vmp/guest_heap.h \
	harness/vmp/guest_keys.c harness/vmp/guest_keys.h \
	harness/vmp/guest_lock.c \
	harness/vmp/guest_sys.c \
	harness/vmp/guest_thread.c \
	harness/vmp/urcu.c harness/vmp/urcu.h \
	%D%/vmp/heap_cases.c %D%/vmp/heap_cases.h \
	%D%/vmp/heap_scenarios.c %D%/vmp/heap_scenarios.h
libslheapguests_a_CPPFLAGS = $(sl_heap_guest_cppflags)
libslheapguests_a_CFLAGS = $(sl_guest_cflags)
sl_heap_guest_libs = libslheapguests.a libslvmp.a
if HAVE_CMOCKA
if SL_VMP
check_LIBRARIES += libslguests.a libslheapguests.a libslvmp.a
endif
endif
tests/vmp.vt: Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && echo 'echo "1..0 # SKIP the virtual \
	  multiprocessor is NOT BUILT: $(sl_vmp_why_not)"' | tr -s ' \t' ' ' >$@
CLEANFILES += tests/vmp.vt

EXTRA_DIST += \
	%D%/driver/fake-bench \
	%D%/driver/fake-seam \
	%D%/driver/fake-valgrind \
	%D%/driver/laws.py \
	%D%/driver/lib.sh \
	%D%/driver/page.js \
	%D%/driver/page_seen.js \
	%D%/driver/schema.faults \
	%D%/driver/schema.py \
	%D%/driver/tex.py \
	%D%/lanes/lib.sh \
	%D%/model/README.md \
	%D%/model/ckstack.pml \
	%D%/model/epoch.pml \
	%D%/model/limbo.pml \
	%D%/model/percpu.pml \
	%D%/model/spanset.pml \
	%D%/model/tagstack.pml \
	%D%/model/span-pop.pml \
	%D%/model/span-rcu.pml \
	%D%/model/span-word.pml \
	%D%/model/span.pml \
	%D%/programs/lib.sh \
	%D%/step/include/ck_pr.h \
	%D%/step/include/urcu/urcu-bp.h \
	%D%/step/include/urcu/urcu-memb.h \
	%D%/tap.sh \
	%D%/tree/clex.awk \
	%D%/tree/lib.sh \
	%D%/tree/pairs.awk \
	%D%/vmp/lib.sh

# --- make observer-check ------------------------------------------------------

EXTRA_PROGRAMS = observer-load
observer_load_SOURCES = %D%/observer/load.c
observer_load_CFLAGS = $(AM_CFLAGS)
CLEANFILES += observer-load

# --- fuzz targets -----------------------------------------------------------

# Each is built twice: fuzz-NAME with a driver of its own, which needs no
# fuzzer (make check), and libfuzzer-NAME with LLVM's, in a build folder that
# make fuzz configures for it.
sl_fuzz_sources = %D%/fuzz/target.h
sl_fuzz_replay = %D%/fuzz/replay.c
sl_fuzz_cflags = $(AM_CFLAGS) -D_GNU_SOURCE=
sl_libfuzzer_ldflags = $(AM_LDFLAGS) -fsanitize=fuzzer
sl_fuzz_shadow = %D%/fuzz/shadow.c %D%/fuzz/shadow.h \
	%D%/fuzz/shadow_calls.c
# The static library: the fuzzer shall see what core does.
sl_fuzz_heap_libs = libspanlab.la
sl_fuzz_driver_ldflags = -Wl,--wrap=sl_die

check_PROGRAMS += fuzz-api fuzz-threads fuzz-options fuzz-driver
EXTRA_PROGRAMS += libfuzzer-api libfuzzer-threads libfuzzer-options \
	libfuzzer-driver
CLEANFILES += libfuzzer-api libfuzzer-threads libfuzzer-options \
	libfuzzer-driver

fuzz_api_SOURCES = %D%/fuzz/api.c $(sl_fuzz_shadow) $(sl_fuzz_sources) \
	$(sl_fuzz_replay)
fuzz_api_CFLAGS = $(sl_fuzz_cflags)
fuzz_api_LDFLAGS = $(AM_LDFLAGS) -no-install
fuzz_api_LDADD = $(sl_fuzz_heap_libs)
libfuzzer_api_SOURCES = %D%/fuzz/api.c $(sl_fuzz_shadow) $(sl_fuzz_sources)
libfuzzer_api_CFLAGS = $(sl_fuzz_cflags)
libfuzzer_api_LDFLAGS = $(sl_libfuzzer_ldflags) -static
libfuzzer_api_LDADD = $(sl_fuzz_heap_libs)

fuzz_threads_SOURCES = %D%/fuzz/threads.c $(sl_fuzz_shadow) \
	$(sl_fuzz_sources) $(sl_fuzz_replay)
fuzz_threads_CFLAGS = $(sl_fuzz_cflags)
fuzz_threads_LDFLAGS = $(AM_LDFLAGS) -no-install
fuzz_threads_LDADD = $(sl_fuzz_heap_libs)
libfuzzer_threads_SOURCES = %D%/fuzz/threads.c $(sl_fuzz_shadow) \
	$(sl_fuzz_sources)
libfuzzer_threads_CFLAGS = $(sl_fuzz_cflags)
libfuzzer_threads_LDFLAGS = $(sl_libfuzzer_ldflags) -static
libfuzzer_threads_LDADD = $(sl_fuzz_heap_libs)

fuzz_options_SOURCES = %D%/fuzz/options.c $(sl_fuzz_sources) $(sl_fuzz_replay)
fuzz_options_CFLAGS = $(sl_fuzz_cflags)
libfuzzer_options_SOURCES = %D%/fuzz/options.c $(sl_fuzz_sources)
libfuzzer_options_CFLAGS = $(sl_fuzz_cflags)
libfuzzer_options_LDFLAGS = $(sl_libfuzzer_ldflags)

fuzz_driver_SOURCES = %D%/fuzz/driver.c $(sl_fuzz_sources) $(sl_fuzz_replay)
fuzz_driver_CFLAGS = $(sl_fuzz_cflags) $(JANSSON_CFLAGS)
fuzz_driver_LDFLAGS = $(AM_LDFLAGS) $(sl_fuzz_driver_ldflags)
fuzz_driver_LDADD = $(sl_driver_libs)
libfuzzer_driver_SOURCES = %D%/fuzz/driver.c $(sl_fuzz_sources)
libfuzzer_driver_CFLAGS = $(sl_fuzz_cflags) $(JANSSON_CFLAGS)
libfuzzer_driver_LDFLAGS = $(sl_libfuzzer_ldflags) $(sl_fuzz_driver_ldflags)
libfuzzer_driver_LDADD = $(sl_driver_libs)

EXTRA_DIST += %D%/fuzz/corpus
