# SPDX-License-Identifier: Apache-2.0
# Tests of the program, and of what is made of its tables.

# The program: one .bats file a command.
TEST_EXTENSIONS = .bats
BATS_LOG_COMPILER = $(top_srcdir)/tests/cli/run-bats.sh
cli_tests = \
	tests/cli/charts.bats tests/cli/cluster.bats tests/cli/completion.bats tests/cli/config.bats tests/cli/create.bats tests/cli/dependency.bats tests/cli/doctor.bats \
	tests/cli/helm.bats tests/cli/help.bats tests/cli/job.bats tests/cli/lint.bats \
	tests/cli/options.bats tests/cli/package.bats tests/cli/render.bats tests/cli/runtime.bats tests/cli/show.bats tests/cli/source.bats tests/cli/startup.bats \
	tests/cli/state.bats tests/cli/version.bats
if HAVE_BATS
TESTS += $(cli_tests)
endif
EXTRA_DIST += tests/cli/helpers.bash tests/cli/repository.bash tests/cli/repo-server.py tests/cli/run-bats.sh $(cli_tests)

# Preloaded into the program by startup.bats: writes what is mapped at its end.
check_LTLIBRARIES += tests/cli/maps.la
tests_cli_maps_la_SOURCES = tests/cli/maps.c
tests_cli_maps_la_LDFLAGS = -module -avoid-version -shared -rpath /nowhere

# What is made of the program's tables and committed.
dist_check_SCRIPTS += tests/check-generated.sh
TESTS += tests/check-generated.sh
.PHONY: update-generated
update-generated: pitrix
	$(AM_V_GEN)./pitrix __generate $(srcdir)
