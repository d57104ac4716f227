dnl SPDX-License-Identifier: BSD-2-Clause
dnl
dnl sl_variants.m4 - which variants to build, and which one is libspanlab.
dnl
dnl configure.ac includes variants/variants.m4, which is one
dnl SL_VARIANT_DEFAULT and an SL_VARIANT or SL_BOUND for each row, and then
dnl calls SL_VARIANTS_END.

# SL_VARIANT_DEFAULT(NAME)
# ------------------------
AC_DEFUN([SL_VARIANT_DEFAULT], [dnl
m4_define([SL_DEFAULT_VARIANT], [$1])dnl
AC_ARG_ENABLE([variants],
  [AS_HELP_STRING([--enable-variants=A,B],
    [build only these variants (default: all whose libraries are found)])],
  [sl_asked_variants=`AS_ECHO(["$enableval"]) | tr ',' ' '`],
  [sl_asked_variants=yes])
AS_CASE([$sl_asked_variants],
  [no], [AC_MSG_ERROR([--disable-variants: at least one variant is needed])],
  [''], [AC_MSG_ERROR([--enable-variants= names no variant])])
AC_ARG_WITH([mcentral],
  [AS_HELP_STRING([--with-mcentral=NAME],
    [the variant that libspanlab is (default: $1)])],
  [sl_asked_mcentral=$withval], [sl_asked_mcentral=])
AS_CASE([$sl_asked_mcentral],
  [yes|no], [AC_MSG_ERROR([--with-mcentral needs the name of a variant])])
sl_known_variants=
sl_buildable_variants=
sl_built_variants=
sl_report_built=
sl_report_bounds=
sl_report_linked=
sl_report_skipped=
SL_MCENTRAL=
])

# SL_VARIANT(NAME, SOURCE, MODULE, PACKAGE, FLAGS, SUMMARY)
# SL_BOUND(the same), SL_LINKED(the same)
# ---------------------------------------------------------
AC_DEFUN([SL_VARIANT], [_SL_ROW([built], $@)])
AC_DEFUN([SL_BOUND], [_SL_ROW([bounds], $@)])
AC_DEFUN([SL_LINKED], [_SL_ROW([linked], $@)])

# _SL_ROW(LIST, NAME, SOURCE, MODULE, PACKAGE, FLAGS, SUMMARY)
# ------------------------------------------------------------
# Looks for the row's library even if the row is not asked for: error messages
# say which variants could be built.
AC_DEFUN([_SL_ROW], [dnl
m4_set_add([SL_VARIANT_NAMES], [$2], [],
  [m4_fatal([variants/variants.m4: two rows named $2])])dnl
m4_pushdef([SL_ID], [SLV_]m4_toupper(m4_translit([[$2]], [-], [_])))dnl
sl_known_variants="$sl_known_variants $2"
m4_ifval([$4],
  [PKG_CHECK_MODULES(SL_ID, [$4], [sl_have=yes], [sl_have=no])],
  [sl_have=yes])
AS_CASE([" $sl_asked_variants "],
  [*' yes '*|*' $2 '*], [sl_want=yes], [sl_want=no])
AS_IF([test $sl_have = yes],
  [sl_buildable_variants="$sl_buildable_variants $2"])
AS_CASE([$sl_want$sl_have],
  [yesyes], [m4_if([$1], [linked], [], [sl_built_variants="$sl_built_variants $2"])
    sl_report_$1="$sl_report_$1
    m4_format([[%-14s]], [$2])$7"
    m4_if([$1], [linked], [],
    [# The first one built, unless the one asked for (or the default) is too.
    AS_IF([test -z "$SL_MCENTRAL" ||
      test "${sl_asked_mcentral:-SL_DEFAULT_VARIANT}" = "$2"],
      [SL_MCENTRAL=$2
      SL_MCENTRAL_MODULE='$4'
      SL_MCENTRAL_LIBS=m4_ifval([$4], [$SL_ID[]_LIBS])])])],
  [yesno],
    [AS_IF([test "x$sl_asked_variants" != xyes || test "x$sl_asked_mcentral" = "x$2"],
      [AC_MSG_ERROR([variant $2 was asked for, but its library $4 was not found.
  Debian package: $5 (./bootstrap installs it)])])
    AC_MSG_WARN([variant $2 is SKIPPED: library $4 not found (Debian package: $5)])
    sl_report_skipped="$sl_report_skipped
    m4_format([[%-14s]], [$2])library $4 not found (Debian package: $5)"],
  [sl_report_skipped="$sl_report_skipped
    m4_format([[%-14s]], [$2])not in --enable-variants"])
AM_CONDITIONAL(SL_ID, [test $sl_want$sl_have = yesyes])
AS_CASE([",${SL_CHECK_VARIANTS:-$2},"], [*,$2,*], [sl_tested=yes],
  [sl_tested=no])
AM_CONDITIONAL([SLT_]m4_toupper(m4_translit([[$2]], [-], [_])),
  [test $sl_want$sl_have$sl_tested = yesyesyes])
m4_popdef([SL_ID])])

# SL_VARIANTS_END
# ---------------
# Refuses names that no row has.  Sets SL_MCENTRAL, SL_MCENTRAL_LIBS.
AC_DEFUN([SL_VARIANTS_END], [dnl
m4_set_contains([SL_VARIANT_NAMES], SL_DEFAULT_VARIANT, [],
  [m4_fatal([variants/variants.m4: no row named ]SL_DEFAULT_VARIANT)])dnl
sl_names="known: `echo $sl_known_variants`
  can be built here: `echo $sl_buildable_variants`"
for sl_v in $sl_asked_variants; do
  AS_CASE([" yes $sl_known_variants "],
    [*" $sl_v "*], [],
    [AC_MSG_ERROR([--enable-variants: no variant is named '$sl_v'
  $sl_names])])
done
for sl_v in `AS_ECHO(["$SL_CHECK_VARIANTS"]) | tr ',' ' '`; do
  AS_CASE([" $sl_known_variants "],
    [*" $sl_v "*], [],
    [AC_MSG_ERROR([SL_CHECK_VARIANTS: no variant is named '$sl_v'
  $sl_names])])
done
AS_IF([test -n "$sl_asked_mcentral" &&
  test "x$SL_MCENTRAL" != "x$sl_asked_mcentral"],
  [AS_CASE([" $sl_known_variants "],
    [*" $sl_asked_mcentral "*],
    [AC_MSG_ERROR([--with-mcentral: '$sl_asked_mcentral' is not in --enable-variants
  $sl_names])],
    [AC_MSG_ERROR([--with-mcentral: no variant is named '$sl_asked_mcentral'
  $sl_names])])])
AC_SUBST([SL_MCENTRAL])
AC_SUBST([SL_MCENTRAL_MODULE])
AC_SUBST([SL_MCENTRAL_LIBS])
sl_built_variants=`echo $sl_built_variants`
AC_SUBST([SL_VARIANTS_BUILT], [$sl_built_variants])
])
