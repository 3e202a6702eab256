# SPDX-License-Identifier: Apache-2.0
# Unit tests: one suite a file of lib/, all in one program (tests/unit/runner.c lists them).

if HAVE_CHECK
unit_sources = \
	tests/unit/runner.c tests/unit/suites.h \
	tests/unit/test_base_ctx.c \
	tests/unit/test_base_digest.c \
	tests/unit/test_base_encode.c \
	tests/unit/test_base_fs.c \
	tests/unit/test_base_glob.c \
	tests/unit/test_base_log.c \
	tests/unit/test_base_module.c \
	tests/unit/test_base_path.c \
	tests/unit/test_base_pool.c \
	tests/unit/test_base_proc.c \
	tests/unit/test_base_rand.c \
	tests/unit/test_base_time.c \
	tests/unit/test_net_http.c \
	tests/unit/test_value_codec.c \
	tests/unit/test_value_compare.c \
	tests/unit/test_value_diff.c \
	tests/unit/test_value_json_read.c \
	tests/unit/test_value_json_write.c \
	tests/unit/test_value_merge.c \
	tests/unit/test_value_path.c \
	tests/unit/test_value_strvals.c \
	tests/unit/test_value_yaml_read.c \
	tests/unit/test_value_yaml_resolve.c \
	tests/unit/test_value_yaml_write.c \
	tests/unit/test_value_value.c

check_PROGRAMS += tests/unit/unit
tests_unit_unit_SOURCES = $(unit_sources)
tests_unit_unit_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/lib -I$(top_srcdir)
tests_unit_unit_CFLAGS = $(libpitrix_core_la_CFLAGS) $(CHECK_CFLAGS)
tests_unit_unit_LDADD = libpitrix_core.la $(CHECK_LIBS)
TESTS += tests/unit/unit

# Two modules for the tests of the loader: one that fits and one of another build.
check_LTLIBRARIES += pitrix-testgood.la pitrix-testold.la
pitrix_testgood_la_SOURCES = tests/unit/module_good.c
pitrix_testgood_la_CPPFLAGS = $(tests_unit_unit_CPPFLAGS)
pitrix_testgood_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -rpath $(abs_builddir)
pitrix_testold_la_SOURCES = tests/unit/module_old.c
pitrix_testold_la_CPPFLAGS = $(tests_unit_unit_CPPFLAGS)
pitrix_testold_la_LDFLAGS = $(pitrix_testgood_la_LDFLAGS)
endif

AM_TESTS_ENVIRONMENT = \
	PITRIX_SOURCE='$(abs_top_srcdir)'; export PITRIX_SOURCE; \
	PITRIX_BUILD='$(abs_top_builddir)'; export PITRIX_BUILD; \
	PITRIX_MODULES='$(abs_top_builddir)/.libs'; export PITRIX_MODULES; \
	CC='$(CC)'; export CC; CXX='$(CXX)'; export CXX;

# The program: one .bats file a command.
TEST_EXTENSIONS = .bats
BATS_LOG_COMPILER = $(top_srcdir)/tests/cli/run-bats.sh
cli_tests = \
	tests/cli/completion.bats tests/cli/help.bats tests/cli/options.bats tests/cli/version.bats
if HAVE_BATS
TESTS += $(cli_tests)
endif
EXTRA_DIST += tests/cli/helpers.bash tests/cli/run-bats.sh $(cli_tests)

# What is made of the program's tables and committed.
dist_check_SCRIPTS += tests/check-generated.sh
TESTS += tests/check-generated.sh
.PHONY: update-generated
update-generated: pitrix
	$(AM_V_GEN)./pitrix __generate $(srcdir)

# The shape of the tree: arrows between the rooms, exported symbols, public headers on their own.
shape_tests = tests/check-layers.sh tests/check-symbols.sh tests/headers/check-headers.sh
dist_check_SCRIPTS += $(shape_tests)
TESTS += $(shape_tests)
EXTRA_DIST += docs/architecture.md
