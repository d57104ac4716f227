dnl SPDX-License-Identifier: BSD-2-Clause
dnl
dnl sl_vmp.m4 - whether there can be virtual multiprocessors (harness/vmp);
dnl used by configure.ac.

# SL_VMP_CHECK
# ------------
# Sets sl_vmp to yes or no, sl_vmp_why_not, and sl_vmp_cflags, by which guests
# are compiled.
AC_DEFUN([SL_VMP_CHECK], [dnl
AC_ARG_ENABLE([vmp],
  [AS_HELP_STRING([--enable-vmp],
    [explore interleavings on virtual multiprocessors in make check (default:
    if the compiler can)])],
  [], [enable_vmp=auto])
AS_CASE([$enable_vmp],
  [yes|no|auto], [],
  [AC_MSG_ERROR([--enable-vmp takes yes, no or auto, not '$enable_vmp'])])
sl_vmp=yes
sl_vmp_why_not=
sl_vmp_cflags='-fsanitize=thread -mcx16'
AS_CASE([$host_cpu-$host_os],
  [x86_64-linux-gnu], [],
  [sl_vmp_why_not="for Linux on x86-64 with glibc, not $host_cpu-$host_os"])
AS_IF([test $enable_vmp = no], [sl_vmp_why_not='--disable-vmp'])
AS_IF([test -n "$SL_SANITIZER"],
  [sl_vmp_why_not='not together with --enable-sanitizer'])
AS_IF([test -z "$sl_vmp_why_not"], [dnl
  # gcc takes the one, clang the other.
  for sl_flag in '--param=tsan-distinguish-volatile=1' \
    '-mllvm -tsan-distinguish-volatile=1 -D__SANITIZE_THREAD__=1' none; do
    AS_IF([test "$sl_flag" = none],
      [sl_vmp_why_not="$CC does not tell of volatile accesses"; break])
    sl_save=$CFLAGS
    CFLAGS="$CFLAGS -Werror $sl_vmp_cflags $sl_flag"
    AC_MSG_CHECKING([whether $CC takes $sl_vmp_cflags $sl_flag])
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[volatile int n;]], [[return n;]])],
      [sl_found=yes], [sl_found=no])
    AC_MSG_RESULT([$sl_found])
    CFLAGS=$sl_save
    AS_IF([test $sl_found = yes],
      [sl_vmp_cflags="$sl_vmp_cflags $sl_flag"; break])
  done])
AS_IF([test -n "$sl_vmp_why_not"], [sl_vmp=no])
AS_IF([test $sl_vmp-$enable_vmp = no-yes],
  [AC_MSG_ERROR([no virtual multiprocessor: $sl_vmp_why_not])])
AC_CHECK_PROG([ADDR2LINE], [addr2line], [addr2line])
AS_IF([test $sl_vmp-"$ADDR2LINE" = yes-],
  [AC_MSG_WARN([addr2line not found: traces will have addresses in place of source lines (Debian package: binutils)])])
AC_SUBST([sl_vmp_cflags])
AC_SUBST([sl_vmp_why_not])
AM_CONDITIONAL([SL_VMP], [test $sl_vmp = yes])
])
