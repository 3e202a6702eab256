# SPDX-License-Identifier: Apache-2.0
# Benchmarks: `make bench`; one script a subject, all print figures beside their goals. BENCH="cli ..." runs some.

EXTRA_PROGRAMS += tests/bench/measure
tests_bench_measure_SOURCES = tests/bench/measure.c
EXTRA_DIST += tests/bench/run.sh tests/bench/cli.sh
.PHONY: bench
bench: all tests/bench/measure
	@$(AM_TESTS_ENVIRONMENT) $(srcdir)/tests/bench/run.sh $(BENCH)
