dnl SPDX-License-Identifier: Apache-2.0
dnl Local macros: warnings, hardening and sanitizers.

dnl PTX_TRY_FLAGS(VARIABLE, FLAGS): adds each flag that the C compiler takes.
AC_DEFUN([PTX_TRY_FLAGS], [
  for ptx_flag in $2; do
    ptx_save_cflags=$CFLAGS
    CFLAGS="$CFLAGS -Werror $ptx_flag"
    AC_MSG_CHECKING([whether $CC takes $ptx_flag])
    AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])], [AC_MSG_RESULT([yes]); $1="$$1 $ptx_flag"], [AC_MSG_RESULT([no])])
    CFLAGS=$ptx_save_cflags
  done
])

AC_DEFUN([PTX_COMPILER_FLAGS], [
  AC_ARG_ENABLE([werror], [AS_HELP_STRING([--enable-werror], [warnings are errors (for developers and CI)])],
    [], [enable_werror=no])
  PTX_TRY_FLAGS([PTX_CFLAGS], [-Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wvla -Wformat=2 -Wundef -Wno-missing-field-initializers])
  AS_IF([test "$enable_werror" = yes], [PTX_CFLAGS="$PTX_CFLAGS -Werror"])
  PTX_CFLAGS="-std=gnu11 -fvisibility=hidden -pthread $PTX_CFLAGS"
  # Nobody replaces the library's functions from outside: calls within it are direct.
  PTX_TRY_FLAGS([PTX_CFLAGS], [-fno-semantic-interposition])
  PTX_CXXFLAGS="-std=c++17 -fvisibility=hidden -pthread -Wall -Wextra"
  AC_SUBST([PTX_CFLAGS])
  AC_SUBST([PTX_CXXFLAGS])
])

AC_DEFUN([PTX_HARDENING], [
  AC_ARG_ENABLE([hardening], [AS_HELP_STRING([--disable-hardening], [no stack protector, relro or fortify])],
    [], [enable_hardening=yes])
  AS_IF([test "$enable_hardening" = yes && test "${enable_sanitizers:-no}" = no], [
    PTX_TRY_FLAGS([PTX_CFLAGS], [-fstack-protector-strong -fstack-clash-protection -fcf-protection])
    PTX_TRY_FLAGS([PTX_LDFLAGS], [-Wl,-z,relro -Wl,-z,now])
    AS_CASE(["$CFLAGS"], [*-O0*], [], [*-O*], [PTX_CPPFLAGS="-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2"])
  ])
  PTX_TRY_FLAGS([PTX_LDFLAGS], [-Wl,--as-needed -Wl,-Bsymbolic-functions])
  AC_SUBST([PTX_LDFLAGS])
  AC_SUBST([PTX_CPPFLAGS])
])

dnl The shared library is optimized as a whole; its objects are of use to others, too, and those link them as they are.
AC_DEFUN([PTX_LTO], [
  AC_ARG_ENABLE([lto], [AS_HELP_STRING([--disable-lto], [no link-time optimization of the shared library])],
    [], [enable_lto=yes])
  AS_IF([test "$ptx_sanitizers" != no || test "$enable_fuzzers" = yes], [enable_lto=no])
  AS_CASE(["$CFLAGS"], [*-O0*], [enable_lto=no])
  PTX_LTO_FLAGS=
  AS_IF([test "$enable_lto" = yes], [
    ptx_save_cflags=$CFLAGS
    CFLAGS="$CFLAGS -Werror -flto=auto -ffat-lto-objects"
    AC_MSG_CHECKING([whether $CC optimizes at link time])
    AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
      [AC_MSG_RESULT([yes]); PTX_LTO_FLAGS="-flto=auto -ffat-lto-objects"; PTX_LDFLAGS="$PTX_LDFLAGS -fno-lto"],
      [AC_MSG_RESULT([no])])
    CFLAGS=$ptx_save_cflags
  ])
  AC_SUBST([PTX_LTO_FLAGS])
])

AC_DEFUN([PTX_SANITIZERS], [
  AC_ARG_ENABLE([sanitizers],
    [AS_HELP_STRING([--enable-sanitizers@<:@=LIST@:>@], [address,undefined by default; thread for TSan])],
    [AS_CASE([$enableval], [yes], [ptx_sanitizers=address,undefined], [ptx_sanitizers=$enableval])],
    [ptx_sanitizers=no])
  AS_IF([test "$ptx_sanitizers" != no], [
    PTX_CFLAGS="$PTX_CFLAGS -fsanitize=$ptx_sanitizers -fno-sanitize-recover=all -fno-omit-frame-pointer"
    PTX_CXXFLAGS="$PTX_CXXFLAGS -fsanitize=$ptx_sanitizers -fno-sanitize-recover=all -fno-omit-frame-pointer"
    PTX_LDFLAGS="$PTX_LDFLAGS -fsanitize=$ptx_sanitizers"
    PTX_UNSANITIZED=-fno-sanitize=all
    AC_DEFINE([PTXI_SANITIZED], [1], [Define when a sanitizer watches this build.])
  ])
  AC_SUBST([PTX_UNSANITIZED])
  AM_CONDITIONAL([SANITIZED], [test "$ptx_sanitizers" != no])
])

dnl --enable-fuzzers: the fuzz targets are libFuzzer's (clang only), everything else is built to tell it its way.
AC_DEFUN([PTX_FUZZERS], [
  AC_ARG_ENABLE([fuzzers],
    [AS_HELP_STRING([--enable-fuzzers], [fuzz targets of libFuzzer with ASan and UBSan; needs CC=clang])],
    [], [enable_fuzzers=no])
  FUZZER_LDFLAGS=
  AS_IF([test "$enable_fuzzers" = yes], [
    PTX_CFLAGS="$PTX_CFLAGS -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -g"
    PTX_LDFLAGS="$PTX_LDFLAGS -fsanitize=address,undefined"
    FUZZER_LDFLAGS="-fsanitize=fuzzer,address,undefined"
    AC_DEFINE([PTXI_SANITIZED], [1], [Define when a sanitizer watches this build.])
  ])
  AC_SUBST([FUZZER_LDFLAGS])
  AM_CONDITIONAL([FUZZERS], [test "$enable_fuzzers" = yes])
])
