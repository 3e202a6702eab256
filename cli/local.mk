# SPDX-License-Identifier: Apache-2.0
# The program: a thin front that uses installed headers only.

bin_PROGRAMS += pitrix
pitrix_SOURCES = \
	cli/cli.c cli/cli.h cli/cmd_completion.c cli/cmd_version.c cli/commands.c cli/commands.h \
	cli/complete.c cli/complete.h cli/generate.c cli/help.c cli/help.h cli/main.c cli/man.c cli/man.h cli/opt.c \
	cli/opt.h cli/selftest.c cli/text.c cli/text.h
pitrix_CPPFLAGS = -I$(top_srcdir)/include $(PTX_CPPFLAGS)
pitrix_CFLAGS = $(AM_CFLAGS) $(SMARTCOLS_CFLAGS)
pitrix_LDADD = libpitrix.la $(SMARTCOLS_LIBS)

# Made by `pitrix __generate` and committed; tests/check-generated.sh compares.
dist_man_MANS += \
	man/pitrix.1 \
	man/pitrix-completion.1 \
	man/pitrix-help.1 \
	man/pitrix-version.1

dist_bashcomp_DATA = completions/pitrix.bash
dist_zshcomp_DATA = completions/_pitrix
dist_fishcomp_DATA = completions/pitrix.fish
