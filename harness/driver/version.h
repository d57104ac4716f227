/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * version.h - who this build of spanlab is and where it was installed.
 *
 * Used by the driver's rooms.  The build says; a compile by hand gets
 * harmless stand-ins.
 */
#ifndef SL_DRIVER_VERSION_H
#define SL_DRIVER_VERSION_H

#include <config.h>

#ifdef __has_include
#if __has_include("harness/revision.h")
#include "harness/revision.h"
#endif
#endif

#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0"
#endif
#ifndef SL_GIT_REV
#define SL_GIT_REV "unknown"
#endif
#ifndef SL_LIBDIR
#define SL_LIBDIR "/usr/local/lib"
#endif
#ifndef SL_PKGLIBEXECDIR
#define SL_PKGLIBEXECDIR "/usr/local/libexec/spanlab"
#endif
#ifndef SL_PKGDATADIR
#define SL_PKGDATADIR "/usr/local/share/spanlab"
#endif

#endif /* SL_DRIVER_VERSION_H */
