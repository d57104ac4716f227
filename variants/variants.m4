dnl SPDX-License-Identifier: BSD-2-Clause
dnl
dnl variants.m4 - the one table of the variants.
dnl
dnl From a row come the library libspanlab-NAME, the unit bench
dnl bench-mcentral-NAME, the target check-NAME, the variant's tests and its
dnl lines in configure's help and closing report.  configure.ac includes this
dnl file; build-aux/tables.awk turns it into make rules.  A row is one line.
dnl
dnl   SL_VARIANT([name],     a-z 0-9 and -, as in --with-mcentral=NAME
dnl              [source],   in this folder; two rows may share one
dnl              [module],   pkg-config module that it needs, or empty
dnl              [package],  Debian package that has the module, or empty
dnl              [flags],    preprocessor flags of this row, or empty
dnl              [summary])  for people
dnl
dnl SL_BOUND has the same fields: no set to use, but a limit for the others,
dnl which is built and tested as they are and drawn as a reference line.
dnl SL_LINKED likewise: a set that only programs with their threads in hand can
dnl be linked with.  It has a unit bench and the tests of a set, no library.
dnl The compiler also gets -DSL_VARIANT_NAME="name" and -DSL_VARIANT_BOUND=0 or
dnl 1.
dnl
dnl The variant that libspanlab is when --with-mcentral does not say:
SL_VARIANT_DEFAULT([mutex])
dnl
SL_VARIANT([mutex], [mutex.c], [], [], [], [one lock and a LIFO list per class])
SL_VARIANT([mutex-fifo], [mutex.c], [], [], [-DSL_MUTEX_FIFO=1], [one lock and a FIFO list per class])
SL_VARIANT([mutex-walk], [mutex_walk.c], [], [], [], [one lock and a list per class, walked under it past what threads cache])
SL_VARIANT([ck], [ck.c], [ck], [libck-dev], [], [lock-free stack of Concurrency Kit])
SL_VARIANT([rcu], [rcu.c], [liburcu-bp], [liburcu-dev], [], [RCU-protected list of liburcu, claims in place])
SL_VARIANT([tagstack], [tagstack.c], [], [], [], [lock-free stack of span numbers with a tag, one word])
SL_VARIANT([spanset], [spanset.c], [], [], [], [Go's queue of blocks, head and tail in one word])
SL_VARIANT([elimination], [elimination.c], [], [], [], [tagstack where threads that collide hand spans to each other])
SL_VARIANT([flat-combining], [flat_combining.c], [], [], [], [a list per class, whose lock's holder serves all who wait])
SL_VARIANT([percpu], [percpu.c], [], [], [], [a short stack per CPU and class by restartable sequences, and a list])
SL_VARIANT([htm], [htm.c], [], [], [], [a list per class in transactions of the hardware, and a lock])
SL_VARIANT([urcu-lfs], [urcu_lfs.c], [liburcu-cds], [liburcu-dev], [], [liburcu's stack, claims under a lock])
SL_VARIANT([ck-fas], [ckspin.c], [ck], [libck-dev], [-DSL_CKSPIN_FAS=1], [a list per class under a test-and-set lock of Concurrency Kit])
SL_VARIANT([ck-ticket], [ckspin.c], [ck], [libck-dev], [-DSL_CKSPIN_TICKET=1], [the same under a ticket lock])
SL_VARIANT([ck-mcs], [ckspin.c], [ck], [libck-dev], [-DSL_CKSPIN_MCS=1], [the same under a queue lock])
dnl
SL_LINKED([rcu-memb], [rcu.c], [liburcu-memb], [liburcu-dev], [-DSL_RCU_MEMB=1], [rcu by the flavour whose threads register])
dnl
SL_BOUND([none], [none.c], [], [], [], [a list per thread, nothing shared])
SL_BOUND([faa], [none.c], [], [], [-DSL_NONE_FAA=1], [the same and one shared fetch-and-add per operation])
