# SPDX-License-Identifier: Apache-2.0
# Crash tests: the program is killed at every point, and goes on.

check_LTLIBRARIES += points.la
points_la_SOURCES = tests/crash/points.c
points_la_CFLAGS = $(AM_CFLAGS) -fno-sanitize=all
points_la_LDFLAGS = -module -avoid-version -shared -rpath $(abs_builddir)

crash_scripts = tests/crash/crash.sh tests/crash/chaos.sh tests/crash/mutation.sh
EXTRA_DIST += $(crash_scripts) tests/crash/sweep tests/e2e/tree.sh tests/e2e/judge.sh tests/e2e/packages

crash_needs = pitrix$(EXEEXT) pitrix-agent$(EXEEXT) points.la $(pkglib_LTLIBRARIES)
.PHONY: check-crash check-crash-full check-crash-chaos check-crash-mutation
check-crash: $(crash_needs)
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(srcdir)/tests/crash/crash.sh
check-crash-full: $(crash_needs)
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(srcdir)/tests/crash/crash.sh --full
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(srcdir)/tests/crash/chaos.sh --all
check-crash-chaos: $(crash_needs)
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(srcdir)/tests/crash/chaos.sh
check-crash-mutation: $(crash_needs)
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(srcdir)/tests/crash/mutation.sh
