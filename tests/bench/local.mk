# SPDX-License-Identifier: Apache-2.0
# Benchmarks: `make bench`; one script a subject, all print figures beside their goals. BENCH="cli ..." runs some.

EXTRA_PROGRAMS += tests/bench/measure
tests_bench_measure_SOURCES = tests/bench/measure.c
EXTRA_PROGRAMS += tests/bench/engine
tests_bench_engine_SOURCES = tests/bench/engine.c
tests_bench_engine_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/lib
tests_bench_engine_LDADD = libpitrix_core.la
EXTRA_DIST += tests/bench/engine.sh
EXTRA_DIST += tests/bench/run.sh tests/bench/cli.sh
.PHONY: bench
bench: all tests/bench/measure tests/bench/engine
	@$(AM_TESTS_ENVIRONMENT) $(srcdir)/tests/bench/run.sh $(BENCH)
