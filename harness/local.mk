# SPDX-License-Identifier: BSD-2-Clause
# harness/local.mk - the bench programs, and spanlab, which runs them.

sl_bench_cflags = $(AM_CFLAGS) $(HWLOC_CFLAGS)

# --- the trial engine, compiled once --------------------------------------

sl_workload_sources = \
	%D%/workloads/acdc.c \
	%D%/workloads/alloc_test.c \
	%D%/workloads/batch.c \
	%D%/workloads/blow_up.c \
	%D%/workloads/cache_lines.c \
	%D%/workloads/calloc.c \
	%D%/workloads/churn.c \
	%D%/workloads/contention.c \
	%D%/workloads/counters.c \
	%D%/workloads/grow.c \
	%D%/workloads/larson.c \
	%D%/workloads/garbage.c \
	%D%/workloads/glibc_thread.c \
	%D%/workloads/mstress.c \
	%D%/workloads/pairs.c \
	%D%/workloads/pinned_churn.c \
	%D%/workloads/pools.c \
	%D%/workloads/realloc.c \
	%D%/workloads/rptest.c \
	%D%/workloads/shbench.c \
	%D%/workloads/startup.c \
	%D%/workloads/threadtest.c \
	%D%/workloads/trace.c \
	%D%/workloads/workloads.def \
	%D%/workloads/xmalloc.c

noinst_LIBRARIES += libslharness.a
libslharness_a_SOURCES = \
	%D%/args.c %D%/args.h \
	%D%/fresh.c %D%/fresh.h \
	%D%/gb_shim.cc %D%/gb_shim.h \
	%D%/histogram.c %D%/histogram.h \
	%D%/hwcount.c %D%/hwcount.h \
	%D%/list.c %D%/list.h \
	%D%/numa.c %D%/numa.h \
	%D%/observe.c %D%/observe.h \
	%D%/observe_json.c \
	%D%/pin.c %D%/pin.h \
	%D%/place.c %D%/place.h \
	%D%/pool.c %D%/pool.h \
	%D%/probe.c %D%/probe.h \
	%D%/program.c %D%/program.h \
	%D%/record.c %D%/record.h \
	%D%/record_stats.c \
	%D%/replay.c %D%/replay.h \
	%D%/ring.h \
	%D%/rng.h \
	%D%/say.c %D%/say.h \
	%D%/slot.h \
	%D%/stamp.c %D%/stamp.h \
	%D%/table.c %D%/table.h \
	%D%/trace_file.c %D%/trace_file.h \
	%D%/trial.c %D%/trial.h \
	%D%/wait.c %D%/wait.h \
	%D%/workload.c %D%/workload.h \
	$(sl_workload_sources)
libslharness_a_CFLAGS = $(sl_bench_cflags)
libslharness_a_CXXFLAGS = $(AM_CXXFLAGS) $(BENCHMARK_CFLAGS)

# --- spanlab-bench: whole programs on whichever malloc is preloaded -------

pkglibexec_PROGRAMS += spanlab-bench
spanlab_bench_SOURCES = %D%/bench.c
spanlab_bench_CFLAGS = $(sl_bench_cflags)
spanlab_bench_LINK = $(sl_cxxlink)
spanlab_bench_LDADD = libslharness.a $(BENCHMARK_LIBS) $(HWLOC_LIBS) -lm

# --- bench-mcentral-VARIANT: the seam alone, over a mocked page heap ------

sl_bench_mcentral_sources = \
	%D%/bench_mcentral.c %D%/bench_mcentral.h \
	%D%/bench_mcentral_look.c \
	%D%/bench_mcentral_scan.c \
	%D%/bench_mcentral_set.c \
	%D%/mock_mheap.c %D%/mock_mheap.h
sl_bench_mcentral_libs = libslharness.a $(BENCHMARK_LIBS) $(HWLOC_LIBS) -lm

# --- spanlab --------------------------------------------------------------

# All of it but main, in a library: a fuzz target uses it too.
noinst_LIBRARIES += libsldriver.a
libsldriver_a_SOURCES = \
	%D%/driver/allocators.c %D%/driver/allocators.h \
	%D%/driver/callgrind.c %D%/driver/callgrind.h \
	%D%/driver/cell_run.c %D%/driver/cell_run.h \
	%D%/driver/cells.c %D%/driver/cells.h \
	%D%/driver/child.c %D%/driver/child.h \
	%D%/driver/check.c %D%/driver/check.h \
	%D%/driver/check_cell.c \
	%D%/driver/check_plan.c \
	%D%/driver/claim.c %D%/driver/claim.h \
	%D%/driver/claim_curve.c %D%/driver/claim_curve.h \
	%D%/driver/claim_eval.c \
	%D%/driver/claim_expr.c %D%/driver/claim_expr.h \
	%D%/driver/claim_unit.c %D%/driver/claim_unit.h \
	%D%/driver/compare.c %D%/driver/compare.h \
	%D%/driver/costs.c %D%/driver/costs.h \
	%D%/driver/costs_text.c \
	%D%/driver/curve_svg.c %D%/driver/curve_svg.h \
	%D%/driver/curves.c %D%/driver/curves.h \
	%D%/driver/engine.c %D%/driver/engine.h \
	%D%/driver/engine_sbatch.c \
	%D%/driver/engine_slurm.c %D%/driver/engine_slurm.h \
	%D%/driver/engine_task.c \
	%D%/driver/estimate.c %D%/driver/estimate.h \
	%D%/driver/export.c %D%/driver/export.h \
	%D%/driver/export_latex.c \
	%D%/driver/export_pgfplots.c \
	%D%/driver/export_tex.c %D%/driver/export_tex.h \
	%D%/driver/fields.c %D%/driver/fields.h \
	%D%/driver/file.c %D%/driver/file.h \
	%D%/driver/folder.c %D%/driver/folder.h \
	%D%/driver/gnuplot.c %D%/driver/gnuplot.h \
	%D%/driver/go.c %D%/driver/go.h \
	%D%/driver/host.c %D%/driver/host.h \
	%D%/driver/host_doubts.c \
	%D%/driver/host_moment.c \
	%D%/driver/hosts.c %D%/driver/hosts.h \
	%D%/driver/html.c %D%/driver/html.h \
	%D%/driver/instructions.c %D%/driver/instructions.h \
	%D%/driver/judge.c %D%/driver/judge.h \
	%D%/driver/left_out.c %D%/driver/left_out.h \
	%D%/driver/list.c %D%/driver/list.h \
	%D%/driver/locate.c %D%/driver/locate.h \
	%D%/driver/look.c %D%/driver/look.h \
	%D%/driver/map.c %D%/driver/map.h \
	%D%/driver/map_plot.c \
	%D%/driver/map_text.c \
	%D%/driver/manifest.c %D%/driver/manifest.h \
	%D%/driver/model.c %D%/driver/model.h \
	%D%/driver/observed.c %D%/driver/observed.h \
	%D%/driver/options.c %D%/driver/options.h \
	%D%/driver/page.c %D%/driver/page.h \
	%D%/driver/page_facts.c \
	%D%/driver/page_models.c \
	%D%/driver/page_panels.c \
	%D%/driver/page_seen.c \
	%D%/driver/page_style.c \
	%D%/driver/page_tables.c \
	%D%/driver/page_vmp.c \
	%D%/driver/page_winners.c \
	%D%/driver/panel_svg.c %D%/driver/panel_svg.h \
	%D%/driver/panels.c %D%/driver/panels.h \
	%D%/driver/paper.c %D%/driver/paper.h \
	%D%/driver/paper_block.c %D%/driver/paper_block.h \
	%D%/driver/paper_claims.c \
	%D%/driver/paper_draw.c \
	%D%/driver/paper_experiment.c \
	%D%/driver/paper_figures.c \
	%D%/driver/paper_list.c \
	%D%/driver/paper_page.c \
	%D%/driver/paper_point.c %D%/driver/paper_point.h \
	%D%/driver/paper_report.h \
	%D%/driver/paper_text.c \
	%D%/driver/pick.c %D%/driver/pick.h \
	%D%/driver/placement.c %D%/driver/placement.h \
	%D%/driver/placement_list.c \
	%D%/driver/placement_machine.h \
	%D%/driver/plan.c %D%/driver/plan.h \
	%D%/driver/plot.c %D%/driver/plot.h \
	%D%/driver/plot_spread.c %D%/driver/plot_spread.h \
	%D%/driver/plot_svg.c %D%/driver/plot_svg.h \
	%D%/driver/preset.c %D%/driver/preset.h \
	%D%/driver/progress.c %D%/driver/progress.h \
	%D%/driver/report.c %D%/driver/report.h \
	%D%/driver/reproduce.c %D%/driver/reproduce.h \
	%D%/driver/reproduce_plan.c %D%/driver/reproduce_plan.h \
	%D%/driver/reproduce_read.c \
	%D%/driver/reproduce_store.c \
	%D%/driver/results.c %D%/driver/results.h \
	%D%/driver/scale.c %D%/driver/scale.h \
	%D%/driver/seen.c %D%/driver/seen.h \
	%D%/driver/spec.c %D%/driver/spec.h \
	%D%/driver/stats.c %D%/driver/stats.h \
	%D%/driver/stats_paired.c \
	%D%/driver/stop.c %D%/driver/stop.h \
	%D%/driver/sweep.c %D%/driver/sweep.h \
	%D%/driver/sweep_say.c %D%/driver/sweep_say.h \
	%D%/driver/tries.c %D%/driver/tries.h \
	%D%/driver/util.c %D%/driver/util.h \
	%D%/driver/verdict.c %D%/driver/verdict.h \
	%D%/driver/version.h \
	%D%/driver/vmp.c %D%/driver/vmp.h \
	%D%/driver/vmp_calibrate.c %D%/driver/vmp_calibrate.h \
	%D%/driver/vmp_calibrate_text.c \
	%D%/driver/vmp_places.c %D%/driver/vmp_places.h \
	%D%/driver/vmp_resume.c \
	%D%/driver/vmp_run.c %D%/driver/vmp_run.h \
	%D%/driver/vmp_speed.c \
	%D%/driver/vmp_sweep.c %D%/driver/vmp_sweep.h \
	%D%/driver/vmp_validate.c %D%/driver/vmp_validate.h \
	%D%/driver/vmp_validate_host.c \
	%D%/driver/vmp_validate_model.c \
	%D%/driver/vmp_validate_page.c \
	%D%/driver/winner.c %D%/driver/winner.h \
	%D%/driver/workloads.c %D%/driver/workloads.h \
	%D%/numa.c %D%/numa.h \
	%D%/place.c %D%/place.h \
	%D%/vmp/host.h \
	%D%/vmp/host_kernel.c \
	%D%/vmp/host_lines.c \
	%D%/vmp/host_loops.c \
	%D%/vmp/host_threads.c \
	%D%/vmp/probes.c %D%/vmp/probes.h \
	%D%/vmp/profile.c %D%/vmp/profile.h \
	%D%/vmp/published.c %D%/vmp/published.h
libsldriver_a_CPPFLAGS = $(AM_CPPFLAGS) -DSL_LIBDIR='"$(libdir)"' \
	-DSL_PKGLIBEXECDIR='"$(pkglibexecdir)"' \
	-DSL_PKGDATADIR='"$(pkgdatadir)"'
libsldriver_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS) $(HWLOC_CFLAGS)
sl_driver_libs = libsldriver.a $(JANSSON_LIBS) $(HWLOC_LIBS) -lm

nodist_libsldriver_a_SOURCES = %D%/page_script.h
%D%/driver/libsldriver_a-page.$(OBJEXT): %D%/page_script.h
BUILT_SOURCES += %D%/page_script.h
CLEANFILES += %D%/page_script.h
EXTRA_DIST += %D%/driver/page.js build-aux/page-script.sh
%D%/page_script.h: %D%/driver/page.js build-aux/page-script.sh
	$(AM_V_GEN)$(MKDIR_P) %D% && \
	$(SHELL) $(top_srcdir)/build-aux/page-script.sh \
	    $(srcdir)/%D%/driver/page.js >$@.tmp && mv $@.tmp $@

bin_PROGRAMS += spanlab
spanlab_SOURCES = %D%/driver/main.c
spanlab_CFLAGS = $(libsldriver_a_CFLAGS)
spanlab_LINK = $(sl_link)
spanlab_LDADD = $(sl_driver_libs)

include %D%/vmp/local.mk

# --- spanlab-bench-go: the same on Go's own allocator ----------------------

# From its files alone: no module, no network.
sl_go_sources = \
	%D%/go/main.go \
	%D%/go/object.go \
	%D%/go/record.go \
	%D%/go/trial.go \
	%D%/go/workloads.go
EXTRA_DIST += $(sl_go_sources)
if SL_HAVE_GO
pkglibexec_SCRIPTS = spanlab-bench-go
CLEANFILES += spanlab-bench-go
spanlab-bench-go: $(sl_go_sources)
	$(AM_V_GEN)$(MKDIR_P) %D%/go && \
	GOENV=off GOFLAGS= GO111MODULE=off GOPROXY=off GOTOOLCHAIN=local \
	CGO_ENABLED=0 GOPATH='$(abs_builddir)/%D%/go/path' \
	GOCACHE='$(abs_builddir)/%D%/go/cache' \
	$(GO) build -trimpath -o $@ $(sl_go_sources:%=$(srcdir)/%)
endif
mostlyclean-local:
	rm -rf %D%/go/cache

# --- the revision, which only the harness knows ---------------------------

BUILT_SOURCES += %D%/revision.h
CLEANFILES += %D%/revision.h
%D%/revision.h: always
	@$(MKDIR_P) %D%; \
	rev=`$(SHELL) $(top_srcdir)/build-aux/revision.sh $(top_srcdir)`; \
	{ echo '/* SPDX-License-Identifier: BSD-2-Clause */'; \
	  echo '/* revision.h - what is built here; generated by make and' \
	    'used by harness. */'; \
	  echo "#define SL_GIT_REV \"$$rev\""; } >$@.tmp; \
	if cmp -s $@.tmp $@; then rm -f $@.tmp; else mv $@.tmp $@; fi
.PHONY: always
always:
