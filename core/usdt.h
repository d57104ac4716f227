/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * usdt.h - probe points that perf, bpftrace, SystemTap and gdb find (USDT).
 *
 * Used by mcache, mcentral, mcentral_epoch, mlarge, mpagegrow and mscavenge, on
 * slow paths only.  A probe is one instruction that does nothing, and a note in
 * the library that says where it is and where its arguments are; nobody asks
 * whether one is in use.  Arguments are numbers and addresses that are at hand
 * anyway.  spanlab(3) lists them; tests/observer/usdt.sh compares.
 */
#ifndef SL_USDT_H
#define SL_USDT_H

#include "core/switches.h"

#if SL_HAVE_SDT
#include <sys/sdt.h>
#define SL_USDT1(name, a) STAP_PROBE1(spanlab, name, a)
#define SL_USDT2(name, a, b) STAP_PROBE2(spanlab, name, a, b)
#define SL_USDT3(name, a, b, c) STAP_PROBE3(spanlab, name, a, b, c)
#else
#define SL_USDT1(name, a) ((void)(a))
#define SL_USDT2(name, a, b) ((void)(a), (void)(b))
#define SL_USDT3(name, a, b, c) ((void)(a), (void)(b), (void)(c))
#endif

#endif /* SL_USDT_H */
