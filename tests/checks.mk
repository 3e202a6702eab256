# SPDX-License-Identifier: Apache-2.0
# Checks that take longer than make check, or tools that not everybody has: lint, check-fuzz, check-tsan, check-valgrind.

.PHONY: lint check-fuzz check-tsan check-valgrind check-torture
lint:
	@$(AM_TESTS_ENVIRONMENT) CPPFLAGS='$(lint_cppflags)' $(SHELL) $(srcdir)/tests/lint/lint.sh $(LINT_FILES)
lint_cppflags = -DHAVE_CONFIG_H -I$(abs_top_builddir) -D_GNU_SOURCE -Iinclude -Ilib $(SMARTCOLS_CFLAGS) \
	-DPTXI_MODULE_DIR="" -DPTXI_DATA_DIR="" -DPTXI_LIBEXEC_DIR=""

# The targets of libFuzzer are built beside this build; FUZZ_SECONDS each.
check-fuzz:
	@$(AM_TESTS_ENVIRONMENT) FUZZ_MODULES='$(pkglib_LTLIBRARIES)' $(SHELL) $(srcdir)/tests/fuzz/check-fuzz.sh $(fuzz_targets)

# Where there are threads: the engine, what it uses, and the library's side of the agents; and the agents with it.
check-tsan:
	@$(AM_TESTS_ENVIRONMENT) TSAN_TARGETS='$(check_LTLIBRARIES) $(tsan_helpers)' $(SHELL) $(srcdir)/tests/tsan/check-tsan.sh \
		tests/unit/unit tests/bench/engine $(tsan_agent)
if HAVE_CHECK
tsan_helpers = tests/agent/faulty-agent
tsan_agent = tests/agent/unit tests/agent/units tests/agent/frontgate tests/agent/drone tests/agent/update
endif

check-valgrind: all $(check_PROGRAMS) $(check_LTLIBRARIES)
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(srcdir)/tests/valgrind/check-valgrind.sh

# Each allocation fails in turn, for the packages of the tree.
check_PROGRAMS += tests/torture/torture
tests_torture_torture_SOURCES = tests/torture/torture.c
tests_torture_torture_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/lib
tests_torture_torture_LDADD = libpitrix_core.la
dist_check_SCRIPTS += tests/torture/torture.sh
TESTS += tests/torture/torture.sh
check-torture: tests/torture/torture $(pkglib_LTLIBRARIES)
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(srcdir)/tests/torture/torture.sh

# Comparisons with the real peers, which are built by their own ecosystems' clients.
.PHONY: check-live
check-live: all tests/peer/go_template/ours tests/peer/go_values/ours
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(srcdir)/tests/peer/check-live.sh $(PEERS)
EXTRA_PROGRAMS += tests/peer/go_template/ours
tests_peer_go_template_ours_SOURCES = tests/peer/go_template/ours.c
tests_peer_go_template_ours_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/lib
tests_peer_go_template_ours_LDADD = libpitrix_core.la
EXTRA_PROGRAMS += tests/peer/go_values/ours
tests_peer_go_values_ours_SOURCES = tests/peer/go_values/ours.c
tests_peer_go_values_ours_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/lib
tests_peer_go_values_ours_LDADD = libpitrix_core.la
EXTRA_DIST += tests/peer

EXTRA_DIST += tests/lint tests/tsan tests/valgrind tests/fuzz/check-fuzz.sh .clang-tidy .clang-format .editorconfig .ci/run
