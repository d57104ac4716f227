# SPDX-License-Identifier: BSD-2-Clause
# harness/vmp/local.mk - the virtual multiprocessor: what runs guests.
#
# Guests are compiled where they are used (tests/local.mk).

libslvmp_a_SOURCES = \
	%D%/calls.c \
	%D%/cases.c %D%/cases.h \
	%D%/engine.h \
	%D%/explore.c %D%/explore.h \
	%D%/fiber.c %D%/fiber.h \
	%D%/guest.h \
	%D%/guest_die.c \
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
