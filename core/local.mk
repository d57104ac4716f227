# SPDX-License-Identifier: BSD-2-Clause
# core/local.mk - the allocator, in convenience libraries compiled once.
#
# All variants, their tests and benches link the same core objects:
#   libslbase     the ground floor, up to the span
#   libslcentral  mcentral's policy, over a set and a page heap
#   libslheap     the page heap and all that is above it but malloc
#   libslface     the names of the C library

include_HEADERS = %D%/spanlab.h

sl_core_cflags = $(AM_CFLAGS) -D_GNU_SOURCE $(sl_lib_cflags)
# Objects of convenience libraries: only the kind that fits everywhere.
sl_pic_only = --tag=disable-static

noinst_LTLIBRARIES += libslbase.la libslcentral.la libslheap.la libslface.la

# Those that a model of the machine replaces, and all others.
sl_system_sources = \
	%D%/die.c %D%/die.h \
	%D%/lock.c %D%/lock.h \
	%D%/rseq.c %D%/rseq.h
sl_base_sources = \
	%D%/annotate.h \
	%D%/atomic.h \
	%D%/backoff.h \
	%D%/bits.h \
	%D%/badfree.c %D%/badfree.h \
	%D%/file.c %D%/file.h \
	%D%/fixalloc.c %D%/fixalloc.h \
	%D%/htm.c %D%/htm.h \
	%D%/mcentral.h \
	%D%/mepoch.c %D%/mepoch.h \
	%D%/mspan.c %D%/mspan.h \
	%D%/mrandom.c %D%/mrandom.h \
	%D%/mstack.c %D%/mstack.h \
	%D%/maccount.c %D%/maccount.h \
	%D%/mtally.c %D%/mtally.h \
	%D%/mtally_sums.c \
	%D%/options.c %D%/options.h \
	%D%/options_early.c \
	%D%/persistent.c %D%/persistent.h \
	%D%/signals.c %D%/signals.h \
	%D%/worker.c %D%/worker.h \
	%D%/sizeclass.h \
	%D%/switches.h \
	%D%/sys.h \
	%D%/usdt.h \
	%D%/sys_linux.c
libslbase_la_SOURCES = $(sl_base_sources) $(sl_system_sources)
libslbase_la_CFLAGS = $(sl_core_cflags)
libslbase_la_LIBTOOLFLAGS = $(sl_pic_only)

libslcentral_la_SOURCES = \
	%D%/mcentral.c \
	%D%/mcentral_defaults.c \
	%D%/mcentral_epoch.c %D%/mcentral_epoch.h \
	%D%/mspill.c %D%/mspill.h
libslcentral_la_CFLAGS = $(sl_core_cflags)
libslcentral_la_LIBTOOLFLAGS = $(sl_pic_only)

libslheap_la_SOURCES = \
	%D%/mallocgc.c %D%/mallocgc.h \
	%D%/marena.h \
	%D%/mbump.c %D%/mbump.h \
	%D%/mcache.c %D%/mcache.h \
	%D%/mfree.c %D%/mfree.h \
	%D%/mheld.h \
	%D%/mguard.c %D%/mguard.h \
	%D%/mheap.c %D%/mheap.h \
	%D%/mheapcheck.c \
	%D%/mhook.c %D%/mhook.h \
	%D%/mpagealloc.c %D%/mpagealloc.h \
	%D%/mpagecache.c %D%/mpagecache.h \
	%D%/mpagegrow.c %D%/mpagegrow.h \
	%D%/mpagetree.c %D%/mpagetree.h \
	%D%/mpallocbits.c %D%/mpallocbits.h \
	%D%/mpallocsum.c %D%/mpallocsum.h \
	%D%/mprof.c %D%/mprof.h \
	%D%/mreport.c %D%/mreport.h \
	%D%/mreport_fields.c \
	%D%/mreport_text.c \
	%D%/mretain.c %D%/mretain.h \
	%D%/mscavenge.c %D%/mscavenge.h \
	%D%/mstats.c \
	%D%/mthread.c %D%/mthread.h \
	%D%/mlarge.c %D%/mlarge.h \
	%D%/mtype.c \
	%D%/mtiny.c %D%/mtiny.h \
	%D%/mtrace.c %D%/mtrace.h
libslheap_la_CFLAGS = $(sl_core_cflags)
libslheap_la_LIBTOOLFLAGS = $(sl_pic_only)

libslface_la_SOURCES = \
	%D%/malloc.c \
	%D%/malloc_info.c \
	%D%/malloc_libc.c \
	%D%/malloc_names.h
libslface_la_CFLAGS = $(sl_core_cflags) $(sl_names_cflags)
libslface_la_LIBTOOLFLAGS = $(sl_pic_only)

# For programs: what the libraries consist of.  They are there once the .la are.
sl_base_libs = .libs/libslbase.a
sl_central_libs = .libs/libslcentral.a
.libs/libslbase.a: libslbase.la
	@:
.libs/libslcentral.a: libslcentral.la
	@:
.libs/libslheap.a: libslheap.la
	@:
.libs/libspanlab.so: libspanlab.la
	@:

# What a malloc library is made of, besides a set.
sl_malloc_libs = libslface.la libslheap.la libslcentral.la libslbase.la
sl_malloc_ldflags = $(AM_LDFLAGS) $(sl_lib_ldflags) -no-undefined

# The default variant, under a name of its own that outlives the choice.
lib_LTLIBRARIES += libspanlab.la
libspanlab_la_SOURCES =
libspanlab_la_LDFLAGS = $(sl_malloc_ldflags) -version-info 0:0:0
libspanlab_la_LIBADD = $(sl_malloc_libs) libslset-$(SL_MCENTRAL).la \
	$(SL_MCENTRAL_LIBS)
libspanlab_la_DEPENDENCIES = $(sl_malloc_libs) libslset-$(SL_MCENTRAL).la

# The same once more, from the same sources by the same flags, but without
# hooks: what make observer-check compares with.  Made on demand; by its
# name no variant, which spanlab would find and measure.
EXTRA_LTLIBRARIES = libslnohooks.la
libslnohooks_la_SOURCES = $(libslface_la_SOURCES) \
	$(libslheap_la_SOURCES) $(libslcentral_la_SOURCES) \
	$(libslbase_la_SOURCES)
libslnohooks_la_CPPFLAGS = $(AM_CPPFLAGS) -DSL_HOOKS=0
libslnohooks_la_CFLAGS = $(sl_core_cflags) $(sl_names_cflags)
libslnohooks_la_LIBTOOLFLAGS = $(sl_pic_only)
libslnohooks_la_LDFLAGS = $(sl_malloc_ldflags) -avoid-version \
	-rpath $(libdir)
libslnohooks_la_LIBADD = libslset-$(SL_MCENTRAL).la $(SL_MCENTRAL_LIBS)
libslnohooks_la_DEPENDENCIES = libslset-$(SL_MCENTRAL).la

# Prints sizeclass.h, which is kept in the tree; a test compares.
EXTRA_DIST += %D%/mksizeclasses.c
