# SPDX-License-Identifier: BSD-2-Clause
# harness/vmp/local.mk - the virtual multiprocessor: what runs guests.
#
# Guests that are explored are compiled where they are used (tests/local.mk),
# those of the model here.

# --- to explore -----------------------------------------------------------

libslvmp_a_SOURCES = \
	%D%/calls.c \
	%D%/cases.c %D%/cases.h \
	%D%/engine.h \
	%D%/explore.c %D%/explore.h \
	%D%/fiber.c %D%/fiber.h \
	%D%/guest.h \
	%D%/guest_die.c \
	%D%/guest_htm.c \
	%D%/guest_rseq.c \
	%D%/policy.c \
	%D%/sched.c %D%/sched.h \
	%D%/trace.c \
	%D%/tsan.c \
	%D%/undo.c %D%/undo.h \
	%D%/vmp.h
libslvmp_a_CFLAGS = $(AM_CFLAGS) -D_GNU_SOURCE

EXTRA_DIST += \
	%D%/include/ck_pr.h \
	%D%/include/urcu/lfstack.h \
	%D%/include/urcu/urcu-bp.h \
	%D%/include/urcu/urcu-memb.h

# --- the model ------------------------------------------------------------

# It, without guests.
libslmodel_a_SOURCES = \
	%D%/engine.h \
	%D%/fiber.c %D%/fiber.h \
	%D%/guest_die.c \
	%D%/model.h \
	%D%/model_access.c \
	%D%/model_calls.c \
	%D%/model_core.h \
	%D%/model_cores.c \
	%D%/model_lines.c \
	%D%/model_probe.c %D%/model_probe.h \
	%D%/model_report.c \
	%D%/model_sched.c \
	%D%/model_spawn.c \
	%D%/profile.c %D%/profile.h \
	%D%/published.c %D%/published.h \
	%D%/tsan.c
libslmodel_a_CFLAGS = $(AM_CFLAGS) -D_GNU_SOURCE

sl_model_cppflags = -isystem $(srcdir)/%D%/include $(AM_CPPFLAGS) \
	-include $(srcdir)/%D%/guest_model.h
sl_model_cflags = $(sl_core_cflags) $(sl_vmp_cflags)

# Locks, and the probes.
libslprobes_a_SOURCES = \
	%D%/guest_model.h \
	%D%/guest_mutex.c \
	%D%/probes.c %D%/probes.h
libslprobes_a_CPPFLAGS = $(sl_model_cppflags)
libslprobes_a_CFLAGS = $(sl_model_cflags)

# All of core.
libslmodelcore_a_SOURCES = \
	$(libslface_la_SOURCES) \
	$(libslheap_la_SOURCES) \
	$(libslcentral_la_SOURCES) \
	$(sl_base_sources) \
	%D%/guest_keys.c %D%/guest_keys.h \
	%D%/guest_lock.c \
	%D%/urcu.c %D%/urcu.h
libslmodelcore_a_CPPFLAGS = $(sl_model_cppflags) \
	-include $(srcdir)/core/malloc_names.h
libslmodelcore_a_CFLAGS = $(sl_model_cflags)

# The workloads, and the engine that runs them.
libslmodelwork_a_SOURCES = \
	harness/table.c harness/table.h \
	harness/trial.c harness/trial.h \
	$(sl_workload_sources) \
	%D%/guest_malloc.h
libslmodelwork_a_CPPFLAGS = $(sl_model_cppflags) \
	-include $(srcdir)/%D%/guest_malloc.h
libslmodelwork_a_CFLAGS = $(sl_model_cflags) $(HWLOC_CFLAGS)

# vmp-VARIANT: a program for each (build-aux/tables.awk).
sl_model_program_sources = \
	%D%/model_band.c %D%/model_band.h \
	%D%/model_malloc.c \
	%D%/model_pool.c \
	%D%/model_program.c %D%/model_program.h \
	%D%/guest_rseq.c
sl_model_libs = libslprobes.a libslmodel.a libslharness.a \
	$(BENCHMARK_LIBS) $(HWLOC_LIBS) -lm

# Probes on the model, for spanlab vmp validate.
spanlab_probe_SOURCES = %D%/probe_program.c
spanlab_probe_LINK = $(sl_link) -Wl,-u,vmp_lock -Wl,-u,probe_find
spanlab_probe_LDADD = libslprobes.a libslmodel.a -lm

if SL_VMP
pkglibexec_PROGRAMS += spanlab-probe
noinst_LIBRARIES += libslmodel.a libslprobes.a libslmodelcore.a \
	libslmodelwork.a
endif

sl_profiledir = $(pkgdatadir)/profiles
dist_sl_profile_DATA = \
	%D%/profiles/2x64.profile \
	%D%/profiles/epyc-7742.profile \
	%D%/profiles/graviton3.profile \
	%D%/profiles/icelake-2x32.profile \
	%D%/profiles/milan.profile \
	%D%/profiles/xeon-8176.profile
