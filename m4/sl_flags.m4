dnl SPDX-License-Identifier: BSD-2-Clause
dnl
dnl sl_flags.m4 - probes for compiler and linker flags; used by configure.ac.

# SL_ADD_CFLAGS(VARIABLE, FLAG...)
# --------------------------------
# Adds to VARIABLE each flag that the compiler of the current language takes.
AC_DEFUN([SL_ADD_CFLAGS], [dnl
sl_save=$[]_AC_LANG_PREFIX[]FLAGS
for sl_flag in $2; do
  AC_MSG_CHECKING([whether $]_AC_CC[ takes $sl_flag])
  _AC_LANG_PREFIX[]FLAGS="$sl_save -Werror $sl_flag"
  AC_COMPILE_IFELSE([AC_LANG_PROGRAM],
    [AC_MSG_RESULT([yes])
    $1="$$1 $sl_flag"],
    [AC_MSG_RESULT([no])])
done
_AC_LANG_PREFIX[]FLAGS=$sl_save
])

# SL_ADD_LDFLAGS(VARIABLE, FLAG...)
# ---------------------------------
AC_DEFUN([SL_ADD_LDFLAGS], [dnl
sl_save=$LDFLAGS
for sl_flag in $2; do
  AC_MSG_CHECKING([whether the linker takes $sl_flag])
  LDFLAGS="$sl_save $sl_flag"
  AC_LINK_IFELSE([AC_LANG_PROGRAM],
    [AC_MSG_RESULT([yes])
    $1="$$1 $sl_flag"],
    [AC_MSG_RESULT([no])])
done
LDFLAGS=$sl_save
])

# SL_NEED(VARIABLE-PREFIX, PKG-CONFIG MODULE, WHAT IT IS, DEBIAN PACKAGE)
# -----------------------------------------------------------------------
# A library that nothing works without.  All that are missing are named
# together, by SL_NEED_END.
AC_DEFUN([SL_NEED], [PKG_CHECK_MODULES([$1], [$2], [],
  [sl_needed="$sl_needed
    $3 (pkg-config module $2): Debian package $4"])])

AC_DEFUN([SL_NEED_END], [AS_IF([test -n "$sl_needed"],
  [AC_MSG_ERROR([these libraries were not found:$sl_needed
  Install them (./bootstrap does it on Debian), or point PKG_CONFIG_PATH at
  them, and run configure again.])])])
